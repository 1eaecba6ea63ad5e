"""The panel "fitting" and what only it uses."""
