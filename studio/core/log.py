"""Logs that a technician can read and that never hold a secret."""

from __future__ import annotations

import logging
import logging.handlers
import re
import sys
from pathlib import Path

from studio.core.troubles import tell_trouble

_SECRETS: set[str] = set()
_IN_URL = re.compile(r"(rtmps?://[^\s/]+/[^\s/]+/)[^\s\"']+")
HIDDEN = "••••"


def keep_secret(value: str) -> None:
    """From now on ``value`` is written as •••• wherever it would appear in a log."""
    if len(value) >= 4:
        _SECRETS.add(value)


def redact(text: str) -> str:
    """``text`` without known secrets and without the key part of a publishing address."""
    for secret in _SECRETS:
        text = text.replace(secret, HIDDEN)
    return _IN_URL.sub(r"\1" + HIDDEN, text)


class _Redacting(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


def logger(name: str) -> logging.Logger:
    """The logger of a module."""
    return logging.getLogger(name)


def start_logging(file: Path | None = None, *, level: int = logging.INFO) -> None:
    """Sends logs to stderr, or to a rotating ``file`` (5 MB, 3 kept)."""
    handler: logging.Handler
    if file is not None:
        try:
            handler = logging.handlers.RotatingFileHandler(
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
