"""RTMP publishing of our own: address, handshake, AMF0, chunks, session, connection."""
