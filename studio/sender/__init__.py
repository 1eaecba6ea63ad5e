"""The sender process: one output, one connection or file, alive when the engine is not."""
