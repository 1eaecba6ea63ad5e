"""The build's own checks: what it is made of, known holes, licences, secrets left in the tree."""
