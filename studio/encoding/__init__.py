"""Encoders, renditions and their rate."""
