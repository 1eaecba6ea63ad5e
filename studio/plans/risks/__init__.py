"""What may go wrong, how likely and how grave: the risk register."""
