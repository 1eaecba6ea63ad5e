"""How many of this process's descriptors strangers may hold at a door."""

from __future__ import annotations

MOST_STRANGERS = 64
LEAST_STRANGERS = 8
DESCRIPTORS_A_STRANGER = 8
"""Of the descriptors this process may have, strangers take one in so many."""


def share_of_descriptors() -> int:
    """How many connections that have not said who they are may stand at once."""
    try:
        import resource

        limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    except (ImportError, OSError, ValueError):
        return MOST_STRANGERS
    if limit < 0:
        return MOST_STRANGERS
    return max(LEAST_STRANGERS, min(MOST_STRANGERS, limit // DESCRIPTORS_A_STRANGER))
