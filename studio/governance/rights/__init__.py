"""Who may do what: people and their devices, lending, the second person, the broken glass."""
