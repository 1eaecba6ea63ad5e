"""Panel: the security watch."""
