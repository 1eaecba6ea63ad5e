"""The prompter: the text of what is on, where the host is in it, and who moves it."""
