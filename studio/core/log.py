"""Logs that a technician can read and that never hold a secret."""

from __future__ import annotations

import logging
import logging.handlers
import re
import sys
import time
from collections import OrderedDict
from collections.abc import Callable
from io import TextIOWrapper
from pathlib import Path

from studio.core.paths import keep_private
from studio.core.personal import mask_text
from studio.core.redact import HIDDEN, keep_secret, redact
from studio.core.troubles import tell_trouble

__all__ = ["HIDDEN", "keep_secret", "logger", "redact", "start_logging", "without_controls"]

MOST_ALIKE = 30
ALIKE_S = 60.0
"""So many entries of one place in the program are written in this time; the others are counted."""
MOST_PLACES = 500
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def without_controls(text: str) -> str:
    """``text`` with what would steer a terminal written out, as ``\\x1b``; lines and tabs stay."""
    return _CONTROL.sub(lambda sign: f"\\x{ord(sign[0]):02x}", text)


class _Redacting(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        text = without_controls(mask_text(super().format(record)))
        # Words of a stranger that go on in a second line must not look like an entry of their own.
        return text.replace("\n", "\n    ")


class RepeatBrake(logging.Filter):
    """Whatever is said over and over, forged orders or wrong guesses, does not fill the log.

    Args:
        clock: seconds that only go forward.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._said: OrderedDict[tuple[str, int], tuple[float, int]] = OrderedDict()

    def filter(self, record: logging.LogRecord) -> bool:
        """Lets the first ones of a place pass, and says later how many there were."""
        place, now = (record.pathname, record.lineno), self._clock()
        began, count = self._said.get(place, (now, 0))
        left_out = 0
        if now - began >= ALIKE_S:
            began, count, left_out = now, 0, max(0, count - MOST_ALIKE)
        self._said[place] = (began, count + 1)
        self._said.move_to_end(place)
        while len(self._said) > MOST_PLACES:
            self._said.popitem(last=False)
        if count >= MOST_ALIKE:
            return False
        if left_out or count == MOST_ALIKE - 1:
            more = f"{left_out} more like it before" if left_out else "more like it are counted"
            record.msg, record.args = f"{record.getMessage()} ({more})", ()
        return True


class _PrivateFile(logging.handlers.RotatingFileHandler):
    def _open(self) -> TextIOWrapper:
        keep_private(Path(self.baseFilename))
        return super()._open()


def logger(name: str) -> logging.Logger:
    """The logger of a module."""
    return logging.getLogger(name)


def start_logging(file: Path | None = None, *, level: int = logging.INFO) -> None:
    """Sends logs to stderr, or to a rotating ``file`` (5 MB, 3 kept)."""
    handler: logging.Handler
    if file is not None:
        try:
            handler = _PrivateFile(
                file, maxBytes=5_000_000, backupCount=3, encoding="utf-8", errors="backslashreplace"
            )
        except OSError as error:
            handler = logging.StreamHandler(sys.stderr)
            why = error.strerror or str(error)
            tell_trouble("machine.log", path=str(file), why=why)
    else:
        handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        _Redacting("%(asctime)s.%(msecs)03d %(levelname)s %(name)s: %(message)s", "%H:%M:%S")
    )
    handler.addFilter(RepeatBrake())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.raiseExceptions = False  # a full disk would have its traceback in every line
    logging.getLogger("websockets").setLevel(logging.WARNING)
