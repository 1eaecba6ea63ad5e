"""Logs that a technician can read and that never hold a secret."""

from __future__ import annotations

import logging
import logging.handlers
import re
import sys
from io import TextIOWrapper
from pathlib import Path

from studio.core.paths import keep_private
from studio.core.redact import HIDDEN, keep_secret, redact
from studio.core.troubles import tell_trouble

__all__ = ["HIDDEN", "keep_secret", "logger", "redact", "start_logging", "without_controls"]

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def without_controls(text: str) -> str:
    """``text`` with what would steer a terminal written out, as ``\\x1b``; lines and tabs stay."""
    return _CONTROL.sub(lambda sign: f"\\x{ord(sign[0]):02x}", text)


class _Redacting(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return without_controls(redact(super().format(record)))


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
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.raiseExceptions = False  # a full disk would have its traceback in every line
    logging.getLogger("websockets").setLevel(logging.WARNING)
