"""Reach lists: persons of a segment who agreed to a purpose, as a file."""
