"""Protocols of the wire, without any state of the show."""
