"""Panel: experiments."""
