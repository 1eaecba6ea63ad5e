"""One file for each kind of goods file."""
