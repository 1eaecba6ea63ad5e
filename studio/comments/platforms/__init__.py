"""Where comments come from: one file a platform."""
