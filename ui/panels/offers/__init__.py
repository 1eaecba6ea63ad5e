"""The panel "offers" and what only it uses."""
