"""What happened: the journal."""
