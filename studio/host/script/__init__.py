"""The script: sentences that each rest on a fact of the goods."""
