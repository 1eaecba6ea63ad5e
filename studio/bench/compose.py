"""Composing a canvas, beside FFmpeg's own filter graph doing the same job."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np

from studio.bench.base import Report, Row, interleaved
from studio.core.clock import now_ns
from studio.graphics.bubble import draw_lower_third
from studio.graphics.card import draw_card
from studio.graphics.model import CardSpec, LowerThirdSpec
from studio.media.frame import Frame, blank, views
from studio.media.yuv import Layer
from studio.scenes.compositor import Change, Compositor, Overlay
from studio.scenes.model import Box, Canvas, Item, Scene
from studio.scenes.transitions.fade import Fade
from studio.sources.base import Source
from studio.sources.runner import SourceRunner

SIZE = (1920, 1080)


class _Still(Source):
    def run(self, feed: Any) -> None:
        feed.stopping.wait()


def _noise(width: int, height: int, seed: int) -> Frame:
    rng = np.random.default_rng(seed)
    return views(rng.integers(16, 235, (height * 3 // 2, width), np.uint8), width, height)


class _Feeder:
    """Sources whose picture is new at every call, as in a live show."""

    def __init__(self, sizes: dict[str, tuple[int, int]]) -> None:
        self.runners: dict[str, SourceRunner] = {}
        self._frames: dict[str, Frame] = {}
        for seed, (name, size) in enumerate(sizes.items()):
            self.runners[name] = SourceRunner(name, _Still(None, None))  # type: ignore[arg-type]
            self._frames[name] = _noise(*size, seed)

    def next(self) -> dict[str, SourceRunner]:
        """Delivers a picture on every source, through the source's own path."""
        for name, runner in self.runners.items():
            runner._deliver(self._frames[name])
        return self.runners


def _avfilter(
    inputs: list[Frame], build: str, layers: list[Layer], size: tuple[int, int] = SIZE
) -> Callable[[], object]:
    """A job that pushes ``inputs`` (and overlays with alpha) through an FFmpeg filter graph."""
    import av
    from av.filter import Graph

    graph = Graph()
    frames: list[av.VideoFrame] = []
    for frame in inputs:
        frames.append(av.VideoFrame.from_numpy_buffer(np.ascontiguousarray(frame.keep), "yuv420p"))
    for one in layers:
        assert one.frame.alpha is not None
        height = one.frame.height
        planes = [one.frame.y.reshape(-1)]
        planes += [one.frame.u.reshape(-1), one.frame.v.reshape(-1), one.frame.alpha.reshape(-1)]
        over = av.VideoFrame(one.frame.width, height, "yuva420p")
        for plane, data in zip(over.planes, planes, strict=True):
            rows = np.zeros((plane.buffer_size // plane.line_size, plane.line_size), np.uint8)
            wide = data.size // (plane.height)
            rows[: plane.height, :wide] = data.reshape(plane.height, wide)
            plane.update(rows.tobytes())
        frames.append(over)
    sources = [
        graph.add(
            "buffer",
            f"video_size={f.width}x{f.height}:pix_fmt={f.format.name}:time_base=1/30:"
            "pixel_aspect=1/1:frame_rate=30/1",
        )
        for f in frames
    ]
    sink = graph.add("buffersink")
    nodes: dict[str, Any] = {f"in{i}": node for i, node in enumerate(sources)}
    for line in build.strip().splitlines():
        name, filter_name, arguments, *ends = line.split("|")
        node = graph.add(filter_name, arguments) if arguments else graph.add(filter_name)
        nodes[name] = node
        for pad, end in enumerate(ends):
            nodes[end].link_to(node, 0, pad)
    nodes[name].link_to(sink)
    graph.configure()
    pts = itertools.count(1)

    def job() -> object:
        assert graph  # its nodes live only as long as it does
        now = next(pts)
        for node, frame in zip(sources, frames, strict=True):
            frame.pts = now
            node.push(frame)
        return sink.pull()

    return job


def _ours(scene: Scene, feeder: _Feeder, layers: list[Overlay], change: bool = False) -> Any:
    canvas = Canvas("landscape", *SIZE)
    compositor, target = Compositor(canvas), blank(*SIZE)
    before = Scene(name="before", items=(Item(1, "b"),))

    def job() -> None:
        sources = feeder.next()
        at_ns = now_ns()
        middle = Change(Fade(), before, at_ns - 500_000_000, 1_000_000_000) if change else None
        compositor.compose(target, scene, sources, at_ns, middle, layers)

    return job


def run() -> Report:
    """The jobs of a shop-window stream at 1080p."""
    card = draw_card(CardSpec("1号", "猫眼偏光墨镜", "琥珀", "", "¥199", "¥359", "仅剩 38 件"), 220)
    lower = draw_lower_third(LowerThirdSpec("秋季上新专场", "今晚 8 点"), 44)
    graphics = [Overlay(card, 60, 800), Overlay(lower, 1400, 900)]
    small = Box(0.73, 0.05, 0.25, 0.25)
    pip = {"landscape": small}
    quarter = [{"landscape": Box(x, y, 0.5, 0.5)} for y in (0, 0.5) for x in (0, 0.5)]
    report = Report("compose", "FFmpeg filter graph (scale, overlay, blend), same frames, same run")

    def pair(what: str, ours: Any, reference: Any, limit: float | None) -> None:
        times = interleaved({"ours": ours, "reference": reference})
        report.rows.append(Row(what, times["ours"], times["reference"], limit=limit))

    whole = _Feeder({"a": SIZE, "b": SIZE})
    one = Scene(name="x", items=(Item(1, "a"),))
    pair(
        "1 source",
        _ours(one, whole, []),
        _avfilter([_noise(*SIZE, 0)], "c|copy||in0\nf|format|yuv420p|c", []),
        None,
    )
    two = Scene(name="x", items=(Item(1, "a"), Item(2, "b", boxes=pip)))
    reference = _avfilter(
        [_noise(*SIZE, 0), _noise(*SIZE, 1)],
        "s|scale|480:270:flags=area|in1\n"
        "o|overlay|1402:54|in0|s\n"
        "c|overlay|60:800|o|in2\n"
        "l|overlay|1400:900|c|in3\n"
        "f|format|yuv420p|l",
        [card, lower],
    )
    pair("2 sources, card, lower third", _ours(two, whole, graphics), reference, 0.6)
    quarters = _Feeder({n: (1280, 720) for n in "abcd"})
    split = Scene(
        name="x",
        items=tuple(
            Item(i + 1, n, boxes=b) for i, (n, b) in enumerate(zip("abcd", quarter, strict=True))
        ),
    )
    lines = "\n".join(f"s{i}|scale|960:540:flags=bilinear|in{i}" for i in range(4))
    lines += "\np|pad|1920:1080|s0\n"
    lines += "o1|overlay|960:0|p|s1\no2|overlay|0:540|o1|s2\no3|overlay|960:540|o2|s3"
    reference = _avfilter([_noise(1280, 720, i) for i in range(4)], lines, [])
    pair("4-way split", _ours(split, quarters, []), reference, 0.6)
    plain = _avfilter(
        [_noise(*SIZE, 0), _noise(*SIZE, 1)], "m|mix|inputs=2:weights=1 1|in0|in1", []
    )
    pair("cross-fade (against mix)", _ours(one, whole, [], True), plain, 0.6)
    return report
