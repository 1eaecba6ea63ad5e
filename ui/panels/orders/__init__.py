"""The panel "orders" and what only it uses."""
