"""The stand-in: a drawn character that says lines of the script, and is always labelled."""
