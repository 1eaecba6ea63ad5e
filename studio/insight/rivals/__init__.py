"""Competitor watch, by hand or from files."""
