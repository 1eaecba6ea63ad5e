"""Panel: people and devices."""
