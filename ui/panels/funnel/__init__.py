"""The panel "funnel" and what only it uses."""
