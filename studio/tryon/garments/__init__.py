"""What can be tried on, one file a kind of goods."""
