"""Goods worn by the person in the picture: landmarks in, fitted goods out."""
