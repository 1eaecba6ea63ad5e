"""How long what is written down is kept: rules, dry run, legal hold, proof of deletion."""
