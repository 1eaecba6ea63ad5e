"""One file for each kind of filter."""
