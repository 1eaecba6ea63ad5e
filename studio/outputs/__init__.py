"""Encoders, destinations and the senders that hold the line."""
