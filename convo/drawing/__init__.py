"""A flow as a picture, drawn from the very ways that the engine takes."""
