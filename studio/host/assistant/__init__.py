"""What the host needs next: the line, what was left out, questions, answers with their source."""
