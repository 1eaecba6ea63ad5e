"""The panel "recordings" and what only it uses."""
