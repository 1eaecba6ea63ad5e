"""The mixer: one clock with the picture."""
