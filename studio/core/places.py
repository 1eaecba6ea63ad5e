"""The one door for paths and addresses: what a caller from elsewhere may name.

A setting or argument that names a file, a folder or an address is marked as one: a setting by
its widget (``file``, ``files``, ``folder``, ``address``), an argument by `names_place`. Inside
nested data the names of `FILE_KEYS` and `ADDRESS_KEYS` mark it, whatever it belongs to.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import msgspec

from studio.core.asking import asking
from studio.core.errors import StudioError
from studio.core.outer_hosts import forget_outer, is_allowed, is_public, note_outer, outer_hosts
from studio.core.paths import assets_dir, config_dir, data_dir, runtime_dir, shows_dir

Use = Literal["read", "write", "film", "folder", "show", "new_show", "output", "address", "data"]

FILE_KEYS = frozenset({
    "path", "file", "files", "folder", "image", "photo", "asset", "font", "font_file", "logo",
    "slate", "picture", "music", "ca_file",
})  # fmt: skip
"""Names under which a setting, wherever it stands, names a file or a folder."""
ADDRESS_KEYS = frozenset({"url", "backup_url", "api"})
FILE_WIDGETS = frozenset({"file", "files", "folder"})
SYSTEM = ("/proc", "/sys", "/dev", "/run")
INNER_NAMES = (".local", ".localhost", ".internal", ".lan", ".home", ".intranet", ".home.arpa")
OUTPUTS = ("rtmp://", "rtmps://")
LOOK_UP_S = 3.0
DEEPEST = 64


def names_place(use: Use, **more: Any) -> msgspec.Meta:
    """Marks an argument that names a place: ``file: Annotated[str, names_place("write")]``.

    Args:
        use: "read" a file; "write" one (relative to the recordings; "film": never over another);
            "folder" to write into; "show" to open; "new_show" to make; "output", an address to
            publish to or a file to record to; "address" to read from; "data" is the client's own
            and names nothing.
        more: other limits, as of `msgspec.Meta`.
    """
    return msgspec.Meta(extra_json_schema={"x-place": use}, **more)


@dataclass(frozen=True, slots=True)
class Place:
    """One place that a call names."""

    use: str
    where: str
    value: str


@dataclass(slots=True)
class PlaceDoor:
    """Judges the places a caller names.

    At this machine everybody may name what the system lets them. From elsewhere only what lies in
    the show's folder, the recordings, the chosen media folders or (to read) our own assets, links
    resolved, and files that the open show names already; never our own configuration, data and
    runtime folders.

    Attributes:
        show: the open show's folder.
        recordings: where recordings go.
        chosen: folders somebody at this machine opened to remotes.
        hosts: names, addresses or networks that streams may come from though they are inner ones.
        recent: shows that were open here.
        shown: the open show's parts, to see what they name; asked for only to allow.
    """

    show: Callable[[], Path]
    recordings: Callable[[], Path]
    chosen: Callable[[], Sequence[str]] = tuple
    hosts: Callable[[], Sequence[str]] = tuple
    recent: Callable[[], Sequence[str]] = tuple
    shown: Callable[[], Any] = dict
    _marks: dict[str, dict[str, str]] = field(default_factory=dict)

    async def check(self, command: Any, args: dict[str, Any]) -> None:
        """The bus's gate: refuses a call that names a place its caller may not.

        Raises:
            StudioError: denied, naming the place and what may stand there.
        """
        marks = self._marks.get(command.id)
        if marks is None:
            marks = self._marks[command.id] = marks_of(command.schema())
        if asking().is_here:
            await self._named_here(args, marks)
            return
        found = list(places_in(args, marks))
        files = [entry for entry in found if entry.use != "address"]
        if files:
            shown = self.shown()
            await asyncio.to_thread(self._check_files, files, shown)
        for entry in found:
            if entry.use == "address":
                await self._check_address(entry)

    # -- files ---------------------------------------------------------------------------------

    def _check_files(self, files: list[Place], shown: Any) -> None:
        known: set[str] | None = None
        for file in files:
            if file.use == "output" and file.value.startswith(OUTPUTS) and ".." not in file.value:
                continue
            if self.is_within(file):
                continue
            if file.use == "read":
                known = known if known is not None else _named_in(shown)
                if file.value in known:
                    continue
            folders = ", ".join(str(folder) for folder in self._folders(file.use))
            raise StudioError(
                "denied", "places.denied", where=file.where, path=file.value[:200], folders=folders
            )

    def is_within(self, place: Place) -> bool:
        """Does it lie, links resolved, where a caller from elsewhere may name things?"""
        try:
            path = self._base(place.use) / Path(place.value).expanduser()
            real = Path(os.path.realpath(path))
        except (OSError, ValueError, RuntimeError):
            return False
        if "\0" in place.value or any(real.is_relative_to(folder) for folder in SYSTEM):
            return False
        if place.use == "show" and str(real) in {os.path.realpath(show) for show in self.recent()}:
            return True
        own = [Path(os.path.realpath(own)) for own in (config_dir(), data_dir(), runtime_dir())]
        for folder in self._folders(place.use):
            root = Path(os.path.realpath(folder))
            if root == Path(root.anchor) or not real.is_relative_to(root):
                continue
            # A folder of ours is shut, unless the open one lies within it (the recordings do).
            if all(not real.is_relative_to(shut) or root.is_relative_to(shut) and root != shut
                   for shut in own):  # fmt: skip
                return True
        return False

    def _base(self, use: str) -> Path:
        """Where a name without a place lies."""
        if use in ("show", "new_show"):
            return shows_dir()
        return self.show() if use == "read" else self.recordings()

    def _folders(self, use: str) -> list[Path]:
        chosen = [Path(folder).expanduser() for folder in self.chosen()]
        if use in ("show", "new_show"):
            return [shows_dir(), *chosen]
        if use == "read":
            return [self.show(), self.recordings(), *chosen, assets_dir()]
        return [self.recordings(), *chosen]

    async def _named_here(self, args: dict[str, Any], marks: dict[str, str]) -> None:
        """Who names an address at this machine may mean an inner one, whoever named it before."""
        addresses = [entry for entry in places_in(args, marks) if entry.use == "address"]
        hosts = {host for entry in addresses if (host := host_of(entry.value))}
        if hosts:
            for host in hosts.intersection(await asyncio.to_thread(outer_hosts)):
                await asyncio.to_thread(forget_outer, host)

    # -- addresses -----------------------------------------------------------------------------

    async def _check_address(self, place: Place) -> None:
        host = host_of(place.value)
        if not host:
            raise StudioError(
                "invalid", "places.no_address", where=place.where, url=place.value[:80]
            )
        if is_allowed(host, self.hosts()):
            return
        if not await _is_inner(host):
            # It is opened later, perhaps much later: whoever does looks at it again.
            await asyncio.to_thread(note_outer, host)
            return
        raise StudioError("denied", "places.inner", where=place.where, host=host)


def host_of(url: str) -> str:
    """The host of an address, in small letters; "" where it names none."""
    try:
        return (urlsplit(url.strip()).hostname or "").rstrip(".").lower()
    except ValueError:
        return ""


def marks_of(schema: dict[str, Any]) -> dict[str, str]:
    """Which arguments of a command name places, and how each is used."""
    found: dict[str, str] = {}
    for name, shape in schema.get("properties", {}).items():
        if "x-place" in shape:
            found[name] = shape["x-place"]
        elif name in FILE_KEYS:
            found[name] = "write"  # nobody said what it is for: the stricter of the two
        elif name in ADDRESS_KEYS:
            found[name] = "address"
    return found


def places_in(args: dict[str, Any], marks: dict[str, str]) -> Iterator[Place]:
    """Every place that a call's arguments name, however deep."""
    for name, value in args.items():
        use = marks.get(name)
        if use == "data":
            continue
        if use is None:
            yield from _inside(value, name, 0)
        elif isinstance(value, str) and value:
            yield Place(use, name, value)
        else:
            yield from _inside(value, name, 0, use)


def _inside(value: Any, where: str, depth: int, use: str = "") -> Iterator[Place]:
    if depth > DEEPEST:
        raise StudioError("invalid", "places.too_deep", where=where[:80])
    if isinstance(value, msgspec.Struct):
        value = {name: getattr(value, name) for name in value.__struct_fields__}
    if isinstance(value, str):
        if use and value:
            yield Place(use, where, value)
    elif isinstance(value, dict):
        for key, inner in value.items():
            kept = "read" if key in FILE_KEYS else "address" if key in ADDRESS_KEYS else ""
            yield from _inside(inner, f"{where}.{key}", depth + 1, kept)
    elif isinstance(value, list | tuple | set | frozenset):
        for number, inner in enumerate(value):
            yield from _inside(inner, f"{where}[{number}]", depth + 1, use)


def _named_in(shown: Any) -> set[str]:
    """The files that a show names already."""
    return {entry.value for entry in _inside(shown, "show", 0) if entry.use == "read"}


def is_inner(host: str) -> bool:
    """Is it this machine, or one of the house's own network? Waits for the resolver."""
    if _has_inner_name(host):
        return True
    try:
        return _is_any_inner(socket.getaddrinfo(host, None, type=socket.SOCK_STREAM))
    except (OSError, UnicodeError):
        return False  # it cannot be reached now; who tries says so


async def _is_inner(host: str) -> bool:
    """As `is_inner`, without holding the loop, and no longer than is bearable."""
    if _has_inner_name(host):
        return True
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(LOOK_UP_S):
            return _is_any_inner(await loop.getaddrinfo(host, None, type=socket.SOCK_STREAM))
    except (OSError, TimeoutError, UnicodeError):
        return False  # it cannot be reached now; a player says so


def _has_inner_name(host: str) -> bool:
    if "." not in host and ":" not in host and not host.isdigit():
        return True  # localhost, and every name of the house
    return host.endswith(INNER_NAMES)


def _is_any_inner(found: Sequence[Any]) -> bool:
    return any(not is_public(str(where[4][0])) for where in found)
