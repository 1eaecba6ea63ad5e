"""What platforms and shops export of orders and figures, kept for analysis."""
