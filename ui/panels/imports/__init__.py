"""Panel: exports of platforms and shops."""
