"""Today's goods in their order: what is explained now, what comes next, what is done."""
