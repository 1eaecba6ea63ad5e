"""The panel "products" and what only it uses."""
