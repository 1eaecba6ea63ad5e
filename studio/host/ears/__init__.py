"""Ears: speech to words, in a process of their own that the picture never waits for."""
