"""Plain data for pictures and sound, and the pixel maths that works on them."""
