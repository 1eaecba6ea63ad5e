"""A room of made-up viewers, for rehearsals: what they say, click and buy, from a seed."""
