"""The panel "mixer" and what only it uses."""
