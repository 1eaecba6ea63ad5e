"""The grammar every room speaks: commands, events, state, registries, errors, clocks and paths."""
