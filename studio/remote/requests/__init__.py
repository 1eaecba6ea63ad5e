"""obs-websocket requests, one file a category."""
