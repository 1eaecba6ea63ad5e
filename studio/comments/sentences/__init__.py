"""The third tier: what a comment means, by sentence vectors; in a process of its own."""
