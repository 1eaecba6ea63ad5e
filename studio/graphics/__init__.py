"""Text, cards and effects drawn to cached layers. The only engine room that may import Qt."""
