"""Offers: what a product costs for a while, and how many pieces of it."""
