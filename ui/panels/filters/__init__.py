"""The panel "filters" and what only it uses."""
