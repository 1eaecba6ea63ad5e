"""Faults of plan files, each with file, line and mend, found without running anything."""
