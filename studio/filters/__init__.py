"""What changes one source: one file a kind, run in the source's own thread."""
