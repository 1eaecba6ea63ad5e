"""Recordings from outside: splits, marks, chapters, clips, and the replay of the last seconds."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from studio.core.clock import NS, now_ns, utc_iso
from studio.core.command import Changed, Role, changed, command
from studio.core.errors import StudioError
from studio.core.event import Event
from studio.core.places import names_place
from studio.outputs.clips import LONGEST_S, Span, cut, mark_span, product_spans
from studio.outputs.kept_files import MOST, kept_files
from studio.outputs.model import KeptFiles
from studio.outputs.pipeline import OutputPipeline
from studio.sender import wire
from studio.sender.chapters import read_chapters
from studio.sender.clip import StandbyClip
from studio.sources.kinds.replay import remember

CanvasArg = Literal["landscape", "portrait"]
Seconds = Annotated[float, msgspec.Meta(ge=0, le=86_400)]
GRACE_S = 10.0
"""A replay begins at a keyframe before the seconds that were asked for."""
CLIP_KINDS = (".mp4", ".mkv")
_ANCHOR = ("anchor", "at_utc", "public", "signature")
_FIELDS = {"scenes.taken": ("scene", "scene"), "shop.explained": ("product", "product")}


class FilmCommands:
    """What is kept of a show.

    Args:
        pipeline: the way out.
        recordings: folder for recordings and clips.
    """

    def __init__(self, pipeline: OutputPipeline, recordings: Callable[[], Path]) -> None:
        self._pipeline = pipeline
        self._all = pipeline.destinations
        self._recordings = recordings
        self._is_generated, self._generated_ns = False, 0

    def event(self, event: Event) -> None:
        """Scene cuts, product changes and incidents become chapters by themselves."""
        if event.name in _FIELDS:
            kind, field = _FIELDS[event.name]
            ref = str(getattr(event, field, ""))
            self._tell(wire.Mark(kind, ref, ref, utc_iso()))
        elif event.name == "plans.started":
            plan = str(getattr(event, "plan", ""))
            self._tell(wire.Mark("incident", plan, plan, utc_iso()))
        elif event.name == "audit.anchored":
            said = {name: str(getattr(event, name, "")) for name in _ANCHOR}
            ref = f"{said['public']}:{said['signature']}"
            self._tell(wire.Mark("anchor", said["anchor"], ref, said["at_utc"]))
        elif event.name == "standin.changed":
            self._is_generated = bool(getattr(event, "on", False))
            self._generated_ns = now_ns()
            self._tell(wire.Mark("generated", "", "on" if self._is_generated else "", utc_iso()))
        elif event.name == "outputs.changed" and self._is_generated:
            self._tell(wire.Mark("generated", "", "on", utc_iso()))  # one that began just now

    def _tell(self, message: wire.Mark | wire.Split) -> list[str]:
        names = self._all.running("file")
        for name in names:
            self._all.tell(name, message)
        return names

    # -- while it records ----------------------------------------------------------------------

    @command(
        "record.split",
        label=("录制分段", "Split the recording"),
        help=("从下一个关键帧起写入新文件。", "Goes on in a new file at the next keyframe."),
    )
    def split(self) -> Changed:
        names = self._tell(wire.Split())
        if not names:
            raise StudioError("conflict", "outputs.not_recording")
        return changed("outputs", result={"outputs": names})

    @command(
        "marks.add",
        role=Role.STREAMER,
        label=("打点", "Add a mark"),
        help=(
            "在正在录制的文件里记一个时间点，之后可剪成片段。",
            "Remembers this moment in the recording; a clip can be cut from it later.",
        ),
        keys="M",
    )
    def mark(self, label: str = "", product: str = "") -> Changed:
        names = self._tell(wire.Mark("mark", label or product or "mark", product, utc_iso()))
        if not names:
            raise StudioError("conflict", "outputs.not_recording")
        return changed(result={"outputs": names})

    @command(
        "marks.list",
        role=Role.VIEWER,
        label=("打点与章节", "Marks and chapters"),
        help=("列出一个录像的打点与章节。", "Lists marks and chapters of a recording."),
    )
    def marks(self, file: Annotated[str, names_place("film")] = "") -> Changed:
        recording = self._find(file)
        return changed(result={"file": str(recording), "chapters": read_chapters(recording)})

    @command(
        "record.list",
        role=Role.VIEWER,
        label=("录像列表", "List recordings"),
        help=(
            "列出最近的录像与片段，新的在前，以及它们所在的文件夹。",
            "Lists the newest recordings and clips, newest first, and their folder.",
        ),
    )
    async def kept(self, most: Annotated[int, msgspec.Meta(ge=1, le=MOST)] = 5) -> Changed:
        folder = self._recordings()
        growing = [self._all.status(name).shown_url for name in self._all.running("file")]
        files = await asyncio.to_thread(kept_files, folder, growing, most)
        return changed(result=msgspec.to_builtins(KeptFiles(str(folder), tuple(files))))

    # -- afterwards ----------------------------------------------------------------------------

    @command(
        "clips.cut",
        label=("切片", "Cut clips"),
        help=(
            "按商品（讲解回放）、打点或时间从录像剪出片段，不重新编码。",
            "Cuts clips from a recording by product, mark or time, without encoding again.",
        ),
    )
    async def cut(
        self,
        product: str = "",
        mark: int = 0,
        from_s: Seconds = 0.0,
        to_s: Seconds = 0.0,
        file: Annotated[str, names_place("film")] = "",
    ) -> Changed:
        recording = self._find(file)
        if product:
            spans = product_spans(recording, product)
            if not spans:
                raise StudioError(
                    "not_found", "outputs.not_explained", product=product, file=recording.name
                )
        elif mark:
            spans = [mark_span(recording, mark, 20.0, 10.0)]
        elif to_s > from_s and to_s - from_s <= LONGEST_S * 12:
            spans = [Span(from_s, to_s)]
        else:
            raise StudioError("invalid", "outputs.bad_span", from_s=from_s, to_s=to_s)
        made: list[dict[str, Any]] = []
        for span in spans:
            name = product or (f"mark{mark}" if mark else f"{int(span.from_s)}s")
            target = self._fresh(f"{recording.stem}_{name}", recording.suffix)
            length_s = await asyncio.to_thread(cut, recording, span, target)
            made.append({"file": str(target), "length_s": round(length_s, 2)})
        return changed(result={"clips": made})

    # -- the last seconds ----------------------------------------------------------------------

    @command(
        "replay.hold",
        label=("回放缓存", "Keep a replay"),
        help=(
            "没有推流和录制时也保留最近的画面；关闭则只在推流或录制时保留。",
            "Keeps the last seconds also while nothing is on air.",
        ),
    )
    def hold(self, is_on: bool = True, canvas: CanvasArg = "landscape") -> Changed:
        self._pipeline.hold(canvas, is_on)
        return changed(
            "air",
            undo=("replay.hold", {"is_on": not is_on, "canvas": canvas}),
            result={"is_on": is_on},
        )

    @command(
        "replay.save",
        label=("保存回放", "Save the replay"),
        help=(
            "把最近几秒存成片段，不重新编码；“回放”来源随即播放它。",
            "Saves the last seconds as a clip, as they are; a replay source plays it.",
        ),
        keys="Ctrl+R",
    )
    async def save(
        self,
        seconds: Annotated[float, msgspec.Meta(ge=1, le=600)] = 20.0,
        canvas: CanvasArg = "landscape",
        file: Annotated[str, names_place("film")] = "",
    ) -> Changed:
        target = self._given(file) if file else self._fresh(f"replay_{_stamp()}", ".mp4")

        went_s = (now_ns() - self._generated_ns) / NS
        bears = self._is_generated or bool(self._generated_ns and went_s < seconds + GRACE_S)

        def work() -> float:
            clip = StandbyClip(self._pipeline.clip(canvas))
            return self._pipeline.replay.save(canvas, seconds, clip, target, is_generated=bears)

        length_s = await asyncio.to_thread(work)
        remember(target)  # a replay source plays it from now on
        return changed("air", result={"file": str(target), "length_s": round(length_s, 2)})

    # -- helpers -------------------------------------------------------------------------------

    def _find(self, file: str) -> Path:
        """The recording meant: the one given, the one that runs, or the newest."""
        if file:
            return placed(file, self._recordings())
        running = self._all.running("file")
        if running:
            return Path(self._all.status(running[0]).shown_url)
        found = [
            path
            for path in self._recordings().glob("*")
            if path.suffix in (".mkv", ".mp4") and read_chapters(path)
        ]
        if not found:
            raise StudioError("not_found", "outputs.no_recording", file=str(self._recordings()))
        return max(found, key=lambda path: path.stat().st_mtime)

    def _given(self, file: str) -> Path:
        """Where a person wants a clip: a film, in a folder that is there, over no other file."""
        path = placed(file, self._recordings())
        if path.suffix.lower() not in CLIP_KINDS:
            kinds = " ".join(CLIP_KINDS)
            raise StudioError("invalid", "outputs.file_kind", file=str(path), kinds=kinds)
        if not path.parent.is_dir():
            raise StudioError("invalid", "outputs.no_folder", folder=str(path.parent))
        if path.exists():
            raise StudioError("conflict", "outputs.file_there", file=str(path))
        return path

    def _fresh(self, stem: str, suffix: str) -> Path:
        folder = self._recordings() / "clips"
        folder.mkdir(parents=True, exist_ok=True)
        plain = re.sub(r"[^\w.-]+", "_", stem)[:80]
        for number in range(1, 10_000):
            path = folder / f"{plain}{'' if number == 1 else f'-{number}'}{suffix}"
            if not path.exists():
                return path
        raise StudioError("failed", "outputs.file_failed", file=str(folder), why="10000")


def placed(file: str, folder: Path) -> Path:
    """A file as a person names it: ``~`` is home, and without a place it lies in ``folder``."""
    return folder / Path(file).expanduser()


def _stamp() -> str:
    return datetime.now().strftime("%Y-%m-%d_%H-%M-%S")
