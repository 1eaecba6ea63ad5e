"""The panel "sources" and what only it uses."""
