"""The script panel."""
