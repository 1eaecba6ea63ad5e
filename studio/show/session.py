"""The show that is open: begun, saved, left for another one while the picture stands, resumed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, Protocol

from studio.core import settings
from studio.core.asking import asking
from studio.core.command import Bus, Changed, Spec
from studio.core.errors import StudioError
from studio.core.log import logger
from studio.core.names import check_name
from studio.core.paths import data_dir
from studio.core.service import Every, ExtensionKinds, Service
from studio.core.services import Services, decode_parts
from studio.core.state import State
from studio.show.checkpoint import Checkpointer, KeptCheckpoint
from studio.show.file import FILE, seal_folder
from studio.show.gather import check_copy, copy_media
from studio.show.keeper import OpenShow, ShowCommands, ShowRepository, free_folder, open_show
from studio.show.model import ShowView
from studio.show.unsaved import UnsavedWork

_log = logger(__name__)
SAVE_S = 1.0
ANSWER_S = 0.25
"""A command is answered at the latest then, though the disk has not taken it."""
CHECKPOINT_S = 0.03
GOES_LIVE = ("outputs.start",)
OPEN_S = 15.0  # so long a large show may hold the heartbeat up while it is taken over


class ProgramPicture(Protocol):
    """The programme's picture, while shows change."""

    def hold_picture(self, is_held: bool) -> None:
        """Held, the last picture goes out again and again."""
        ...

    def refresh_picture(self) -> None:
        """Takes scenes, sources and sound over as they are now."""
        ...

    async def first_picture(self) -> None:
        """Waits until every source on programme has a picture, or is known to have none."""
        ...

    async def renew_standby(self) -> None:
        """Gives the senders the standby scene as it looks now."""
        ...


class RecordingPath(Protocol):
    """Where recordings go."""

    @property
    def path(self) -> Path:
        """The folder."""
        ...


class Heartbeat(Protocol):
    """Tells who watches this process that it is at work."""

    def busy(self, what: str, most_s: float) -> AbstractContextManager[None]:
        """A job may hold the heartbeat up for so long."""
        ...


class ShowSession(Service):
    """Owns which show is open; goes over the services to open, save and resume it.

    Args:
        show: the first one, as read.
        picture: the programme.
        bus, state: told and telling.
        kinds: the kinds of extension there are.
        is_safe: without try-on and plugins.

    Attributes:
        heartbeat: told that the process is busy while a show is taken over.
        as_asked: gives a show the speed and canvases that the engine was started with.
    """

    name: ClassVar[str] = "show"
    View: ClassVar[Any] = ShowView

    def __init__(
        self,
        show: OpenShow,
        picture: ProgramPicture,
        bus: Bus,
        state: State,
        kinds: ExtensionKinds,
        *,
        is_safe: bool = False,
    ) -> None:
        self._picture, self._state, self._kinds, self._is_safe = picture, state, kinds, is_safe
        self.repository = ShowRepository(show, self._parts_to_save)
        self._show_commands = ShowCommands(self.repository, self.open, self.keep)
        self._services = Services(())
        self._checkpoint = Checkpointer(self._services, show.folder)
        self._unsaved = UnsavedWork(self._services, show)
        self.heartbeat: Heartbeat | None = None
        self.as_asked: Callable[[OpenShow], OpenShow] = lambda show: show
        self._turn = asyncio.Lock()
        self._keeper = ThreadPoolExecutor(1, "show-keeper")
        self._has_edits = self._is_stopped = self._is_writing = False
        self._is_whole = False
        """Every service has loaded the show that is open. Till then nothing is written: what is
        half loaded would stand in the file of the show, and in the checkpoint."""
        self._saving: asyncio.Task[None] | None = None
        self._touched: set[str] = set()
        self.every = (Every("save", SAVE_S, self._save_soon),)
        bus.after(self._command_done)
        bus.gate(self._own_before_live)
        state.on_touch(self._parts_touched)

    def _parts_to_save(self) -> dict[str, Any]:
        if not self._is_whole:
            raise StudioError("conflict", "show.switching")
        return self._services.save()

    @property
    def show(self) -> OpenShow:
        """The show that is open, as it was read."""
        return self.repository.show

    def attach(self, services: Services) -> None:
        """The list it goes over, itself included."""
        self._services = services
        self._checkpoint = Checkpointer(services, self.show.folder)
        self._unsaved = UnsavedWork(services, self.show)

    def commands(self) -> Sequence[object]:
        """Open, new, save, save as."""
        return (self._show_commands,)

    def view(self) -> ShowView:
        """Name, folder, whether it is saved."""
        return self.repository.view()

    # -- opening -------------------------------------------------------------------------------

    async def begin(self, kept: KeptCheckpoint | None = None) -> None:
        """Loads the first show; its first picture is there when this returns.

        Args:
            kept: where the engine before this one was killed.

        Raises:
            StudioError: what in the show cannot be used.
        """
        await self._take_over(self.show, is_first=True)
        if kept is not None:
            await self._services.restore(kept.parts)
            self._picture.refresh_picture()
        self._is_whole = True
        self._unsaved.begin(self.show, is_first=True)
        await self._seal_files()

    async def open(self, folder: Path | None) -> OpenShow:
        """Opens another show in the running engine; outputs that run go on without a gap.

        Raises:
            StudioError: what is wrong and where, before anything has changed; conflict when it
                has another size or speed; failed when it broke half way: then the show before
                is back.
        """
        async with self._turn:
            show = await asyncio.to_thread(open_show, folder, self._services.types, or_copy=True)
            show = self.as_asked(show)
            if show.fps != self.show.fps:
                raise StudioError("conflict", "show.other_form", path=str(show.folder))
            self._services.accept(show.context(self._kinds))
            self.save()
            before, kept = self._as_it_is(), self._services.checkpoint()
            self._picture.hold_picture(True)
            self._is_whole = False
            try:
                with self.heartbeat.busy("show.open", OPEN_S) if self.heartbeat else nullcontext():
                    await self._services.reset()
                    await self._take_over(show)
                    self._is_whole = True
                    await self._picture.renew_standby()
            except Exception as fault:
                _log.exception("%s could not be taken over", show.folder)
                await self._go_back(before, kept)
                is_told = isinstance(fault, StudioError)
                why = fault if is_told else f"{type(fault).__name__}: {fault}"
                raise StudioError(
                    "failed", "show.not_taken", path=str(show.folder), why=why,
                    name=before.head.name,
                ) from None  # fmt: skip
            finally:
                self._picture.hold_picture(False)
                self._state.touch(*self._services.part_names)
            self._unsaved.begin(show)
            await self._seal_files()
            self._checkpoint.write(self._checkpoint.update())
            remember(show.folder)
            return show

    async def keep(self, name: str) -> OpenShow:
        """Saves the demo show as one's own and goes on in that, with all that is on air now.

        Raises:
            StudioError: conflict (it is one's own already); invalid (the name); failed (disk).
        """
        repository = self.repository
        if not repository.is_readonly:
            raise StudioError("conflict", "show.own", name=self.show.head.name)
        name = name.strip() or repository.own_name()
        check_name(name)
        target, here = free_folder(name), self.show.folder
        write = repository.collected(target, name)

        def work() -> None:
            check_copy(here, target)
            copy_media(here, target)
            write()

        await asyncio.to_thread(work)
        kept = self._services.checkpoint()
        show = await self.open(target)
        await self._services.restore(kept)
        self._picture.refresh_picture()
        self._state.touch(*self._services.part_names)
        self._checkpoint.write(self._checkpoint.update())
        return show

    async def _own_before_live(self, spec: Spec, args: dict[str, Any]) -> None:
        """The bus's gate: who goes live with the demo show goes live with a show of one's own.

        Not from the command line, where a stream of the demo is a trial that leaves nothing.
        """
        if spec.id not in GOES_LIVE or not self.repository.is_readonly:
            return
        if asking().origin in ("cli", "engine"):
            return
        try:
            await self.keep("")
        except StudioError as error:  # better live with the demo than not live at all
            self.repository.error = error
            self._state.touch(self.name)
            _log.warning("the demo show goes live as it is: %s", error)

    async def _take_over(self, show: OpenShow, *, is_first: bool = False) -> None:
        self.repository.show = show
        self._checkpoint.show = show.folder
        context = show.context(self._kinds, is_safe=self._is_safe)
        await self._services.load(context, is_first=is_first)
        self._picture.refresh_picture()
        await self._picture.first_picture()
        await self._services.ready(context)
        self._picture.refresh_picture()

    def _as_it_is(self) -> OpenShow:
        """The show that is open, edits and all."""
        raw = {**self.show.raw, **self._services.save()}
        parts = decode_parts(self._services.types, raw, str(self.show.folder / FILE))
        return replace(self.show, raw=raw, parts=parts)

    async def _go_back(self, show: OpenShow, kept: dict[str, Any]) -> None:
        """The show before, as it was. The last picture stands until its own is there."""
        try:
            await self._services.reset()
            await self._take_over(show)
            await self._services.restore(kept)
            self._is_whole = True
        except Exception:
            # Its file stays as it was saved a moment ago; nothing of this is written over it.
            _log.exception("not all of the show before is back")
            self.repository.error = StudioError("failed", "show.half", name=show.head.name)
        self._picture.refresh_picture()

    async def _seal_files(self) -> None:
        """Passwords of shows of before stand in the open in their files: no longer."""
        if not self.repository.is_readonly:
            count = await asyncio.to_thread(seal_folder, self.show.folder)
            if count:
                _log.info("passwords taken out of %d files of %s", count, self.show.folder)

    # -- saving --------------------------------------------------------------------------------

    def save(self) -> None:
        """Saves what was edited, and returns when it is on the disk; the demo stays as it is."""
        if self._is_whole and not self.repository.is_readonly:
            self._written(*self._collected())

    def _collected(self) -> tuple[Callable[[], object], Mapping[str, Any]]:
        """What writes the show as it is now, and what of it no file has yet."""
        self._unsaved.note()
        return self.repository.collected(), self._unsaved.mark()

    async def stop(self) -> None:
        """Saves a last time; what is on air is not kept any more."""
        self._is_stopped = True
        if self._saving is not None:
            await asyncio.gather(self._saving, return_exceptions=True)
        self.save()
        if self._is_whole and self.repository.error is None:
            self._unsaved.forget()  # it ended on purpose
        self._keeper.shutdown()

    def _save_soon(self) -> None:
        if self._has_edits and self._is_whole and (self._saving is None or self._saving.done()):
            self._has_edits = False
            self._saving = asyncio.get_running_loop().create_task(self._save_beside(), name="save")

    async def _save_beside(self) -> None:
        """In a thread: a disk may take its time, and a large show is long."""
        if self.repository.is_readonly:
            self._unsaved.note()
        else:
            write, mark = self._collected()
            loop = asyncio.get_running_loop()
            before = self.repository.error
            await asyncio.to_thread(self._written, write, mark)
            if self.repository.error is not before:
                loop.call_soon(self._state.touch, "show")

    def _written(self, write: Callable[[], object], mark: Mapping[str, Any]) -> None:
        try:
            write()
            self.repository.error = None
            self._unsaved.saved(mark)
        except StudioError as error:
            self.repository.error = error
            _log.warning("%s", error)

    # -- what must survive a kill --------------------------------------------------------------

    async def _command_done(self, changed: Changed) -> None:
        """Before the answer, not soon: what was answered must be there after a kill.

        In a thread: a disk that takes its time holds nothing else up, and the answer not for long.
        """
        if not changed.parts or self._is_stopped:
            return
        self._has_edits = True
        if not self._is_whole:
            self._touched.update(changed.parts)
            return
        touched, self._touched = self._touched | set(changed.parts), set()
        is_edited, writing = self._unsaved.take(touched), self._checkpoint.update(touched)

        def keep() -> None:
            if is_edited:
                self._unsaved.write()
            self._checkpoint.write(writing)

        written = asyncio.get_running_loop().run_in_executor(self._keeper, keep)
        await asyncio.wait((written,), timeout=ANSWER_S)

    def _parts_touched(self, parts: tuple[str, ...]) -> None:
        """What changes without a command is written soon, beside the loop."""
        self._touched.update(parts)
        if not self._is_writing and not self._is_stopped:
            self._is_writing = True
            asyncio.get_running_loop().call_later(CHECKPOINT_S, self._write_beside)

    def _write_beside(self) -> None:
        self._is_writing = False
        if self._touched and self._is_whole and not self._is_stopped:
            touched, self._touched = self._touched, set()
            writing = self._checkpoint.update(touched)
            asyncio.get_running_loop().run_in_executor(
                self._keeper, self._checkpoint.write, writing
            )


class ShowFolders:
    """Where files of the show that is open, and of this person, go.

    Args:
        repository: knows the show.
        recording_place: where recordings go.
    """

    def __init__(self, repository: ShowRepository, recording_place: RecordingPath) -> None:
        self._repository, self._recording_place = repository, recording_place

    def assets(self) -> Path:
        """Where cut-out goods go: into the show; the demo show stays as it is."""
        show = self._repository
        return (data_dir() if show.is_readonly else show.show.folder) / "tryon"

    def recordings(self) -> Path:
        """The folder of recordings."""
        return self._recording_place.path


def remember(folder: Path) -> None:
    """Puts a show at the head of the recent ones."""
    known = settings.load()
    known.opened(folder)
    try:
        settings.save(known)
    except OSError as error:
        _log.warning("the list of recent shows cannot be kept: %s", error)
