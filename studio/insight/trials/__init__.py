"""Experiments that a person started: what runs, whose turn it is, what came of it."""
