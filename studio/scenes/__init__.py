"""What is on the picture: scenes, their items, the canvases, preview and programme."""
