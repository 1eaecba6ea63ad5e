"""What the desk knows of the engine: plain structs that forgive what is missing."""
