"""Listening to what lives longer than the listener: the link, the store, the language."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, SignalInstance


def listen(owner: QObject, signal: SignalInstance, slot: Callable[..., object]) -> None:
    """Connects ``slot`` until ``owner`` is gone.

    Qt ends a connection to a widget's own method with the widget. A lambda, a partial or the
    method of a plain object has no widget: it would go on acting on what was deleted.
    """
    connection = signal.connect(slot)
    owner.destroyed.connect(lambda: QObject.disconnect(connection))
