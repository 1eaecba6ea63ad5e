"""The seven nodes."""
