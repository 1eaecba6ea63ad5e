"""Settings on one page: what there is, by section, found by a word of either language."""
