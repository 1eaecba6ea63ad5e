"""Drills with people: begun from the studio, run on a shadow, scored by person and team."""
