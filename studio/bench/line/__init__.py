"""The line benchmark: real processes, a real server, and somebody who breaks them."""
