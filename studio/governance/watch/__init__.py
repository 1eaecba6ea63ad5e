"""The security watch: who is in, what was refused, how old the proofs are, what is due."""
