"""One file for each platform or shop."""
