"""The panel "host" and what only it uses."""
