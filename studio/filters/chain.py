"""A chain of FFmpeg sound filters that gives as many samples as it takes, whatever the block."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, ClassVar, NamedTuple

import numpy as np

from studio.core.errors import StudioError
from studio.filters.base import Filter
from studio.media.sound import CHANNELS, RATE, Samples

Option = float | int | str
Options = dict[str, Option]
STEP, STEPS = 48, 40
"""Samples a step, steps a change: 40 ms."""


class Node(NamedTuple):
    """One FFmpeg filter: its name and its options."""

    name: str
    options: Options


class FilterChain:
    """Runs nodes one after the other. One thread pushes; options may change from another.

    Args:
        nodes: from first to last.
        latency: samples of silence given first: as many as the nodes may hold back.
        steps: in how many steps options change; 1 for nodes that do not click by themselves.

    Raises:
        StudioError: failed when FFmpeg refuses an option.
    """

    def __init__(self, nodes: Sequence[Node], latency: int = 0, steps: int = STEPS) -> None:
        import av
        from av.filter import Graph

        self._frame = av.AudioFrame
        self._empty: tuple[type[Exception], ...] = (av.BlockingIOError, av.EOFError)
        self._graph = Graph()
        self._lock = threading.Lock()
        self._pts = 0
        self._out = np.zeros((latency, CHANNELS), np.float32)
        time_base = Fraction(1, RATE)
        try:
            self._source: Any = self._graph.add_abuffer(
                sample_rate=RATE, format="flt", layout="stereo", time_base=time_base
            )
            self._nodes = [
                self._graph.add(node.name, ":".join(f"{k}={v}" for k, v in node.options.items()))
                for node in nodes
            ]
            form = self._graph.add(
                "aformat", f"sample_fmts=flt:channel_layouts=stereo:sample_rates={RATE}"
            )
            self._sink: Any = self._graph.add("abuffersink")
            row: list[Any] = [self._source, *self._nodes, form, self._sink]
            for first, second in zip(row, row[1:], strict=False):
                first.link_to(second)
            self._graph.configure()
        except (av.FFmpegError, ValueError, RuntimeError) as error:
            raise StudioError("failed", "filters.chain", why=str(error)) from None
        self._now = [dict(node.options) for node in nodes]
        self._path: deque[list[Options]] = deque()
        self._steps = steps

    def change(self, nodes: Sequence[Node]) -> None:
        """Other options for the same nodes, in small steps: nothing is built anew, no click."""
        with self._lock:
            wanted = [node.options for node in nodes]
            self._path = deque(
                [
                    {
                        name: _between(was[name], value, step / self._steps)
                        for name, value in settings_of.items()
                    }
                    for was, settings_of in zip(self._now, wanted, strict=True)
                ]
                for step in range(1, self._steps + 1)
            )

    def run(self, samples: Samples) -> Samples:
        """(n, 2) float32 in, as many out."""
        parts = []
        while self._path and len(samples):
            with self._lock:
                self._set(self._path.popleft())
            parts.append(self._run(samples[:STEP]))
            samples = samples[STEP:]
        parts.append(self._run(samples))
        return np.concatenate(parts) if len(parts) > 1 else parts[0]

    def _set(self, wanted: list[Options]) -> None:
        for node, was, options in zip(self._nodes, self._now, wanted, strict=True):
            for name, value in options.items():
                if was[name] != value:
                    node.process_command(name, str(value))
                    was[name] = value

    def _run(self, samples: Samples) -> Samples:
        count = len(samples)
        if not count:
            return samples
        packed = np.ascontiguousarray(samples, np.float32).reshape(1, -1)
        frame = self._frame.from_ndarray(packed, format="flt", layout="stereo")
        frame.sample_rate, frame.pts = RATE, self._pts
        frame.time_base = Fraction(1, RATE)
        self._pts += count
        parts = [self._out]
        self._source.push(frame)
        while True:
            try:
                found = self._sink.pull()
            except self._empty:
                break
            parts.append(found.to_ndarray().reshape(-1, CHANNELS))
        held = np.concatenate(parts) if len(parts) > 1 else self._out
        if len(held) < count:  # more is held back than was said: silence, once
            gap = np.zeros((count - len(held), CHANNELS), np.float32)
            held = np.concatenate([gap, held])
        self._out = held[count:]
        return held[:count]


def _between(was: Option, wanted: Option, part: float) -> Option:
    """Amplitudes and times by equal ratios, so that a pair that cancels out always does."""
    if part >= 1 or was == wanted or isinstance(was, str) or isinstance(wanted, str):
        return wanted
    if was > 0 and wanted > 0:
        return float(was * (wanted / was) ** part)
    return float(was + (wanted - was) * part)


class ChainFilter(Filter):
    """Base of the sound filters made of FFmpeg's.

    Attributes:
        latency: samples the chain holds back.
        steps: see `FilterChain`.
    """

    is_picture: ClassVar[bool] = False
    is_sound: ClassVar[bool] = True
    budget_ms: ClassVar[float] = 4.0
    latency: ClassVar[int] = 0
    steps: ClassVar[int] = STEPS

    def __init__(self, settings: Any) -> None:
        super().__init__(settings)
        self._chain: FilterChain | None = None
        self.nodes(settings)

    def nodes(self, settings: Any) -> list[Node]:
        """The chain for settings; for all settings the same nodes."""
        raise NotImplementedError

    def change(self, settings: Any) -> bool:
        """Without a click."""
        if self._chain is not None:
            self._chain.change(self.nodes(settings))
        self.settings = settings
        return True

    def apply_sound(self, samples: Samples) -> Samples:
        """As many samples as given; the chain is built with the first."""
        if self._chain is None:
            self._chain = FilterChain(self.nodes(self.settings), self.latency, self.steps)
        return self._chain.run(samples)

    def close(self) -> None:
        """Lets the chain go."""
        self._chain = None


def linear(db: float) -> float:
    """Decibels → amplitude."""
    return round(float(10 ** (db / 20)), 8)
