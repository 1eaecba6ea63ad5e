"""Faults that drills put in: one file a family, each armed by name and always cleared."""
