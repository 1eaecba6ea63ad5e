"""The panel "games" and what only it uses."""
