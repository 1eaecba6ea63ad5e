"""The open show: reads it into the rooms, writes it back, never over what could not be read."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import threading
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any, Protocol

import msgspec

from studio.core import settings
from studio.core.clean import encode_json, read_json
from studio.core.clock import local_day
from studio.core.command import Changed, Role, changed, command
from studio.core.credentials import opened, sealed
from studio.core.errors import StudioError
from studio.core.log import logger
from studio.core.names import check_name
from studio.core.paths import shows_dir
from studio.core.places import names_place
from studio.core.service import ExtensionKinds, Service, ShowContext
from studio.core.services import decode_parts, find_faults
from studio.show.file import FILE, demo_show, fresh_show, last_copies, read_show, speed, write_show
from studio.show.gather import check_copy, collect_media, copy_media
from studio.show.model import Raw, ShowHead, ShowView

_log = logger(__name__)


@dataclass(frozen=True, slots=True)
class OpenShow:
    """A show as read, every part decoded: nothing of it is used before all of it is right.

    Attributes:
        raw: show.json as read; what no service knows is kept and written back.
        parts: by key, as the services decode them.
        recovered: why a copy was taken in place of show.json, and which.
        mark: what tells the file that was read from another; "" where none could be read.
    """

    folder: Path
    head: ShowHead
    raw: Raw
    parts: Mapping[str, Any]
    recovered: StudioError | None = None
    mark: str = ""

    @property
    def fps(self) -> Fraction:
        """Ticks a second."""
        return speed(self.head.fps)

    def context(self, kinds: ExtensionKinds | None = None, *, is_safe: bool = False) -> ShowContext:
        """What its services may know of it."""
        return ShowContext(
            self.folder, self.head.name, self.head.language, self.parts, kinds, is_safe
        )


def open_show(
    folder: Path | None, services: Sequence[type[Service]], *, or_copy: bool = False
) -> OpenShow:
    """Reads a show (the demo for None) and checks every part.

    Args:
        services: who decode and check the parts, in their order.
        or_copy: a show.json that is gone or broken is made up for by its last good copy.

    Raises:
        StudioError: what is wrong and where in the file.
    """
    folder = folder or demo_show()
    if folder.suffix == ".json":
        folder = folder.parent
    try:
        return _opened(folder, folder / FILE, services)
    except StudioError as error:
        if not or_copy or error.key not in ("show.missing", "show.broken"):
            raise
        for copy in last_copies(folder):
            with suppress(StudioError):
                show = _opened(folder, copy, services)
                recovered = StudioError("failed", "show.from_copy", copy=str(copy), why=error)
                _log.warning("%s", recovered)
                return replace(show, recovered=recovered)
        raise


def _opened(folder: Path, file: Path, services: Sequence[type[Service]]) -> OpenShow:
    head, raw = read_show(file)
    raw = sealed(raw)
    opened(raw)  # here, in a thread: the keyring may take its time, and is asked once
    mark = _digest(raw) if file == folder / FILE else ""
    return decoded(OpenShow(folder, head, raw, {}, mark=mark), services)


def decoded(show: OpenShow, services: Sequence[type[Service]]) -> OpenShow:
    """A show with its parts made anew from its raw form, and checked.

    Raises:
        StudioError: what is wrong and where in the file.
    """
    path = str(show.folder / FILE)
    show = replace(show, parts=decode_parts(services, show.raw, path))
    for fault in find_faults(services, show.context(), is_opening=True):
        if fault.severity == "broken":
            raise StudioError("invalid", "show.broken", path=path, why=fault.error)
    return show


class ShowRepository:
    """Writes the open show back.

    Args:
        collect: gives every room's part as it is now, by its name in show.json.
    """

    def __init__(self, show: OpenShow, collect: Callable[[], dict[str, Any]]) -> None:
        self.show = show
        self._collect = collect
        self._numbers = itertools.count(1)
        self._written: dict[Path, int] = {}
        self._one_writer = threading.Lock()
        self._left: dict[Path, str] = {}
        self._given_up: set[Path] = set()
        self.error: StudioError | None = None

    @property
    def is_readonly(self) -> bool:
        """The demo show is everybody's: it is saved elsewhere."""
        return self.show.folder.resolve() == demo_show().resolve()

    def own_name(self) -> str:
        """What a copy of one's own would be called: the show and the day."""
        return f"{self.show.head.name} {local_day()}".strip()

    def view(self) -> ShowView:
        """The part "show" of the state."""
        error = self.error or self.show.recovered
        return ShowView(
            name=self.show.head.name,
            folder=str(self.show.folder),
            language=self.show.head.language,
            is_readonly=self.is_readonly,
            own_name=self.own_name() if self.is_readonly else "",
            error=error.in_language() if error else "",
        )

    def parts(self) -> dict[str, Any]:
        """Every part of the open show as it is now."""
        return {**self.show.raw, **self._collect()}

    def save(self, folder: Path | None = None) -> Path:
        """Saves to its own folder, or to another.

        Raises:
            StudioError: conflict (the demo), failed (cannot be written; nothing is lost).
        """
        return self.collected(folder)()

    def collected(self, folder: Path | None = None, name: str = "") -> Callable[[], Path]:
        """The show as it is now; the call saves it, in any thread, as `save` does.

        What was collected before something that is saved already is left out.

        Args:
            folder: of a copy; None is the show's own.
            name: of the copy; "" keeps the show's.

        Raises:
            StudioError: conflict (the demo).
        """
        if folder is None and self.is_readonly:
            raise StudioError("conflict", "show.readonly")
        target, number = folder or self.show.folder, next(self._numbers)
        raw, here, opened_show = self.parts(), self.show.folder, self.show
        if name:
            raw["name"] = name
        if folder is not None:  # a copy is opened while this one runs: it has its pace
            raw["fps"] = self.show.head.fps
        elif "canvases" in raw:
            raw["canvases"] = _own_form(raw["canvases"], self.show)

        def write() -> Path:
            with self._one_writer:
                whole = raw if folder is None else collect_media(raw, here, folder)
                if number > self._written.get(target, 0):
                    if folder is None:
                        self._check_ours(opened_show)
                    write_show(target, whole)
                    self._written[target] = number
                    if folder is None:
                        self._left[target] = _digest(whole)
                        self._given_up.discard(target)
            return target

        return write

    def _check_ours(self, show: OpenShow) -> None:
        """What lies there must be what was read or written here: nobody else's edits are lost.

        Raises:
            StudioError: conflict: another studio, or somebody by hand, has changed it.
        """
        if show.folder in self._given_up:
            return
        # One that came from a copy takes the place of a file that could not be read.
        ours = {show.mark, self._left.get(show.folder, "")} - {""}
        found = _on_disk(show.folder)
        if found and ours and found not in ours:
            raise StudioError("conflict", "show.changed_elsewhere", path=str(show.folder / FILE))

    def take_over(self) -> None:
        """What lies there now is given up for what is here; its copy goes to the backups."""
        self._given_up.add(self.show.folder)


def _own_form(canvases: Any, show: OpenShow) -> dict[str, Any]:
    """The canvases as the file has them where the engine was only asked for others this time."""
    now: dict[str, Any] = msgspec.to_builtins(canvases)
    asked: dict[str, Any] = msgspec.to_builtins(show.parts["canvases"])
    own = show.raw.get("canvases", {})
    usual = {field.name: field.default for field in msgspec.structs.fields(show.parts["canvases"])}
    for name, value in asked.items():
        if now.get(name) == value:
            now[name] = own.get(name, msgspec.to_builtins(usual[name]))
    return now


def _digest(raw: Raw) -> str:
    """What tells a show from another, however it was written."""
    plain = read_json(encode_json(sealed(raw)))
    return hashlib.sha256(encode_json(plain).encode()).hexdigest()


def _on_disk(folder: Path) -> str:
    """The same of what lies there; "" for nothing that can be read."""
    try:
        return _digest(read_show(folder)[1])
    except StudioError:
        return ""


class KeepShow(Protocol):
    """Saves the demo as a show of one's own and opens that."""

    async def __call__(self, name: str) -> OpenShow: ...


class ShowCommands:
    """The show file from outside."""

    def __init__(
        self,
        keeper: ShowRepository,
        switch: Callable[[Path | None], Awaitable[OpenShow]] | None = None,
        keep: KeepShow | None = None,
    ) -> None:
        self._keeper = keeper
        self._switch = switch
        self._keep = keep

    @command(
        "show.open",
        role=Role.CONTROLLER,
        label=("打开节目", "Open show"),
        help=(
            "在运行中换到另一个节目；推流不断，画面停在最后一帧直到新画面就绪。空为演示节目。",
            "Goes over to another show: outputs run on, the last picture stands till it is ready.",
        ),
    )
    async def open_show(self, folder: Annotated[str, names_place("show")] = "") -> Changed:
        if self._switch is None:
            raise StudioError("unavailable", "show.no_switch")
        before = str(self._keeper.show.folder)
        show = await self._switch(shows_dir() / Path(folder).expanduser() if folder else None)
        return changed(
            "show",
            result={"name": show.head.name, "folder": str(show.folder)},
            undo=("show.open", {"folder": before}),
        )

    @command(
        "show.new",
        role=Role.CONTROLLER,
        label=("新建节目", "New show"),
        help=(
            "在文件夹里新建节目，自带垫片场景，画布同当前节目。",
            "Makes a show in a folder with a standby scene, canvases like those of this show.",
        ),
    )
    def new(self, folder: Annotated[str, names_place("new_show")], name: str = "") -> Changed:
        target = _named(folder)
        check_name(name or target.stem)
        head = self._keeper.show.head
        raw = fresh_show(name or target.stem, head)
        write_show(target, raw)
        return changed(result={"folder": str(target)})

    @command(
        "show.recent",
        role=Role.VIEWER,
        label=("最近的节目", "Recent shows"),
        help=("列出最近打开的节目。", "Lists the shows opened lately."),
    )
    def recent(self) -> Changed:
        found = [path for path in settings.load().recent_shows if Path(path).is_dir()]
        return changed(result={"shows": found, "now": str(self._keeper.show.folder)})

    @command(
        "show.save",
        label=("保存节目", "Save show"),
        help=(
            "保存节目；旧版本保留十份。文件被别处改过时会拒绝，take_over=true 以这里的为准。",
            "Saves the show; its last ten are kept. Refused when the file was changed elsewhere: "
            "take_over=true lets this one win.",
        ),
        keys="Ctrl+S",
    )
    def save(self, take_over: bool = False) -> Changed:
        if take_over:
            self._keeper.take_over()
        return changed("show", result={"folder": str(self._keeper.save())})

    @command(
        "show.save_as",
        role=Role.CONTROLLER,
        label=("另存节目", "Save show as"),
        help=("把节目连同素材另存到文件夹。", "Saves the show with its media to a folder."),
        keys="Ctrl+Shift+S",
    )
    async def save_as(self, folder: Annotated[str, names_place("new_show")]) -> Changed:
        target = _named(folder)
        here = self._keeper.show.folder
        # What is on the loop is taken down now; every file is read and written in a thread.
        write = self._keeper.collected(target)

        def work() -> Path:
            check_copy(here, target)
            copy_media(here, target)
            return write()

        return changed("show", result={"folder": str(await asyncio.to_thread(work))})

    @command(
        "show.keep",
        role=Role.CONTROLLER,
        label=("存为自己的节目", "Keep as my show"),
        help=(
            "把演示节目连同改动存成自己的节目并接着用；不给名称则用节目名加日期。",
            "Saves the demo show with its edits as a show of one's own and goes on in that.",
        ),
    )
    async def keep(self, name: str = "") -> Changed:
        if self._keep is None:
            raise StudioError("unavailable", "show.no_switch")
        show = await self._keep(name)
        return changed("show", result={"name": show.head.name, "folder": str(show.folder)})


def free_folder(name: str) -> Path:
    """Where a show of this name goes: beside the others, in no other's place."""
    plain = "".join("-" if sign in '/\\:*?"<>|' else sign for sign in name).strip(" .") or "show"
    for number in itertools.count(1):
        ending = f" {number}" if number > 1 else ""
        target = shows_dir() / f"{plain}{ending}.show"
        if not target.exists():
            return target
    raise AssertionError


def _named(folder: str) -> Path:
    """The folder of a show that is to be made: ``.show`` at its end, beside the others."""
    target = shows_dir() / Path(folder).expanduser()
    if target.suffix != ".show":
        target = target.with_name(target.name + ".show")
    if (target / "show.json").exists():
        raise StudioError("conflict", "show.exists", path=str(target))
    return target
