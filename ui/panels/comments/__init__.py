"""The panel "comments" and what only it uses."""
