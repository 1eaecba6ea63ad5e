"""The panel "advice" and what only it uses."""
