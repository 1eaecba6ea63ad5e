"""Edits that no show file has yet: kept beside it at once, so that a kill costs none of them."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from studio.core.errors import StudioError
from studio.core.log import logger
from studio.core.paths import runtime_dir
from studio.core.service import Service
from studio.core.services import Services
from studio.core.whole_file import write_whole
from studio.show.keeper import OpenShow, decoded

_log = logger(__name__)
FILE = "unsaved.json"


class _Unsaved(msgspec.Struct):
    """The file: whose edits they are, and the parts of show.json as they became."""

    show: str = ""
    parts: dict[str, msgspec.Raw] = {}


class UnsavedWork:
    """The parts of the open show that differ from its file.

    The demo show is never written, so its edits stay here for as long as it is open; those of
    another show until they are in its file, which may be a second, or longer on a full disk.

    Args:
        services: give their parts.
        show: the show that is open.
    """

    def __init__(self, services: Services, show: OpenShow) -> None:
        self._services = services
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._kept = _Unsaved(str(show.folder))
        self._known: dict[str, bytes] = {}

    def begin(self, show: OpenShow, *, is_first: bool = False) -> None:
        """A show is open as its file says; the first one perhaps as a kill has left it."""
        with self._lock:
            same = recall(show.folder) if is_first else {}
            self._kept = _Unsaved(str(show.folder), dict(same))
            self._known = self._encoded(None)
        if not same:
            self.write()

    def note(self, names: Collection[str] | None = None) -> None:
        """Writes what services of these names (all for None) have changed, before it returns."""
        if self.take(names):
            self.write()

    def take(self, names: Collection[str] | None = None) -> bool:
        """Takes up what services of these names have changed; `write` is due if there was any."""
        fresh = self._encoded(names)
        with self._lock:
            changed = {key: text for key, text in fresh.items() if self._known.get(key) != text}
            self._known |= changed
            self._kept.parts |= {key: msgspec.Raw(text) for key, text in changed.items()}
        return bool(changed)

    def write(self) -> None:
        """Writes what is taken up by now; called from any thread."""
        with self._writing:
            path = _path()
            with self._lock:
                text = msgspec.json.encode(self._kept) if self._kept.parts else b""
            try:
                if text:
                    write_whole(path, text)
                else:
                    path.unlink(missing_ok=True)
            except OSError as error:
                _log.warning("what is not saved could not be kept either: %s", error)

    def mark(self) -> Mapping[str, msgspec.Raw]:
        """What is unsaved now, for `saved`."""
        return dict(self._kept.parts)

    def saved(self, mark: Mapping[str, msgspec.Raw]) -> None:
        """What was unsaved at a mark is in the show's file; called from any thread."""
        with self._lock:
            for key, text in mark.items():
                if self._kept.parts.get(key) is text:
                    del self._kept.parts[key]
        self.write()

    def forget(self) -> None:
        """The show is left on purpose."""
        with self._lock:
            self._kept.parts.clear()
        self.write()

    @property
    def is_edited(self) -> bool:
        """Is there anything that no file has?"""
        return bool(self._kept.parts)

    def _encoded(self, names: Collection[str] | None) -> dict[str, bytes]:
        """Parts by key. A service that desks do not see tells nobody when it changes: asked too."""
        found = {}
        for service in self._services:
            key = service.show_key()
            if key and (names is None or service.View is None or service.name in names):
                part = service.save()
                if part is not None:
                    found[key] = msgspec.json.encode(part)
        return found


def _path() -> Path:
    return runtime_dir() / FILE


def recall(folder: Path) -> dict[str, msgspec.Raw]:
    """The parts that a killed engine had not saved of this show; empty when there are none."""
    try:
        kept = msgspec.json.decode(_path().read_bytes(), type=_Unsaved)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return {}
    return kept.parts if kept.show == str(folder) else {}


def with_unsaved(show: OpenShow, services: Collection[type[Service]]) -> OpenShow:
    """The show as a killed engine had it; as its file says where that cannot be read."""
    parts = recall(show.folder)
    if not parts:
        return show
    plain: dict[str, Any] = {key: msgspec.json.decode(text) for key, text in parts.items()}
    try:
        return decoded(replace(show, raw={**show.raw, **plain}), tuple(services))
    except StudioError as error:
        _log.warning("unsaved work of %s cannot be read and is left out: %s", show.folder, error)
        _path().replace(_path().with_suffix(".bad"))
        return show
