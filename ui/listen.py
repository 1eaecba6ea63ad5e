"""Listening to what lives longer than the listener: the link, the store, the language."""

from __future__ import annotations

import inspect
from collections.abc import Callable

from PySide6.QtCore import QObject, SignalInstance


class _Ear(QObject):
    """A child of the owner that is the receiver: Qt ends the connection with it.

    Nothing is disconnected by hand when the owner goes: what it listened to may be gone before.
    """

    def __init__(self, owner: QObject, slot: Callable[..., object]) -> None:
        super().__init__(owner)
        self._slot = slot
        kinds = [parameter.kind for parameter in inspect.signature(slot).parameters.values()]
        takes_all = inspect.Parameter.VAR_POSITIONAL in kinds
        self._most = None if takes_all else len(kinds)

    def hear(self, *values: object) -> None:
        """Hands on as many values as the slot takes."""
        self._slot(*values[: self._most])


def owner_of(done: Callable[..., object] | None) -> QObject | None:
    """The object whose method ``done`` is; None for a function or a plain object's method."""
    owner = getattr(done, "__self__", None)
    return owner if isinstance(owner, QObject) else None


def listen(owner: QObject, signal: SignalInstance, slot: Callable[..., object]) -> None:
    """Connects ``slot`` until ``owner`` is gone.

    Qt ends a connection to a widget's own method with the widget. A lambda, a partial or the
    method of a plain object has no widget: it would go on acting on what was deleted.
    """
    signal.connect(_Ear(owner, slot).hear)
