"""Finds the panels: one folder each, nothing to sign up for."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType

import ui.panels
from studio.api import logger
from ui.panels.base import Panel

_log = logger(__name__)


def panel_kinds() -> list[type[Panel]]:
    """Every panel of ``ui/panels/NAME/panel.py``, in the order of tabs and of F6.

    A module that cannot be imported is left out and said in the log: one broken panel never keeps
    the desk from opening.

    Raises:
        ValueError: two panels claim one id.
    """
    found: dict[str, type[Panel]] = {}
    for info in pkgutil.iter_modules(ui.panels.__path__):
        if not info.ispkg:
            continue
        name = f"{ui.panels.__name__}.{info.name}.panel"
        try:
            module = importlib.import_module(name)
        except Exception:
            _log.exception("panel %s could not be loaded and is left out", name)
            continue
        for kind in panels_in(module):
            if kind.id in found:
                raise ValueError(f"{kind.id} is defined in {kind.__module__} and elsewhere")
            found[kind.id] = kind
    return sorted(found.values(), key=lambda kind: (kind.rank, kind.id))


def panels_in(module: ModuleType) -> Iterator[type[Panel]]:
    """The panels that a module defines."""
    for value in vars(module).values():
        is_panel = isinstance(value, type) and issubclass(value, Panel) and bool(value.id)
        if is_panel and value.__module__ == module.__name__:
            yield value
