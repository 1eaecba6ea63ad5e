"""The panel "ready" and what only it uses."""
