"""Pages as sources: an installed browser, driven over its DevTools protocol through pipes."""
