"""Secrets, roles, masking."""
