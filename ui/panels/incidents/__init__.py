"""The panel "incidents" and what only it uses."""
