"""The panel "feeds" and what only it uses."""
