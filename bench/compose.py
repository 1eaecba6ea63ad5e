"""Composing a canvas, beside FFmpeg's own filter graph doing the same job."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np

from bench.base import BenchReport, Row, interleaved
from studio.core.clock import now_ns
from studio.filters.base import Filter
from studio.filters.kinds.background import BackgroundSettings, Behind, composed
from studio.filters.kinds.beauty import Beauty, BeautySettings
from studio.filters.kinds.blur import Blur, BlurSettings
from studio.filters.kinds.chroma_key import ChromaKey, ChromaKeySettings
from studio.filters.kinds.colour_correction import ColourCorrection, ColourCorrectionSettings
from studio.graphics.bubble import draw_lower_third
from studio.graphics.card import draw_card
from studio.graphics.model import CardSpec, LowerThirdSpec
from studio.media.frame import Frame, Plane, blank, views, yuv_of
from studio.media.yuv import Layer, resize
from studio.scenes.compositor import Change, Compositor, Overlay
from studio.scenes.model import Box, Canvas, Item, Scene
from studio.scenes.transitions.fade import Fade
from studio.sources.base import Source
from studio.sources.guard import Guard
from studio.sources.runner import SourceRunner
from studio.tryon.detect.mask import MaskFinder

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

    def give(self, name: str, frame: Frame, *filters: Filter) -> None:
        """A picture of one's own, through filters."""
        self._frames[name] = frame
        self.runners[name].filters = tuple(Guard(name, filter_, 1000.0) for filter_ in filters)

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
    for layer in layers:
        assert layer.frame.alpha is not None
        height = layer.frame.height
        planes = [layer.frame.y.reshape(-1)]
        planes += [
            layer.frame.u.reshape(-1),
            layer.frame.v.reshape(-1),
            layer.frame.alpha.reshape(-1),
        ]
        over = av.VideoFrame(layer.frame.width, height, "yuva420p")
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


def run() -> BenchReport:
    """The jobs of a shop-window stream at 1080p."""
    card = draw_card(CardSpec("1号", "猫眼偏光墨镜", "琥珀", "", "¥199", "¥359", "仅剩 38 件"), 220)
    lower = draw_lower_third(LowerThirdSpec("秋季上新专场", "今晚 8 点"), 44)
    graphics = [Overlay(card, 60, 800), Overlay(lower, 1400, 900)]
    small = Box(0.73, 0.05, 0.25, 0.25)
    pip = {"landscape": small}
    quarter = [{"landscape": Box(x, y, 0.5, 0.5)} for y in (0, 0.5) for x in (0, 0.5)]
    report = BenchReport(
        "compose", "FFmpeg filter graph (scale, overlay, blend, chromakey), same frames, same run"
    )

    def pair(what: str, ours: Any, reference: Any, limit: float | None) -> None:
        times = interleaved({"ours": ours, "reference": reference})
        report.rows.append(Row(what, times["ours"], times["reference"], limit=limit))

    whole = _Feeder({"a": SIZE, "b": SIZE})
    drawn = Scene(name="x", items=(Item(1, "a"),))
    # FFmpeg composes with `overlay`; where a single source needs no composing it can do with less,
    # and that stands beside it.
    base, camera = _noise(*SIZE, 2), _Feeder({"a": (1280, 720), "b": (1280, 720)})
    over = "o|overlay|0:0|in0|{}\nf|format|yuv420p|o"
    scale = "s|scale|1920:1080:flags=bilinear|in{}"
    reference = _avfilter([base, _noise(*SIZE, 0)], over.format("in1"), [])
    pair("1 source on the canvas", _ours(drawn, whole, []), reference, 0.6)
    reference = _avfilter([_noise(*SIZE, 0)], "c|copy||in0\nf|format|yuv420p|c", [])
    pair("the same, FFmpeg only copying", _ours(drawn, whole, []), reference, None)
    reference = _avfilter(
        [base, _noise(1280, 720, 0)], scale.format(1) + "\n" + over.format("s"), []
    )
    pair("1 source, a 720p camera", _ours(drawn, camera, []), reference, 0.6)
    reference = _avfilter([_noise(1280, 720, 0)], scale.format(0), [])
    pair("the same, FFmpeg only scaling", _ours(drawn, camera, []), reference, None)
    small_picture = _noise(1280, 720, 0)
    pair("scaling alone, 720p to 1080p", lambda: resize(small_picture, *SIZE), reference, 1.05)
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
    pair("cross-fade (against mix)", _ours(drawn, whole, [], True), plain, 0.6)
    _filters(report, pair)
    _growth(report)
    return report


def _filters(report: BenchReport, pair: Callable[[str, Any, Any, float | None], None]) -> None:
    """Filters of a source, each with the composing that shows it, beside FFmpeg's."""
    ground, person = _noise(*SIZE, 0), _person()
    key = ChromaKey(ChromaKeySettings(colour="#00b140"))
    both = Scene(name="x", items=(Item(1, "ground"), Item(2, "person")))
    keyed = _Feeder({"ground": SIZE, "person": SIZE})
    keyed.give("ground", ground)
    keyed.give("person", person, key)
    reference = _avfilter(
        [ground, person],
        "k|chromakey|0x00b140:0.18:0.1|in1\nm|format|yuva420p|k\n"
        "o|overlay|0:0|in0|m\nf|format|yuv420p|o",
        [],
    )
    pair("chroma key over a background", _ours(both, keyed, []), reference, 0.1)

    # The same job for both: a ready mask of 256x144 (the network that finds it runs beside, in a
    # row of its own) drawn to the picture's edges by a guided filter at an eighth of the size,
    # enlarged, blended over a picture. What FFmpeg has nothing for, the old background's colour
    # taken off the edge, is measured alone below.
    mask = np.zeros((144, 256), np.uint8)
    mask[20:, 80:180] = 255
    room = Behind(BackgroundSettings(what="image", decontaminate=0.0))
    room.put(ground)
    replaced = _Feeder({"person": SIZE})
    replaced.give("person", person, _Ready(mask, room))
    grey = np.full((72, 256), 128, np.uint8)
    ready = views(np.ascontiguousarray(np.vstack([mask, grey])), 256, 144)
    reference = _avfilter(
        [ground, person, ready, person],
        "g|format|gray|in2\nm|scale|240:135:flags=bilinear|g\n"
        "y|format|gray|in3\nl|scale|240:135:flags=area|y\n"
        "r|guided|radius=4:eps=0.0009:guidance=on|m|l\n"
        "s|scale|1920:1080:flags=bilinear|r\na|alphamerge||in1|s\n"
        "o|overlay|0:0|in0|a\nf|format|yuv420p|o",
        [],
    )
    alone = Scene(name="x", items=(Item(1, "person"),))
    pair("background replaced, edge guided", _ours(alone, replaced, []), reference, 0.6)
    reference = _avfilter(
        [ground, person, ready],
        "g|format|gray|in2\ns|scale|1920:1080:flags=bilinear|g\na|alphamerge||in1|s\n"
        "o|overlay|0:0|in0|a\nf|format|yuv420p|o",
        [],
    )
    pair("the same, FFmpeg without the guiding", _ours(alone, replaced, []), reference, None)
    finder = MaskFinder()
    times = interleaved({"ours": lambda: finder.find(person)}, 4)
    report.rows.append(Row("person mask (network, beside)", times["ours"], None))
    full = Behind(BackgroundSettings(what="image"))
    full.put(ground)
    for name, drawn in (
        ("background, edge cleaned", _Ready(mask, full)),
        ("beauty", Beauty(BeautySettings())),
        (
            "colour correction",
            ColourCorrection(ColourCorrectionSettings(brightness=0.1, saturation=0.3)),
        ),
        ("blur, radius 32", Blur(BlurSettings(radius=32))),
    ):
        times = interleaved({"ours": lambda entry=drawn: entry.apply(person)}, 4)  # type: ignore[misc]
        report.rows.append(Row(f"filter alone: {name}", times["ours"], None, limit=drawn.budget_ms))


def _growth(report: BenchReport) -> None:
    """2, 4, 8 and 16 sources of a quarter each: twice the sources, twice the time."""
    took: dict[int, float] = {}
    for count in (2, 4, 8, 16):
        names = [f"s{n}" for n in range(count)]
        feeder = _Feeder(dict.fromkeys(names, (960, 540)))
        boxes = [{"landscape": Box(n % 2 / 2, n // 2 % 2 / 2, 0.5, 0.5)} for n in range(count)]
        items = tuple(Item(n + 1, name, boxes=boxes[n]) for n, name in enumerate(names))
        job = _ours(Scene(name="x", items=items), feeder, [])
        took[count] = interleaved({"ours": job}, 6)["ours"]
        report.rows.append(Row(f"{count} sources of 960x540", took[count], None))
    report.rows.append(Row("16 sources / four times 4 sources", took[16], 4 * took[4], limit=1.3))


class _Ready(Filter):
    """Replaces the background with a mask that is there already."""

    def __init__(self, mask: Plane, room: Behind) -> None:
        super().__init__(None)
        self._mask, self._room = mask, room

    def apply(self, frame: Frame) -> Frame:
        return composed(frame, self._mask, self._room)


def _person() -> Frame:
    """A noisy figure on a green screen."""
    ground, figure = blank(*SIZE, yuv_of(0, 177, 64)), _noise(*SIZE, 1)
    for index, (mine, its) in enumerate(zip(ground.planes, figure.planes, strict=True)):
        shift = 0 if index == 0 else 1
        part = slice(200 >> shift, None), slice(600 >> shift, 1300 >> shift)
        mine[part] = its[part] if index == 0 else (0, 110, 150)[index]  # of skin
    return ground
