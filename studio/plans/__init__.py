"""Plans that save the show: triggers, steps, incidents."""
