"""The rundown: what comes when, how late it is, and how to catch up."""
