"""The panel "rivals" and what only it uses."""
