"""Stock: an append-only ledger that cannot be oversold."""
