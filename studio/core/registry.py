"""Finds the extensions of a kind: one file in the folder, nothing to sign up for."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType

from studio.core.errors import Code, StudioError
from studio.core.extension import Extension, Kinds, X
from studio.core.i18n import add_texts
from studio.core.log import logger
from studio.core.paths import own_plugins_dir, plugins_dir
from studio.core.plugins import status_of, texts_of

_log = logger(__name__)


def load_plugins(folder: Path, part: str = "plugin") -> tuple[list[ModuleType], list[StudioError]]:
    """Imports ``folder/NAME/plugin.py`` of every plugin there is.

    Args:
        folder: of plugins.
        part: file of a plugin, "plugin" for the engine or "panel" for the desk.

    Returns:
        The modules, and an error for each plugin that could not be loaded: it is left out, the
        studio starts all the same.
    """
    modules, errors = [], []
    for path in sorted(folder.glob(f"*/{part}.py")):
        status = status_of(path.parent)
        if status.state != "on":
            _log.warning("plugin %s is kept out: %s", path.parent, status.reason)
            code: Code = "denied" if status.state == "held" else "invalid"
            errors.append(StudioError(code, status.reason.key, **status.reason.params))
            continue
        name = f"shopcast_{part}_{path.parent.name}"
        try:
            spec = importlib.util.spec_from_file_location(name, path)
            if spec is None or spec.loader is None:
                raise ImportError(str(path))
            module = importlib.util.module_from_spec(spec)
            sys.modules[name] = module
            spec.loader.exec_module(module)
        except Exception as fault:
            sys.modules.pop(name, None)
            why = f"{type(fault).__name__}: {fault}"
            _log.warning("plugin %s is left out: %s", path, why)
            errors.append(StudioError("failed", "extension.plugin", path=str(path), why=why))
            continue
        add_texts(texts_of(path.parent))
        modules.append(module)
    return modules, errors


def plugin_modules() -> list[ModuleType]:
    """The modules of all plugins that may run, for a process that needs their kinds alone."""
    return [
        module for place in (plugins_dir(), own_plugins_dir()) for module in load_plugins(place)[0]
    ]


def plugin_name(module: str) -> str:
    """The plugin that a module is of; "" for one of the studio."""
    found = module.removeprefix("shopcast_plugin_")
    return found if found != module else ""


def discover(folder: ModuleType, base: type[X], plugins: Sequence[ModuleType] = ()) -> Kinds[X]:
    """All subclasses of ``base`` with a ``kind`` in the modules of package ``folder``.

    Those of plugins come after; a plugin cannot take the place of a kind that is there.

    A module that cannot be imported is left out and said in the log: one broken file never
    keeps the studio from starting. Modules keep heavy imports inside their functions.

    Raises:
        ValueError: two classes claim one kind.
    """
    found: dict[str, type[X]] = {}
    modules = []
    for info in sorted(pkgutil.iter_modules(folder.__path__), key=lambda i: i.name):
        name = f"{folder.__name__}.{info.name}"
        try:
            modules.append(importlib.import_module(name))
        except Exception:
            _log.exception("extension %s could not be loaded and is left out", name)
    for kind in (kind for module in modules for kind in _kinds_in(module, base)):
        if kind.kind in found:
            raise ValueError(f"{kind.kind} is defined in {kind.__module__} and elsewhere")
        found[kind.kind] = kind
    for kind in (kind for module in plugins for kind in _kinds_in(module, base)):
        if kind.kind in found:
            _log.warning("%s of %s is there already", kind.kind, kind.__module__)
        else:
            found[kind.kind] = kind
    return Kinds(found, folder.__name__.removesuffix(".kinds").rsplit(".", 1)[-1])


def _kinds_in(module: ModuleType, base: type[X]) -> Iterator[type[X]]:
    for value in vars(module).values():
        is_kind = isinstance(value, type) and issubclass(value, base) and value is not base
        if is_kind and value.__module__ == module.__name__ and value.kind:
            yield value


__all__ = ["Extension", "Kinds", "discover", "load_plugins"]
