"""Finds the extensions of a kind: one file in the folder, nothing to sign up for."""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType

from studio.core.extension import Extension, Kinds, X
from studio.core.log import logger

_log = logger(__name__)


def discover(folder: ModuleType, base: type[X]) -> Kinds[X]:
    """All subclasses of ``base`` with a ``kind`` in the modules of package ``folder``.

    A module that cannot be imported is left out and said in the log: one broken file never
    keeps the studio from starting. Modules keep heavy imports inside their functions.

    Raises:
        ValueError: two classes claim one kind.
    """
    found: dict[str, type[X]] = {}
    for info in sorted(pkgutil.iter_modules(folder.__path__), key=lambda i: i.name):
        name = f"{folder.__name__}.{info.name}"
        try:
            module = importlib.import_module(name)
        except Exception:
            _log.exception("extension %s could not be loaded and is left out", name)
            continue
        for value in vars(module).values():
            if not (isinstance(value, type) and issubclass(value, base) and value is not base):
                continue
            if value.__module__ != name or not value.kind:
                continue
            if value.kind in found:
                raise ValueError(f"{value.kind} is defined in {name} and elsewhere")
            found[value.kind] = value
    return Kinds(found, folder.__name__.rsplit(".", 1)[-1])


__all__ = ["Extension", "Kinds", "discover"]
