"""Where pictures and sound come from: one file a kind, each in a thread of its own."""
