"""The lines above and below every page."""
