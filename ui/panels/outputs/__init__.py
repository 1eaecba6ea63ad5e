"""The panel "outputs" and what only it uses."""
