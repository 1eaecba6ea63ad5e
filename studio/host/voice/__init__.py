"""The voice: text to speech, in a process of its own that the picture never waits for."""
