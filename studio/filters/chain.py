"""A chain of FFmpeg sound filters that gives as many samples as it takes, whatever the block."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, ClassVar, NamedTuple

import numpy as np

from studio.core.errors import StudioError
from studio.filters.base import Filter
from studio.media.sound import CHANNELS, RATE, Samples


class Node(NamedTuple):
    """One FFmpeg filter: its name and its options."""

    name: str
    options: dict[str, float | int | str]


class Chain:
    """Runs nodes one after the other. One thread pushes; options may change from another.

    Args:
        nodes: from first to last.
        latency: samples of silence given first: as many as the nodes may hold back.

    Raises:
        StudioError: failed when FFmpeg refuses an option.
    """

    def __init__(self, nodes: Sequence[Node], latency: int = 0) -> None:
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
        self._told = list(nodes)

    def change(self, nodes: Sequence[Node]) -> None:
        """Other options for the same nodes, without a click: nothing is built anew."""
        with self._lock:
            for at, (node, before) in enumerate(zip(nodes, self._told, strict=True)):
                for option, value in node.options.items():
                    if before.options.get(option) != value:
                        self._nodes[at].process_command(option, str(value))
            self._told = list(nodes)

    def run(self, samples: Samples) -> Samples:
        """(n, 2) float32 in, as many out."""
        count = len(samples)
        if not count:
            return samples
        packed = np.ascontiguousarray(samples, np.float32).reshape(1, -1)
        frame = self._frame.from_ndarray(packed, format="flt", layout="stereo")
        frame.sample_rate, frame.pts = RATE, self._pts
        frame.time_base = Fraction(1, RATE)
        self._pts += count
        parts = [self._out]
        with self._lock:
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


class ChainFilter(Filter):
    """Base of the sound filters made of FFmpeg's.

    Attributes:
        latency: samples the chain holds back.
    """

    is_picture: ClassVar[bool] = False
    is_sound: ClassVar[bool] = True
    budget_ms: ClassVar[float] = 4.0
    latency: ClassVar[int] = 0

    def __init__(self, settings: Any) -> None:
        super().__init__(settings)
        self._chain: Chain | None = None
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
            self._chain = Chain(self.nodes(self.settings), self.latency)
        return self._chain.run(samples)

    def close(self) -> None:
        """Lets the chain go."""
        self._chain = None


def linear(db: float) -> float:
    """Decibels → amplitude."""
    return round(float(10 ** (db / 20)), 8)
