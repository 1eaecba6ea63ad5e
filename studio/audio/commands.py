"""The mixer from outside: faders, solo, sends, headphones, loudness."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal

import msgspec
from msgspec.structs import replace

from studio.audio.desk import SoundDesk
from studio.audio.playback import playbacks
from studio.core.command import Changed, changed, command, only_given
from studio.core.errors import StudioError

Db = Annotated[float, msgspec.Meta(ge=-100, le=26)]


class SoundCommands:
    """The mixer from outside."""

    def __init__(self, desk: SoundDesk) -> None:
        self._desk = desk

    @command(
        "sound.set",
        label=("调音", "Set strip"),
        help=(
            "设置一路的音量（dB）、声像、延时等。",
            "Sets gain (dB), pan, sync offset.",
        ),
    )
    def set_strip(
        self,
        source: str,
        gain_db: Db | None = None,
        pan: Annotated[float, msgspec.Meta(ge=-1, le=1)] | None = None,
        sync_ms: Annotated[int, msgspec.Meta(ge=-500, le=2000)] | None = None,
        follows_scene: bool | None = None,
        monitored: bool | None = None,
    ) -> Changed:
        old = self._desk.get(source)
        most_ms = self._desk.ahead_ms(source)
        if sync_ms is not None and -sync_ms > most_ms and sync_ms != old.sync_ms:
            raise StudioError(
                "invalid", "sound.early", source=source, ms=-sync_ms, least_ms=-most_ms
            )
        new = only_given(
            gain_db=gain_db, pan=pan, sync_ms=sync_ms, follows_scene=follows_scene,
            is_monitored=monitored,
        )  # fmt: skip
        self._desk.put(replace(old, **new))
        words = {"is_monitored": "monitored"}
        undo = {"source": source} | {words.get(key, key): getattr(old, key) for key in new}
        return changed("sound", undo=("sound.set", undo))

    @command(
        "sound.mute",
        label=("静音", "Mute"),
        help=("静音或取消静音一路。", "Mutes a strip, or opens it again."),
    )
    def mute(self, source: str, on: bool | None = None) -> Changed:
        old = self._desk.get(source)
        self._desk.put(replace(old, is_muted=not old.is_muted if on is None else on))
        return changed("sound", undo=("sound.mute", {"source": source, "on": old.is_muted}))

    @command(
        "sound.master",
        label=("总音量", "Master"),
        help=("设置主输出音量（dB）。", "Sets the programme's gain (dB)."),
    )
    def master(self, gain_db: Db) -> Changed:
        before, self._desk.master_db = self._desk.master_db, gain_db
        return changed("sound", undo=("sound.master", {"gain_db": before}))

    @command(
        "sound.solo",
        label=("独听", "Solo"),
        help=(
            "在耳机里单独听这一路，不影响观众听到的声音。",
            "Hears a strip alone in the headphones; viewers hear no change.",
        ),
    )
    def solo(self, source: str, on: bool | None = None) -> Changed:
        old = self._desk.get(source)
        self._desk.put(replace(old, is_solo=not old.is_solo if on is None else on))
        return changed("sound", undo=("sound.solo", {"source": source, "on": old.is_solo}))

    @command(
        "sound.send",
        label=("画布分送", "Send to canvas"),
        help=(
            "这一路在某个画布混音里再加多少 dB；-100 为不送。",
            "dB added to a strip on one canvas's mix; -100 takes it off there.",
        ),
    )
    def send(self, source: str, canvas: Literal["landscape", "portrait"], gain_db: Db) -> Changed:
        old = self._desk.get(source)
        sends = {name: db for name, db in old.sends.items() if name != canvas}
        if gain_db:
            sends[canvas] = gain_db
        self._desk.put(replace(old, sends=sends))
        undo = {"source": source, "canvas": canvas, "gain_db": old.sends.get(canvas, 0.0)}
        return changed("sound", undo=("sound.send", undo))

    @command(
        "sound.target",
        label=("响度目标", "Loudness target"),
        help=(
            "设置节目响度目标（LUFS）与允许偏差（LU）。",
            "Sets the loudness wanted (LUFS) and how far off is too far (LU).",
        ),
    )
    def target(
        self,
        lufs: Annotated[float, msgspec.Meta(ge=-40, le=-5)],
        tolerance: Annotated[float, msgspec.Meta(ge=0.5, le=20)] | None = None,
    ) -> Changed:
        watch = self._desk.watch
        undo = {"lufs": watch.target, "tolerance": watch.tolerance}
        watch.target = lufs
        watch.tolerance = watch.tolerance if tolerance is None else tolerance
        return changed("sound", undo=("sound.target", undo))

    @command(
        "sound.measure_again",
        label=("重新计响度", "Measure loudness anew"),
        help=("综合响度从现在重新计。", "The integrated loudness starts over now."),
    )
    def measure_again(self) -> Changed:
        self._desk.watch.reset()
        return changed("sound")

    @command(
        "sound.headphones",
        label=("耳机监听", "Headphones"),
        help=(
            "开关耳机监听，选择设备与音量；只影响本机。",
            "Switches the headphones, their device and level; for this machine alone.",
        ),
    )
    def headphones(
        self,
        on: bool | None = None,
        device: str | None = None,
        gain_db: Annotated[float, msgspec.Meta(ge=-60, le=12)] | None = None,
    ) -> Changed:
        monitor, old = self._desk.monitor, self._desk.monitor.settings
        new = only_given(is_on=on, device=device, gain_db=gain_db)
        monitor.set(replace(old, **new))
        words = {"is_on": "on"}
        undo = {words.get(name, name): getattr(old, name) for name in new}
        return changed("sound", undo=("sound.headphones", undo))

    @command(
        "sound.devices",
        label=("监听设备", "Playback devices"),
        help=("列出可用的耳机与扬声器。", "Lists the headphones and speakers there are."),
    )
    async def devices(self) -> Changed:
        return changed(result=await asyncio.to_thread(playbacks))
