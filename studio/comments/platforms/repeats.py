"""Leaves out what a platform or bridge sends once more after a reconnect."""

from __future__ import annotations

from collections import Counter, OrderedDict, deque
from collections.abc import Callable

from studio.comments.model import Comment
from studio.core.clock import NS, now_ns

MOST_IDS = 10_000
MOST_LAST = 500
REPEATS_S = 5
"""How long after a reconnect the same words of the same author are taken for a repeat."""


class RepeatFilter:
    """Knows what came by its id, and by author and words where a line has none.

    Words alone count only just after a reconnect, and each as often as it came before: somebody
    may well say the same again later.
    """

    def __init__(self) -> None:
        self._ids: OrderedDict[str, None] = OrderedDict()
        self._last: deque[tuple[str, str]] = deque(maxlen=MOST_LAST)
        self._owed: Counter[tuple[str, str]] = Counter()
        self._until_ns = 0
        self.count = 0

    def reconnected(self) -> None:
        """The connection is there again: what came before may come once more."""
        self._owed = Counter(self._last)
        self._until_ns = now_ns() + REPEATS_S * NS

    def pass_on(
        self, comment: Comment, put: Callable[[Comment], None], *, has_id: bool = True
    ) -> None:
        """Puts what did not come before."""
        if not self.is_repeat(comment, has_id=has_id):
            put(comment)

    def is_repeat(self, comment: Comment, *, has_id: bool) -> bool:
        """Did this come before?

        Args:
            comment: what came.
            has_id: whether the platform gave its id; else it was made here.
        """
        if has_id:
            key = f"{comment.platform}/{comment.id}"
            if key in self._ids:
                self.count += 1
                return True
            self._ids[key] = None
            if len(self._ids) > MOST_IDS:
                self._ids.popitem(last=False)
            return False
        said = comment.who, comment.text
        if self._owed[said] > 0 and now_ns() < self._until_ns:
            self._owed[said] -= 1
            self.count += 1
            return True
        self._last.append(said)
        return False
