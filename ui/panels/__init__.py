"""The desk's panels, one file each; a new file with a `Panel` in it is found by itself."""
