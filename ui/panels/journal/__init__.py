"""The panel "journal" and what only it uses."""
