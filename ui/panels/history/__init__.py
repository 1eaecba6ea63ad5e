"""The panel "history" and what only it uses."""
