"""Outputs from outside: destinations, going live, recording."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec.structs import replace

from studio.core.command import Changed, Role, changed, command, only_given
from studio.core.errors import StudioError
from studio.core.event import Event
from studio.core.names import check_name
from studio.core.places import names_place
from studio.core.troubles import tell_trouble
from studio.encoding.model import Codec
from studio.outputs.air_commands import AirCommands
from studio.outputs.events import OutputChanged, OutputListChanged
from studio.outputs.film_commands import FilmCommands, placed
from studio.outputs.key_store import KeyStore, NoStore, key_name
from studio.outputs.pipeline import OutputPipeline
from studio.outputs.platforms import platforms
from studio.outputs.recording_folder import RecordingFolder
from studio.protocols.rtmp.address import holds_another_key
from studio.sender.file_sink import check_file
from studio.sender.model import Kind, OutputSettings, OutputState, OutputStatus

CanvasArg = Literal["landscape", "portrait"]
Kbps = Annotated[int, msgspec.Meta(ge=0, le=50_000)]
ShortSide = Annotated[int, msgspec.Meta(ge=0, le=4320)]
DelayS = Annotated[float, msgspec.Meta(ge=0, le=30)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
RECORD = "record"


class OutputCommands:
    """Destinations, live and recording.

    Args:
        pipeline: the way out.
        announce: publishes an event on the engine loop.
        touch: marks parts of the state as changed.
        keys: where keys are kept.
        recordings: where recordings go that are given no path.
    """

    def __init__(
        self,
        pipeline: OutputPipeline,
        announce: Callable[[Event], None],
        touch: Callable[[str], None] = lambda part: None,
        keys: KeyStore | None = None,
        recordings: RecordingFolder | None = None,
    ) -> None:
        self._pipeline = pipeline
        self._all = pipeline.destinations
        self._announce = announce
        self._touch = touch
        self._keys = keys or NoStore()
        self._recordings = recordings or RecordingFolder()
        self.is_composed: Callable[[str], bool] = lambda canvas: True
        self._before: dict[str, OutputState] = {}
        self._passing: set[str] = set()
        self.air = AirCommands(pipeline, self._folder)
        self.film = FilmCommands(pipeline, self._folder)

    # -- for the engine ----------------------------------------------------------------------

    def load(self, outputs: list[OutputSettings]) -> None:
        """Outputs of a show, with the keys that are kept for them."""
        for settings in outputs:
            kept: tuple[str, ...] = ("", "")
            try:
                kept = tuple(
                    self._keys.get(key_name(settings.name, is_backup=is_backup)) or ""
                    for is_backup in (False, True)
                )
                self._all.add(settings, *kept, is_checked=False)
                if self._all.keys(settings.name) != kept:  # a secret stood in an older address
                    self._keep_keys(settings.name)
            except StudioError as error:  # keys that cannot be read or kept are no end
                tell_trouble("outputs.keys_lost", path=settings.name, why=error)
                if settings.name not in self._all.names():
                    self._all.add(settings, *kept, is_checked=False)

    def put_passing(self, settings: OutputSettings, key: str = "") -> None:
        """An output for this run alone: a show never keeps it.

        Raises:
            StudioError: invalid.
        """
        if settings.name in self._all.names():
            self._all.edit(settings, key)
        else:
            self._all.add(settings, key)
        self._passing.add(settings.name)

    def restore(self, settings: OutputSettings) -> str:
        """An output that ran before a crash, as it was; returns its name.

        Raises:
            StudioError: invalid.
        """
        name = settings.name
        keys = [
            self._keys.get(key_name(name, is_backup=is_backup)) or None
            for is_backup in (False, True)
        ]
        if name in self._all.names():
            self._all.edit(settings, *keys, is_checked=False)
        else:
            self._all.add(settings, keys[0] or "", keys[1] or "", is_checked=False)
            if settings.kind == "file":
                self._passing.add(name)
        return name

    def settings(self) -> list[OutputSettings]:
        """What the show keeps: all outputs that are its own, without keys."""
        own = (name for name in self._all.names() if name not in self._passing)
        return [self._all.settings(name) for name in own]

    def view(self) -> list[dict[str, Any]]:
        """The part "outputs" of the state."""
        plain: list[dict[str, Any]] = msgspec.to_builtins(self._all.statuses())
        return plain

    def told(self, status: OutputStatus) -> None:
        """An output changed; to be called on the engine loop."""
        before = self._before.get(status.name, OutputState.IDLE)
        self._before[status.name] = status.state
        self._announce(
            OutputChanged(
                output=status.name, state=status.state.value, before=before.value, status=status
            )
        )
        self._touch("outputs")

    # -- destinations ------------------------------------------------------------------------

    @command(
        "outputs.list",
        role=Role.VIEWER,
        label=("输出列表", "List outputs"),
        help=("列出全部输出及其状态。", "Lists all outputs with their states."),
    )
    def list_all(self) -> Changed:
        return changed(result=self.view())

    @command(
        "outputs.add",
        role=Role.TECHNICIAN,
        label=("添加输出", "Add an output"),
        help=(
            "添加推流地址；密钥写在地址里时会移出并隐藏。",
            "Adds a destination; a key that stands in the address is moved out and hidden.",
        ),
        secret=("url", "key", "backup_url", "backup_key"),
    )
    def add(
        self,
        name: Name,
        url: Annotated[str, names_place("output")],
        key: str = "",
        canvas: CanvasArg = "landscape",
        kind: Kind | None = None,
        backup_url: Annotated[str, names_place("output")] = "",
        backup_key: str = "",
        ca_file: Annotated[str, names_place("read")] = "",
        platform: str = "",
        bitrate_kbps: Kbps = 0,
        codec: Codec = "h264",
        short_side: ShortSide = 0,
        delay_s: DelayS = 0.0,
        split_min: Annotated[int, msgspec.Meta(ge=0, le=1440)] = 0,
        split_mb: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 0,
    ) -> Changed:
        self._check_platform(platform)
        kind = kind or ("rtmp" if "://" in url else "file")
        if kind == "file" and url:
            url = str(placed(url, self._folder()))
        settings = OutputSettings(
            name=name,
            kind=kind,
            url=url,
            canvas=canvas,
            backup_url=backup_url,
            ca_file=ca_file,
            platform=platform,
            bitrate_kbps=bitrate_kbps,
            codec=codec,
            short_side=short_side,
            delay_s=delay_s,
            split_min=split_min,
            split_mb=split_mb,
        )
        self._check_canvas(canvas)
        self._check_name(name)
        self._check_keys(name, (url, key), (backup_url, backup_key))
        self._all.add(settings, key, backup_key)
        try:
            self._keep_keys(name)
        except StudioError:
            self._all.remove(name)  # what is said to have failed is not there
            raise
        return self._listed(undo=("outputs.remove", {"name": name, "confirm": True}))

    @command(
        "outputs.edit",
        role=Role.TECHNICIAN,
        label=("修改输出", "Edit an output"),
        help=(
            "修改输出；未给出的保持不变。直播中只能改垫片、码率与分段，其余需先停止。",
            "Edits an output; while it runs only standby, bitrate and splits can change.",
        ),
        secret=("url", "key", "backup_url", "backup_key"),
    )
    def edit(
        self,
        name: Name,
        url: Annotated[str | None, names_place("output")] = None,
        key: str | None = None,
        canvas: CanvasArg | None = None,
        backup_url: Annotated[str | None, names_place("output")] = None,
        backup_key: str | None = None,
        ca_file: Annotated[str | None, names_place("read")] = None,
        has_standby: bool | None = None,
        platform: str | None = None,
        bitrate_kbps: Kbps | None = None,
        codec: Codec | None = None,
        short_side: ShortSide | None = None,
        split_min: Annotated[int, msgspec.Meta(ge=0, le=1440)] | None = None,
        split_mb: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] | None = None,
    ) -> Changed:
        self._check_platform(platform or "")
        old = self._all.settings(name)
        if old.kind == "file" and url:
            url = str(placed(url, self._folder()))
        given = only_given(
            url=url,
            canvas=canvas,
            backup_url=backup_url,
            ca_file=ca_file,
            has_standby=has_standby,
            platform=platform,
            bitrate_kbps=bitrate_kbps,
            codec=codec,
            short_side=short_side,
            split_min=split_min,
            split_mb=split_mb,
        )
        new = replace(old, **given)
        self._check_canvas(new.canvas)
        self._check_keys(name, (url or "", key or ""), (backup_url or "", backup_key or ""))
        undo: tuple[str, dict[str, Any]] | None = None
        if url is backup_url is key is backup_key is None:  # a key that was is told to nobody
            before = {field: getattr(old, field) for field in given}
            undo = ("outputs.edit", {"name": name, **before})
        if self._all.is_running(name) and key is None and backup_key is None:
            self._pipeline.adjust(new)  # what needs no new connection changes under way
            return self._listed(undo)
        before_keys = self._all.keys(name)
        self._all.edit(new, key, backup_key)
        try:
            self._keep_keys(name)
        except StudioError:
            self._all.edit(old, *before_keys, is_checked=False)
            raise
        return self._listed(undo)

    @command(
        "outputs.remove",
        role=Role.TECHNICIAN,
        label=("移除输出", "Remove an output"),
        help=(
            "移除未在运行的输出及其密钥。",
            "Removes an output that is not running, and its key.",
        ),
        needs_confirm=True,
    )
    def remove(self, name: Name) -> Changed:
        self._all.remove(name)
        for is_backup in (False, True):
            self._keys.delete(key_name(name, is_backup=is_backup))
        return self._listed()

    # -- on air ------------------------------------------------------------------------------

    @command(
        "outputs.start",
        label=("开始推流", "Start an output"),
        help=("启动一个输出；不给名称则启动全部推流。", "Starts one output, or all streams."),
    )
    async def start(self, name: str = "") -> Changed:
        names = [name] if name else self._streams(is_running=False)
        if not names:
            raise StudioError("conflict", "outputs.none_to_start")
        before = self._pipeline.plan.squeezed
        started: list[str] = []
        refused: list[StudioError] = []
        for each in names:
            try:
                self._check_composed(self._all.settings(each).canvas)
                await asyncio.to_thread(self._pipeline.ready, each)
                self._pipeline.start(each)
                started.append(each)
            except StudioError as error:  # one that cannot start keeps no other from starting
                refused.append(error)
        now = self._pipeline.plan.squeezed
        squeezed = {output: kbps for output, kbps in now.items() if before.get(output) != kbps}
        if refused and started:
            self._touch("outputs")
            self._touch("air")
            raise StudioError(
                refused[0].code,
                "outputs.some_started",
                started=", ".join(started),
                why=refused[0],
                more=len(refused) - 1,
            )
        if refused:
            raise refused[0]
        return changed("outputs", "air", result={"outputs": started, "squeezed": squeezed})

    @command(
        "outputs.stop",
        label=("停止推流", "Stop an output"),
        help=(
            "停止一个输出；不给名称则停止全部推流。观众会看到直播结束。",
            "Stops one output, or all streams. Viewers see the stream end.",
        ),
        needs_confirm=True,
    )
    async def stop(self, name: str = "") -> Changed:
        names = [name] if name else self._streams(is_running=True)
        if not names:
            raise StudioError("conflict", "outputs.none_to_stop")
        await asyncio.gather(*(asyncio.to_thread(self._pipeline.stop, each) for each in names))
        return changed("outputs", "air", result={"outputs": names})

    @command(
        "outputs.retry",
        label=("立即重试", "Try now"),
        help=("不等下次重试，立即连接。", "Connects now instead of waiting for the next try."),
    )
    def retry(self, name: Name) -> Changed:
        self._all.retry(name)
        return changed("outputs", "air")

    @command(
        "record.start",
        label=("开始录制", "Start recording"),
        help=(
            "录制到文件（.mkv、.mp4）；不给路径则存到录像文件夹。",
            "Records to a file (.mkv, .mp4), or into the folder of recordings.",
        ),
    )
    async def record_start(
        self, file: Annotated[str, names_place("film")] = "", canvas: CanvasArg = "landscape"
    ) -> Changed:
        self._check_canvas(canvas)
        self._check_composed(canvas)
        name = self._recorder(canvas)
        path = placed(file, self._folder()) if file else self._new_file(canvas)
        settings = OutputSettings(name=name, kind="file", url=str(path), canvas=canvas)
        self.put_passing(settings)
        await asyncio.to_thread(self._pipeline.ready, name)
        self._pipeline.start(name)
        return changed("outputs", "air", result={"output": name, "file": settings.url})

    @command(
        "record.stop",
        label=("停止录制", "Stop recording"),
        help=("结束录制并写完文件。", "Ends the recording and completes the file."),
    )
    async def record_stop(self, canvas: CanvasArg = "landscape") -> Changed:
        name = self._recorder(canvas)
        if name not in self._all.names():
            raise StudioError("conflict", "outputs.not_running", name=name)
        await asyncio.to_thread(self._pipeline.stop, name)
        return changed("outputs", "air", result={"file": self._all.status(name).shown_url})

    @command(
        "record.folder",
        role=Role.TECHNICIAN,
        label=("录像文件夹", "Folder of recordings"),
        help=(
            "录像与片段存放的文件夹；不给路径则只查询。正在录制的文件不受影响。",
            "Where recordings and clips go; without a path it only tells. "
            "A recording that runs stays where it is.",
        ),
    )
    def record_folder(self, path: Annotated[str, names_place("folder")] = "") -> Changed:
        before = str(self._folder())
        if not path:
            return changed(result={"folder": before})
        folder = placed(path, self._folder())
        wrong = check_file(folder / "x.mkv")
        if wrong is not None:
            raise StudioError("invalid", wrong.key, **wrong.params)
        self._recordings.choose(folder)
        undo = ("record.folder", {"path": before})
        return changed("engine", undo=undo, result={"folder": str(folder)})

    @command(
        "record.status",
        role=Role.VIEWER,
        label=("录制状态", "Recording status"),
        help=("录制的状态、文件和大小。", "State, file and size of the recording."),
    )
    def record_status(self, canvas: CanvasArg = "landscape") -> Changed:
        name = self._recorder(canvas)
        status = (
            self._all.status(name)
            if name in self._all.names()
            else OutputStatus(name=name, kind="file", canvas=canvas)
        )
        return changed(result=msgspec.to_builtins(status))

    # -- helpers -----------------------------------------------------------------------------

    def _streams(self, *, is_running: bool) -> list[str]:
        return [
            name
            for name in self._all.names()
            if self._all.settings(name).kind == "rtmp" and self._all.is_running(name) is is_running
        ]

    @staticmethod
    def _check_platform(platform: str) -> None:
        if platform and platform not in platforms():
            known = ", ".join(platforms())
            raise StudioError("not_found", "outputs.no_platform", platform=platform, known=known)

    @staticmethod
    def _check_name(name: str) -> None:
        """A recording takes its own name whatever it was: it would take a destination's life."""
        check_name(name)
        if name.casefold() == RECORD or name.casefold().startswith(f"{RECORD}-"):
            raise StudioError("invalid", "outputs.name_reserved", name=name)

    @staticmethod
    def _check_keys(name: str, *pairs: tuple[str, str]) -> None:
        if any(holds_another_key(url, key) for url, key in pairs):
            raise StudioError("invalid", "outputs.two_keys", name=name)

    def _check_canvas(self, canvas: str) -> None:
        if canvas not in self._pipeline.canvases:
            raise StudioError("not_found", "outputs.no_canvas", canvas=canvas)

    def _check_composed(self, canvas: str) -> None:
        """A canvas that is off has no pictures: viewers would see the standby clip for ever."""
        if not self.is_composed(canvas):
            raise StudioError("conflict", "outputs.canvas_off", canvas=canvas)

    def _keep_keys(self, name: str) -> None:
        for is_backup, key in enumerate(self._all.keys(name)):
            kept_as = key_name(name, is_backup=bool(is_backup))
            if key:
                self._keys.set(kept_as, key)
            else:
                self._keys.delete(kept_as)

    def _listed(self, undo: tuple[str, dict[str, Any]] | None = None) -> Changed:
        self._announce(OutputListChanged(outputs=tuple(self._all.names())))
        return changed("outputs", "air", undo=undo)

    @staticmethod
    def _recorder(canvas: str) -> str:
        return RECORD if canvas == "landscape" else f"{RECORD}-{canvas}"

    def _folder(self) -> Path:
        return self._recordings.path

    def _new_file(self, canvas: str) -> Path:
        folder = self._folder()
        stamp = datetime.now().strftime("%Y-%m-%d_%H-%M-%S")
        stem = f"{stamp}{'' if canvas == 'landscape' else '_' + canvas}"
        names = itertools.chain([stem], (f"{stem}_{n}" for n in itertools.count(2)))
        return next(path for name in names if not (path := folder / f"{name}.mkv").exists())
