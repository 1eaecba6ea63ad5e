"""The desk: a window that speaks to the engine through its remote door and no other."""
