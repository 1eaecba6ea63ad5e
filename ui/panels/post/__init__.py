"""The panel "post" and what only it uses."""
