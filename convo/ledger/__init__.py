"""What happened, for people: read from the records of turns, never written."""
