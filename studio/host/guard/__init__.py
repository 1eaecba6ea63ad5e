"""Hears what is said, and holds it against packs and facts."""
