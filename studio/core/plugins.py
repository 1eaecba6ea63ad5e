"""Plugins before they run: what each says of itself, what it asks for, and which are kept out.

A plugin is a folder with a ``plugin.py`` or a ``panel.py`` or both. ``plugin.json`` beside them is
its manifest; without one it asks for nothing. One of a person's own folder that asks for something
waits until somebody accepts that; one that failed again and again is kept out until it changes or
is accepted. Whatever is kept out is told and nothing of it runs.
"""

from __future__ import annotations

import fnmatch
import hashlib
from collections.abc import Iterator
from pathlib import Path
from threading import Lock

import msgspec

from studio.core.bounded import TEXT_BYTES, read_bounded
from studio.core.clean import read_json
from studio.core.errors import StudioError
from studio.core.log import logger
from studio.core.paths import config_dir, own_plugins_dir, plugins_dir
from studio.core.reason import Reason
from studio.core.whole_file import PRIVATE, write_whole

_log = logger(__name__)

MANIFEST = "plugin.json"
MOST_FAULTS = 2
"""So often in a row it may fail to start; then it is kept out."""
MOST_FILES = 2000
_writing = Lock()


class PluginAsks(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a plugin asks for beyond its own commands, state and folder.

    Attributes:
        commands: patterns of commands of the studio that it runs ("scenes.*"), with the rights of
            a controller at most. The bus refuses it all others.
        files: its commands may name files anywhere, as somebody at this machine; without it only
            what a remote may name.
        network: it talks to other machines. Told to whoever accepts it, not enforced.
    """

    commands: tuple[str, ...] = ()
    files: bool = False
    network: bool = False

    def lines(self) -> tuple[str, ...]:
        """Each thing it asks for, as a word."""
        more = [word for word, on in (("files", self.files), ("network", self.network)) if on]
        return (*sorted(self.commands), *more)


class PluginManifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``plugin.json``.

    Attributes:
        label: name in both languages, {"zh": …, "en": …}.
        about: what it is for, in both.
        version: its own count.
        asks: what it needs.
    """

    label: dict[str, str] = {}
    about: dict[str, str] = {}
    version: str = ""
    asks: PluginAsks = PluginAsks()


class PluginStatus(msgspec.Struct, frozen=True):
    """One plugin as people see it.

    Attributes:
        name: of its folder.
        label, about, version: as its manifest says.
        state: "on", "held" (it waits for somebody) or "broken" (its manifest cannot be read).
        asks: what it asks for.
        reason: why it is held or broken.
        is_shipped: it came with the studio.
    """

    name: str
    label: dict[str, str] = {}
    about: dict[str, str] = {}
    version: str = ""
    state: str = "on"
    asks: tuple[str, ...] = ()
    reason: Reason = Reason()
    is_shipped: bool = False


class KeptPlugin(msgspec.Struct):
    """What this machine remembers of a plugin.

    Attributes:
        accepted: what somebody let it have.
        faults: times in a row that it failed, with the files of ``digest``.
        why: the last time.
        is_held: a person keeps it out.
        digest: of its files when it failed.
    """

    accepted: tuple[str, ...] = ()
    faults: int = 0
    why: str = ""
    is_held: bool = False
    digest: str = ""


def texts_of(folder: Path) -> dict[str, dict[str, str]]:
    """A plugin's messages, ``texts.json``: {"NAME.key": {"zh": …, "en": …}}; its own keys alone."""
    try:
        found = msgspec.convert(
            read_json(read_bounded(folder / "texts.json", TEXT_BYTES)), dict[str, dict[str, str]]
        )
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError, StudioError) as error:
        _log.warning("texts of plugin %s: %s", folder.name, error)
        return {}
    own = f"{folder.name}."
    return {
        key: words
        for key, words in found.items()
        if key.startswith(own) and {"zh", "en"} <= words.keys()
    }


def plugin_folders() -> Iterator[Path]:
    """The folder of every plugin there is, the shipped ones first."""
    for place in (plugins_dir(), own_plugins_dir()):
        for folder in sorted(place.glob("*/")):
            if any((folder / part).is_file() for part in ("plugin.py", "panel.py", MANIFEST)):
                yield folder


def admitted_folders() -> Iterator[Path]:
    """Those of them that may be used now."""
    return (folder for folder in plugin_folders() if status_of(folder).state == "on")


def manifest_of(folder: Path) -> PluginManifest:
    """What a plugin says of itself; nothing, when it has no manifest.

    Raises:
        StudioError: invalid, with the file and what is wrong.
    """
    path = folder / MANIFEST
    try:
        found = read_json(read_bounded(path, TEXT_BYTES))
        return msgspec.convert(found, PluginManifest)
    except FileNotFoundError:
        return PluginManifest()
    except (OSError, ValueError, RecursionError, StudioError) as error:
        why = error.in_language("en") if isinstance(error, StudioError) else str(error)
        raise StudioError("invalid", "plugins.manifest", path=str(path), why=why) from None


def status_of(folder: Path) -> PluginStatus:
    """May it run, and if not, why."""
    name, is_shipped = folder.name, folder.parent == plugins_dir()
    try:
        manifest = manifest_of(folder)
    except StudioError as error:
        reason = Reason(error.key, {key: str(value) for key, value in error.params.items()})
        return PluginStatus(name, state="broken", reason=reason, is_shipped=is_shipped)
    kept, asks = _read().get(name, KeptPlugin()), manifest.asks.lines()
    state, reason = "on", Reason()
    missing = [line for line in asks if line not in kept.accepted]
    if kept.is_held:
        state, reason = "held", Reason("plugins.held", {"name": name})
    elif kept.faults >= MOST_FAULTS and kept.digest == digest_of(folder):
        state, reason = "held", Reason("plugins.failed", {"name": name, "why": kept.why})
    elif missing and not is_shipped:
        asked = ", ".join(missing)
        state, reason = "held", Reason("plugins.asks", {"name": name, "asks": asked})
    return PluginStatus(
        name, manifest.label, manifest.about, manifest.version, state, asks, reason, is_shipped
    )


def digest_of(folder: Path) -> str:
    """SHA-256 over a plugin's files: another one is another plugin."""
    whole = hashlib.sha256()
    files = [file for file in sorted(folder.rglob("*")) if "__pycache__" not in file.parts]
    for file in files[:MOST_FILES]:
        if file.is_file():
            data = file.read_bytes()
            whole.update(f"{file.relative_to(folder)}\0{len(data)}\0".encode())
            whole.update(data)
    return whole.hexdigest()


def accept(name: str) -> PluginStatus:
    """Lets a plugin have what it asks for, and forgets its faults.

    Raises:
        StudioError: not_found; failed, when that cannot be written down.
    """
    folder = _folder(name)
    kept = KeptPlugin(accepted=manifest_of(folder).asks.lines())
    _keep(name, kept)
    return status_of(folder)


def hold(name: str) -> PluginStatus:
    """Keeps a plugin out until it is accepted.

    Raises:
        StudioError: as `accept`.
    """
    folder = _folder(name)
    kept = _read().get(name, KeptPlugin())
    kept.is_held = True
    _keep(name, kept)
    return status_of(folder)


def note_fault(name: str, why: str, *, is_last: bool = False) -> None:
    """It failed: after `MOST_FAULTS` times in a row, or the last straw, it is kept out."""
    try:
        folder = _folder(name)
        kept, digest = _read().get(name, KeptPlugin()), digest_of(folder)
        kept.faults = kept.faults + 1 if kept.digest == digest else 1
        if is_last:
            kept.faults = MOST_FAULTS
        kept.why, kept.digest = why[:300], digest
        _keep(name, kept)
    except (StudioError, OSError) as error:
        _log.warning("the fault of plugin %s is not remembered: %s", name, error)


def note_well(name: str) -> None:
    """It started: its faults before are over."""
    kept = _read().get(name)
    if kept is not None and kept.faults:
        kept.faults, kept.why = 0, ""
        try:
            _keep(name, kept)
        except StudioError as error:
            _log.warning("%s", error)


def is_asked(asks: PluginAsks, command: str) -> bool:
    """Is this one of the commands that it asked for?"""
    return any(fnmatch.fnmatchcase(command, pattern) for pattern in asks.commands)


def _folder(name: str) -> Path:
    for folder in plugin_folders():
        if folder.name == name:
            return folder
    known = ", ".join(folder.name for folder in plugin_folders())
    raise StudioError("not_found", "plugins.unknown", name=name, known=known)


def _path() -> Path:
    return config_dir() / "plugins.json"


def _read() -> dict[str, KeptPlugin]:
    try:
        return msgspec.json.decode(_path().read_bytes(), type=dict[str, KeptPlugin])
    except FileNotFoundError:
        return {}
    except (OSError, msgspec.DecodeError) as error:
        # Nothing is accepted then: the safe side.
        _log.warning("%s cannot be read: %s", _path(), error)
        return {}


def _keep(name: str, kept: KeptPlugin) -> None:
    with _writing:
        known = _read() | {name: kept}
        try:
            _path().parent.mkdir(parents=True, exist_ok=True)
            write_whole(_path(), msgspec.json.encode(known), mode=PRIVATE)
        except OSError as error:
            why = error.strerror or str(error)
            raise StudioError("failed", "plugins.not_kept", path=str(_path()), why=why) from None
