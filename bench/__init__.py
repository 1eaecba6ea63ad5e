"""Benchmarks, each beside a reference in the same run: ``shopcast bench [NAME…]``."""
