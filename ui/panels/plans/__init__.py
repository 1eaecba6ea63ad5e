"""The panel "plans" and what only it uses."""
