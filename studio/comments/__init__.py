"""Comments: where they come from, what may pass, who answers."""
