"""Decides about a comment: allow, hold or block, and says why."""
