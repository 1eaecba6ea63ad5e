"""Products, cards, stock: what is sold."""
