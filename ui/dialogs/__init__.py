"""Forms and cards that open inside the window; none of them blocks it."""
