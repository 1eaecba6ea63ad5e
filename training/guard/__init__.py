"""Trains the guard's second opinion (`studio/host/guard/meaning.py`)."""
