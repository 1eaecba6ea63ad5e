"""One price for all, in steps inside floor, ceiling, stock and law."""
