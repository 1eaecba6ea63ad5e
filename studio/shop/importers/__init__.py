"""Goods from other shops' exports."""
