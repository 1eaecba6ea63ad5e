"""Panel: the audit log."""
