"""Drills: real faults on a shadow of the show, and how the plans did."""
