"""The panel "strip" and what only it uses."""
