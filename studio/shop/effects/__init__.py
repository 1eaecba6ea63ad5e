"""Effects on the picture: likes, gifts, what is sold out; off until somebody switches them on."""
