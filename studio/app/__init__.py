"""The composition of the engine, and its programs."""
