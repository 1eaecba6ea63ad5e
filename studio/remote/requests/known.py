"""Every request name of the protocol (obs-websocket protocol.json 5.7.3)."""

REQUESTS: frozenset[str] = frozenset()
