"""The show file and what is in it."""
