"""The host's room: rundown, rules of what may be said, script, prompter."""
