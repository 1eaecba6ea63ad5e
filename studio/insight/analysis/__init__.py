"""Questions over the journal: a file of columns that is derived from it, and made anew from it."""
