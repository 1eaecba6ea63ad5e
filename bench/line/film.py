"""Reads what arrived: times, holes, decoding faults, and whether sound and picture are in step."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np


@dataclass(slots=True)
class DrawnFilm:
    """What is in a file.

    Attributes:
        times_ms: decoding time of each packet by stream: True picture, False sound.
        keys_ms: times of keyframes.
        pictures: decoded without an error.
        faults: decoding errors.
        flashes_ms, beeps_ms: where a flash and a beep begin (see `bench.line.chain`).
    """

    times_ms: dict[bool, list[float]] = field(default_factory=lambda: {True: [], False: []})
    keys_ms: list[float] = field(default_factory=list)
    pictures: int = 0
    faults: int = 0
    flashes_ms: list[float] = field(default_factory=list)
    beeps_ms: list[float] = field(default_factory=list)

    @property
    def length_ms(self) -> float:
        """From the first picture to the last."""
        times = self.times_ms[True]
        return times[-1] - times[0] if times else 0.0

    def steps_ms(self, is_video: bool = True) -> list[float]:
        """Distances between packets."""
        times = self.times_ms[is_video]
        return [b - a for a, b in zip(times, times[1:], strict=False)]

    @property
    def largest_hole_ms(self) -> float:
        """The longest time without a new picture."""
        return max(self.steps_ms(), default=0.0)

    @property
    def goes_back(self) -> int:
        """Timestamps that are not later than the one before."""
        return sum(step <= 0 for kind in (True, False) for step in self.steps_ms(kind))

    def out_of_step_ms(self) -> list[float]:
        """Beep minus flash, for each flash that has its beep within 400 ms."""
        found = []
        for flash in self.flashes_ms:
            near = min(self.beeps_ms, key=lambda beep: abs(beep - flash), default=None)
            if near is not None and abs(near - flash) < 400:
                found.append(near - flash)
        return found


def read_film(file: Path, *, decodes: bool = True) -> DrawnFilm:
    """Reads ``file`` from end to end; a cut-off end is not a fault."""
    import av

    film = DrawnFilm()
    with av.open(str(file)) as container:
        if decodes:
            for stream in container.streams:
                stream.codec_context.options = {"err_detect": "explode"}
        sound = _Onsets()
        was_bright = False
        for packet in container.demux():
            if packet.dts is None or packet.time_base is None:
                continue
            is_video = packet.stream.type == "video"
            at_ms = float(packet.dts * packet.time_base * 1000)
            film.times_ms[is_video].append(at_ms)
            if is_video and packet.is_keyframe:
                film.keys_ms.append(at_ms)
            if not decodes:
                continue
            try:
                frames: list[Any] = list(packet.decode())
            except av.FFmpegError:
                film.faults += 1
                continue
            for frame in frames:
                time_ms = float((frame.time or 0.0) * 1000)
                if is_video:
                    film.pictures += 1
                    luma = np.frombuffer(frame.planes[0], np.uint8)
                    is_bright = bool(luma[:: max(1, luma.size // 4096)].mean() > 200)
                    if is_bright and not was_bright:
                        film.flashes_ms.append(time_ms)
                    was_bright = is_bright
                else:
                    film.beeps_ms += sound.find(frame.to_ndarray()[0], time_ms, frame.sample_rate)
    return film


class _Onsets:
    """Where silence ends."""

    def __init__(self) -> None:
        self._quiet = 0

    def find(self, samples: Any, at_ms: float, rate: int) -> list[float]:
        """Onsets in a block; 100 ms of quiet must have gone before."""
        found, loud = [], np.flatnonzero(np.abs(samples) > 0.15)
        if loud.size:
            if self._quiet + loud[0] > rate // 10:
                found.append(at_ms + loud[0] * 1000 / rate)
            self._quiet = len(samples) - 1 - int(loud[-1])
        else:
            self._quiet += len(samples)
        return found
