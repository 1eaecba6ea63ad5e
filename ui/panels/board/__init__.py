"""The panel "board" and what only it uses."""
