"""Packs: the rules of one law or platform about what may be said; a help, no legal advice."""
