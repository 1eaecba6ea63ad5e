"""Every kind of extension there is, found in its folder and in plugins."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import studio.comments.platforms as platform_folder
import studio.filters.kinds as filter_folder
import studio.insight.imports.kinds as export_folder
import studio.plans.triggers as trigger_folder
import studio.scenes.transitions as transition_folder
import studio.shop.importers.kinds as importer_folder
import studio.sources.kinds as source_folder
from studio.comments.platforms.base import CommentPlatform
from studio.core.errors import StudioError
from studio.core.extension import Extension, Kinds
from studio.core.paths import own_plugins_dir, plugins_dir
from studio.core.registry import discover, load_plugins
from studio.core.service import PluginService, X
from studio.filters.base import Filter
from studio.insight.imports.base import ExportKind
from studio.plans.triggers.base import Trigger
from studio.scenes.transitions.base import Transition
from studio.shop.importers.base import GoodsImporter
from studio.sources.base import Source

FOLDERS: tuple[tuple[type[Extension], ModuleType], ...] = (
    (Source, source_folder),
    (Filter, filter_folder),
    (Transition, transition_folder),
    (CommentPlatform, platform_folder),
    (Trigger, trigger_folder),
    (GoodsImporter, importer_folder),
    (ExportKind, export_folder),
)


class Extensions:
    """The kinds by the class they share; each folder is read when it is first asked for.

    Args:
        plugins: modules of the plugins that are loaded.

    Attributes:
        errors: plugins that could not be loaded.
    """

    def __init__(self, plugins: Sequence[ModuleType] = ()) -> None:
        self.plugins = tuple(plugins)
        self.errors: list[StudioError] = []
        self._kinds: dict[type[Extension], Kinds[Any]] = {}

    @classmethod
    def with_plugins(cls, folder: Path | None = None) -> Extensions:
        """With every plugin in ``folder`` (by default the person's own and the shipped ones)."""
        folders = [folder] if folder else [plugins_dir(), own_plugins_dir()]
        loaded = [load_plugins(each) for each in folders]
        made = cls([module for modules, _ in loaded for module in modules])
        made.errors = [error for _, errors in loaded for error in errors]
        return made

    @property
    def services(self) -> tuple[type[PluginService], ...]:
        """The services that plugins bring."""
        return tuple(
            value
            for module in self.plugins
            for value in vars(module).values()
            if isinstance(value, type)
            and issubclass(value, PluginService)
            and value.__module__ == module.__name__
            and value.name
        )

    def of(self, base: type[X]) -> Kinds[X]:
        """All kinds of ``base``, plugins included.

        Raises:
            KeyError: nothing is found by this class.
        """
        if base not in self._kinds:
            self._kinds[base] = discover(dict(FOLDERS)[base], base, self.plugins)
        return self._kinds[base]
