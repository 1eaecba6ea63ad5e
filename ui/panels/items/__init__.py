"""The panel "items" and what only it uses."""
