"""The loops of one process: what comes in, whose turn it is, what goes out, what is fetched."""
