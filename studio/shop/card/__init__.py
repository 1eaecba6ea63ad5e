"""The card of a product: what stands on it, in which template, and when it is drawn."""
