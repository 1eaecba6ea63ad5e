"""What starts a plan by itself: one file a kind."""
