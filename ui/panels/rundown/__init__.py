"""The rundown panel."""
