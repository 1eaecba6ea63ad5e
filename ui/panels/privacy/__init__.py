"""Panel: privacy and keeping."""
