"""Bots as one writes them in an afternoon: what Convo is measured beside."""
