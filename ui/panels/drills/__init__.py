"""Drills with people."""
