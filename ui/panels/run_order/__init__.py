"""The run-order panel."""
