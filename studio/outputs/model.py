"""What desks and remotes see of the outputs: plain data."""

from __future__ import annotations

from typing import Literal

import msgspec

from studio.sender.model import (
    OutputSettings,
)

Verdict = Literal["ok", "warn", "bad", "unknown"]


class CheckLine(msgspec.Struct, kw_only=True, frozen=True):
    """One line of the check before air.

    Attributes:
        id: address, reach, handshake, key, upload, disk, platform, loudness, picture.
        output: which output it is about, "" for the show.
        verdict: ok, warn (it will work, but), bad (it will not work), unknown.
        text, mend: what was found and what to do, by language.
        figure: what was measured, in the unit the text names.
    """

    id: str = ""
    output: str = ""
    verdict: Verdict = "ok"
    text: dict[str, str] = {}
    mend: dict[str, str] = {}
    figure: float | None = None

    @property
    def is_ok(self) -> bool:
        """Nothing to do."""
        return self.verdict == "ok"


class AirCheck(msgspec.Struct, frozen=True):
    """The last check before air; without a time there was none."""

    is_ready: bool = False
    at_utc: str = ""
    lines: tuple[CheckLine, ...] = ()


class KeptFile(msgspec.Struct, frozen=True):
    """A recording or a clip on the disk.

    Attributes:
        at_utc: when it was last written.
        is_growing: it is written now.
        is_clip: cut from a recording, or a replay.
    """

    file: str = ""
    size_bytes: int = 0
    at_utc: str = ""
    is_growing: bool = False
    is_clip: bool = False


class KeptFiles(msgspec.Struct, frozen=True):
    """What `record.list` answers."""

    folder: str = ""
    files: tuple[KeptFile, ...] = ()


class AirBudget(msgspec.Struct, frozen=True):
    """Time in which viewers got nothing new, and how much of it a show may have."""

    used_s: float = 0.0
    total_s: float = 14.4


class CanvasRate(msgspec.Struct, frozen=True):
    """What a canvas is encoded with now.

    Attributes:
        frame_step: every how many-th picture is encoded.
        lowered: how often it was lowered so far.
    """

    nominal_kbps: int = 0
    kbps: int = 0
    frame_step: int = 1
    lowered: int = 0

    @property
    def is_lowered(self) -> bool:
        """Whether the line was too narrow."""
        return self.kbps < self.nominal_kbps or self.frame_step > 1


class RenditionView(msgspec.Struct, frozen=True):
    """One encode and who shares it; size in pixels."""

    id: str = ""
    canvas: str = ""
    codec: str = ""
    size: tuple[int, int] = (0, 0)
    nominal_kbps: int = 0
    outputs: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """Size and codec, short."""
        codec = "HEVC" if self.codec == "hevc" else "H.264"
        return f"{min(self.size)}p {codec}"


class StandbyView(msgspec.Struct, frozen=True):
    """The brand's own standby: files, and none, encoding, ready or failed."""

    picture: str = ""
    music: str = ""
    state: str = "none"
    why: str = ""


class AirView(msgspec.Struct, frozen=True):
    """The part "air" of the state: how the show as a whole goes out.

    Attributes:
        gaps: seconds in which viewers got nothing new, by output.
        settings: of every output, keys hidden.
        squeezed: bitrate in kbit/s of outputs that share an encode below their own.
        replay_s: how much can be replayed, by canvas.
    """

    is_live: bool = False
    live_s: float = 0.0
    budget: AirBudget = AirBudget()
    standby_s: float = 0.0
    gaps: dict[str, float] = {}
    rates: dict[str, CanvasRate] = {}
    rungs: tuple[RenditionView, ...] = ()
    settings: dict[str, OutputSettings] = {}
    squeezed: dict[str, int] = {}
    replay_s: dict[str, float] = {}
    check: AirCheck = AirCheck()
    standby: StandbyView = StandbyView()


class CameraView(msgspec.Struct, frozen=True):
    """The part "virtualcam" of the state; the reason why there is none in both languages."""

    is_on: bool = False
    device: str = ""
    canvas: str = "landscape"
    frames: int = 0
    dropped: int = 0
    error: str = ""
    devices: tuple[str, ...] = ()
    why_not: tuple[str, str] | str = ""


class SafeArea(msgspec.Struct, frozen=True):
    """Where the platform's own chrome lies, as parts (0..1) of the picture on each side."""

    top: float = 0.0
    bottom: float = 0.0
    left: float = 0.0
    right: float = 0.0


class PlatformMark(msgspec.Struct, frozen=True):
    """A plain coloured mark with the platform's initial; nobody's trademark."""

    zh: str = ""
    en: str = ""
    colour: str = "#3A3F4B"


class PlatformProfile(msgspec.Struct, kw_only=True, frozen=True):
    """What a platform takes.

    Attributes:
        label: name in Chinese and English.
        host: what its publishing addresses contain, "" when they differ from show to show.
        max_long, max_short: longest and shortest side of the picture in pixels.
        max_fps: pictures a second.
        max_kbps, best_kbps: limit and recommendation for the picture.
        max_audio_kbps: limit for the sound.
        keyint_s: longest distance between keyframes.
        orientations: what viewers are shown.
        canvas: what most viewers of it watch: its phones are upright, or they are not.
        server: where it takes streams, "" when it gives another address to each show.
        mark: the letters it is known by here, and their ground.
        where: the steps to its address and key, by language.
        safe: the platform's chrome by canvas.
        note: where the figures come from and how sure they are.
    """

    id: str
    label: dict[str, str]
    host: str = ""
    max_long: int = 1920
    max_short: int = 1080
    max_fps: int = 60
    max_kbps: int = 6000
    best_kbps: int = 4000
    max_audio_kbps: int = 320
    keyint_s: float = 2.0
    orientations: tuple[str, ...] = ("landscape", "portrait")
    canvas: str = "landscape"
    server: str = ""
    mark: PlatformMark = PlatformMark()
    where: dict[str, tuple[str, ...]] = {}
    safe: dict[str, SafeArea] = {}
    note: str = ""
