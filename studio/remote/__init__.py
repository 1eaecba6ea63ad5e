"""The door: obs-websocket v5, and our own commands and events behind it."""
