"""Finds the panels: one folder each, nothing to sign up for."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import ui.panels
from studio.api import load_plugins, logger, own_plugins_dir, plugins_dir
from ui.desk import Desk
from ui.panels.base import Panel
from ui.parts import add_part

_log = logger(__name__)


def make_panels(desk: Desk) -> tuple[dict[str, Panel], list[str]]:
    """All panels, those of plugins after the desk's.

    Returns:
        The panels by id, and the names of plugins whose panel is left out: it could not be
        loaded or made, or its id or part is taken. The desk opens all the same.
    """
    panels: dict[str, Panel] = {kind.id: kind(desk) for kind in panel_kinds()}
    kinds, names = plugin_kinds()
    left_out = list(names)
    for kind in kinds:
        try:
            panels[kind.id] = kind(desk)
        except Exception:
            _log.exception("panel %s could not be made and is left out", kind.id)
            left_out.append(kind.id)
    return panels, left_out


@functools.cache
def plugin_kinds() -> tuple[list[type[Panel]], list[str]]:
    """Panels of ``plugins/NAME/panel.py``, and the names of those that are left out.

    Once for the whole run: a window that is made anew has the same classes.
    """
    taken = {kind.id for kind in panel_kinds()}
    kinds: dict[str, type[Panel]] = {}
    left_out: list[str] = []
    for folder in (plugins_dir(), own_plugins_dir()):
        modules, errors = load_plugins(folder, "panel")
        left_out += [Path(str(error.params.get("path", ""))).parent.name for error in errors]
        for kind in (kind for module in modules for kind in panels_in(module)):
            is_taken = kind.id in taken or kind.id in kinds
            if is_taken or not all(add_part(part, view) for part, view in kind.parts.items()):
                _log.warning("panel %s of %s is there already", kind.id, kind.__module__)
                left_out.append(kind.id)
            else:
                kinds[kind.id] = kind
    return sorted(kinds.values(), key=lambda kind: (kind.rank, kind.id)), left_out


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
