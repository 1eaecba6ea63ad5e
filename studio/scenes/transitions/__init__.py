"""How one scene gives way to the next: one file a kind."""
