"""Air as a whole from outside: the self-check, delay and dump, platforms, the error budget."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec.structs import replace

from studio.core.clock import utc_iso
from studio.core.command import Changed, Role, changed, command
from studio.core.errors import StudioError
from studio.core.paths import data_dir
from studio.core.places import names_place
from studio.core.taking_back import changed_since, way_back
from studio.encoding.model import AudioSettings
from studio.outputs.check import check_disk, check_picture, check_stream, finding
from studio.outputs.model import (
    AirBudget,
    AirCheck,
    AirView,
    CanvasRate,
    CheckLine,
    RenditionView,
    StandbyView,
)
from studio.outputs.pipeline import OutputPipeline
from studio.outputs.platforms import misfits, platforms
from studio.outputs.renditions import MOST_EXTRA, plan, wanted
from studio.outputs.standby_film import check_media
from studio.protocols.rtmp.address import hide_key
from studio.sender import wire
from studio.sender.model import MediaFile, OutputSettings, StandbyMedia

BUDGET_SHARE = 0.001
"""99.9 %: 14.4 s in four hours."""

SHOW_S = 4 * 3600
HOLD_S = 5.0
Name = Annotated[str, msgspec.Meta(max_length=80)]
DelaySeconds = Annotated[float, msgspec.Meta(ge=0, le=30)]


class AirCommands:
    """What concerns being on air rather than one output.

    Args:
        pipeline: the way out.
        recordings: folder for recordings.
    """

    def __init__(
        self,
        pipeline: OutputPipeline,
        recordings: Callable[[], Path],
    ) -> None:
        self._pipeline = pipeline
        self._all = pipeline.destinations
        self._recordings = recordings
        self._checked = AirCheck()
        self.standby = StandbyMedia()
        self.find: Callable[[str], Path] = lambda path: Path(path).expanduser()
        self._cache = data_dir() / "standby"

    def view(self) -> AirView:
        """The part "air" of the state: how the show as a whole is doing on its lines."""
        streams = [s for s in self._all.statuses() if s.kind == "rtmp" and s.since_utc]
        gap_s = max((s.gap_ms for s in streams), default=0) / 1000
        live_s = max((s.live_ms + s.gap_ms for s in streams), default=0) / 1000
        total_s = max(SHOW_S, live_s) * BUDGET_SHARE
        film = self._pipeline.films.state
        return AirView(
            is_live=any(s.state.value in ("live", "congested", "standby") for s in streams),
            live_s=round(live_s, 1),
            budget=AirBudget(round(gap_s, 2), round(total_s, 2)),
            standby_s=round(max((s.standby_ms for s in streams), default=0) / 1000, 2),
            gaps={s.name: round(s.gap_ms / 1000, 2) for s in streams},
            rates={
                canvas: CanvasRate(rate.nominal_kbps, rate.kbps, rate.frame_step, rate.lowered)
                for canvas, rate in self._pipeline.rates.items()
            },
            rungs=self._renditions(),
            settings={name: self._shown_settings(name) for name in self._all.names()},
            squeezed=dict(self._pipeline.plan.squeezed),
            replay_s={
                canvas: round(self._pipeline.replay.length_s(canvas), 1)
                for canvas in self._pipeline.canvases
            },
            check=self._checked,
            standby=StandbyView(
                self.standby.picture.path,
                self.standby.music.path,
                film.state,
                film.why.in_language() if film.why else "",
            ),
        )

    def reset(self) -> None:
        """Leaves the show: the standby scene stands in again, its check says nothing now."""
        self._checked = AirCheck()
        if self.standby != StandbyMedia():
            self.standby = StandbyMedia()
            self._pipeline.set_film(None, None, self._cache)

    # -- the standby film ----------------------------------------------------------------------

    def load_standby(self, media: StandbyMedia) -> None:
        """What the show keeps; what cannot be read is said in the state and left out."""
        self.standby = media
        if media.picture.path:
            music = self.find(media.music.path) if media.music.path else None
            self._pipeline.set_film(self.find(media.picture.path), music, self._cache)

    @command(
        "outputs.standby",
        role=Role.TECHNICIAN,
        label=("设置垫片", "Set the standby clip"),
        help=(
            "引擎中断时观众看到的画面：自己的图片或短片（前 20 秒），可配音乐；留空则用垫片场景。",
            "What viewers see while the engine is away: a picture or film of your own "
            "(its first 20 s), with music if you like; empty is the standby scene.",
        ),
    )
    async def set_standby(
        self,
        path: Annotated[str, names_place("read")] = "",
        music: Annotated[str, names_place("read")] = "",
    ) -> Changed:
        old = self.standby
        if path:
            sound = self.find(music) if music else None
            await asyncio.to_thread(check_media, self.find(path), sound)
        self.standby = StandbyMedia(MediaFile(path), MediaFile(music if path else ""))
        where = self.find(path) if path else None
        self._pipeline.set_film(where, self.find(music) if path and music else None, self._cache)
        undo = ("outputs.standby", {"path": old.picture.path, "music": old.music.path})
        return changed("air", "show", undo=undo)

    def _shown_settings(self, name: str) -> OutputSettings:
        """How an output is set up, as it may be shown: no keys."""
        settings = self._all.settings(name)
        return replace(
            settings, url=hide_key(settings.url), backup_url=hide_key(settings.backup_url)
        )

    def _renditions(self) -> tuple[RenditionView, ...]:
        """What is encoded now, and for whom."""
        return tuple(
            RenditionView(
                id=rung.id,
                canvas=rung.canvas,
                codec=rung.settings.codec,
                size=(rung.settings.width, rung.settings.height),
                nominal_kbps=rung.settings.bitrate_kbps,
                outputs=tuple(rung.outputs),
            )
            for rung in self._pipeline.plan.rungs.values()
            if rung.outputs
        )

    @command(
        "outputs.delay",
        role=Role.TECHNICIAN,
        label=("设置延时", "Set the delay"),
        help=(
            "让推流比现场晚 0–30 秒，可在直播中更改；改大时观众先看到垫片。"
            "撤销时 instead_of 是那一步留下的秒数，别人此后改过的推流不动。",
            "Sends the stream 0–30 s late, also under way; while it grows viewers see standby. In "
            "an undo instead_of is what the step had left: streams that others set since stay.",
        ),
    )
    def delay(
        self, seconds: DelaySeconds, name: Name = "", instead_of: DelaySeconds | None = None
    ) -> Changed:
        names = [name] if name else self._streams()
        if instead_of is not None:
            names = [each for each in names if self._all.settings(each).delay_s == instead_of]
            if not names:
                raise changed_since()
        before = {}
        for each in names:
            old = self._all.settings(each)
            before[each] = old.delay_s
            self._all.adjust(replace(old, delay_s=seconds))
        undo = None
        if len(set(before.values())) == 1:
            was = next(iter(before.values()))
            undo = way_back("outputs.delay", "seconds", was, seconds, name=name)
        return changed("outputs", "air", result={"outputs": names}, undo=undo)

    @command(
        "outputs.dump",
        label=("丢弃延时并切垫片", "Dump the delay"),
        help=(
            "丢弃还没播出的延时内容，立即播垫片，延时重新积满后自动返回。",
            "Throws away what has not gone out yet; standby at once, back when the delay is full.",
        ),
        keys="Ctrl+Shift+D",
    )
    def dump(self, name: Name = "") -> Changed:
        names = [name] if name else self._all.running("rtmp")
        if not names:
            raise StudioError("conflict", "outputs.none_to_stop")
        for each in names:
            hold_s = max(HOLD_S, self._all.settings(each).delay_s)
            self._all.tell(each, wire.Dump(hold_s))
        return changed("outputs", "air", result={"outputs": names})

    @command(
        "outputs.platforms",
        role=Role.VIEWER,
        label=("平台预设", "Platform profiles"),
        help=(
            "列出各平台的尺寸、码率、关键帧与安全区。",
            "Lists the platforms: sizes, bitrates, keyframes, safe areas.",
        ),
    )
    def platforms(self) -> Changed:
        return changed(result=msgspec.to_builtins(list(platforms().values())))

    @command(
        "outputs.check",
        role=Role.TECHNICIAN,
        label=("开播自检", "Check before air"),
        help=(
            "试连每个推流地址两秒，检查密钥、上行、磁盘、响度与画面，并给出处理办法。",
            "Tries every destination for two seconds; checks key, upload, disk, sound, picture.",
        ),
    )
    async def check(self, name: Name = "") -> Changed:
        names = [name] if name else self._all.names()
        jobs = [self._check_one(each) for each in names]
        canvases = {self._all.settings(each).canvas for each in names} or {"landscape"}
        jobs += [check_picture(self._pipeline.look, canvas) for canvas in sorted(canvases)]
        found = [line for lines in await asyncio.gather(*jobs) for line in lines]
        found.append(check_disk(self._recordings(), 5000))
        is_ready = not any(line.verdict == "bad" for line in found)
        self._checked = AirCheck(is_ready, utc_iso(), tuple(found))
        return changed("air", result=msgspec.to_builtins(self._checked))

    async def _check_one(self, name: str) -> list[CheckLine]:
        settings = self._all.settings(name)
        video = wanted(settings, self._pipeline.canvases[settings.canvas])
        found = self._check_rung(name)
        found += [
            finding("platform", "warn", name, reason=reason)
            for reason in misfits(settings, video, AudioSettings())
        ]
        if self._all.is_running(name):
            return [*found, finding("on_air", "ok", name)]
        if settings.kind == "file":
            return [*found, check_disk(Path(settings.url).parent, video.bitrate_kbps + 160, name)]
        try:
            clip = await asyncio.to_thread(self._pipeline.clip, settings.canvas, video)
        except Exception as fault:  # whatever an encoder says no with
            size = f"{video.width}×{video.height}"
            return [
                *found,
                finding("encoder", "bad", name, size=size, codec=video.codec, why=fault),
            ]
        kbps = video.bitrate_kbps + 160
        found += await check_stream(settings, self._all.keys(name), clip, kbps)
        return found

    def _check_rung(self, name: str) -> list[CheckLine]:
        """Does it get what it can take, and is there an encode for it at all?

        Looks at all outputs at once, as if the whole show were on air.
        """
        all_on = [self._all.settings(each) for each in self._all.names()]
        coming = plan(self._pipeline.canvases, all_on)
        if coming.is_too_much:
            return [finding("rung", "bad", name, most=MOST_EXTRA)]
        if name in coming.squeezed:
            kbps = coming.squeezed[name]
            return [finding("rung", "warn", name, figure=kbps, kbps=kbps, most=MOST_EXTRA)]
        return []

    def _streams(self) -> list[str]:
        return [n for n in self._all.names() if self._all.settings(n).kind == "rtmp"]
