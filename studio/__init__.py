"""Shopcast, the engine: the show, its picture and sound, and every command on them."""

__version__ = "0.1.0"
