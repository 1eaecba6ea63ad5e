"""What to do next: which goods belong together, in which order they are shown."""
