"""Which encodes a show needs: one a canvas, and a few more for destinations that cannot take it.

Pure logic. A *rung* is one encode that several outputs share. Rungs of one *family* have the same
canvas, codec and size; their packets fit behind each other, so an output changes from one to
another at a keyframe and its connection does not notice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from msgspec.structs import replace

from studio.encoding.model import VideoSettings
from studio.outputs.platforms import platforms
from studio.sender.model import OutputSettings

MOST_EXTRA = 2
"""More encodes than one a canvas; each costs about as much as the first."""

SHARED = 0.75
"""An output shares a rung that gives the others no less than this part of what they take."""


@dataclass(frozen=True, slots=True)
class Rendition:
    """One encode.

    Attributes:
        id: the canvas' name for its first one.
        family: encodes whose packets fit together have the same.
        settings: `bitrate_kbps` is what its outputs can all take.
        outputs: names, the primary first.
    """

    id: str
    canvas: str
    family: str
    settings: VideoSettings
    outputs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RenditionPlan:
    """All encodes.

    Attributes:
        rungs: by id; every canvas' first is there.
        of: the rung of each output.
        squeezed: outputs that get clearly less than they could take, with what they get (kbit/s):
            another rung would be needed.
        is_too_much: codecs and sizes alone need more rungs than there may be.
    """

    rungs: dict[str, Rendition]
    of: dict[str, str] = field(default_factory=dict)
    squeezed: dict[str, int] = field(default_factory=dict)
    is_too_much: bool = False


def wanted(settings: OutputSettings, canvas: VideoSettings) -> VideoSettings:
    """How the picture of an output is encoded if it has it for itself.

    Its own codec, size and bitrate; a size or bitrate above its platform's is taken down to it.
    """
    long, short = max(canvas.width, canvas.height), min(canvas.width, canvas.height)
    most_short, most_kbps = settings.short_side or short, 1 << 30
    platform = platforms().get(settings.platform)
    if platform is not None:
        most_short = min(most_short, platform.max_short, platform.max_long * short // long)
        most_kbps = platform.max_kbps
    share = min(1.0, most_short / short)
    width, height = (max(16, round(side * share / 2) * 2) for side in (canvas.width, canvas.height))
    # Half the pixels need a little more than half the bits.
    kbps = settings.bitrate_kbps or round(canvas.bitrate_kbps * share**1.5)
    return replace(
        canvas,
        width=canvas.width if share == 1.0 else width,
        height=canvas.height if share == 1.0 else height,
        codec=settings.codec,
        bitrate_kbps=max(100, min(kbps, most_kbps, 50_000)),
    )


def family_of(canvas: str, base: VideoSettings, own: VideoSettings) -> str:
    """Name of the family of ``own``; the canvas' own is called like the canvas."""
    if (own.codec, own.width, own.height) == (base.codec, base.width, base.height):
        return canvas
    return f"{canvas}/{own.codec}-{min(own.width, own.height)}p"


def plan(
    canvases: Mapping[str, VideoSettings],
    outputs: Sequence[OutputSettings],
    most_extra: int = MOST_EXTRA,
) -> RenditionPlan:
    """The rungs for ``outputs``, in the order they were started.

    A recording takes what the first rung of its family is given; streams share a rung when none
    of them is given more than it takes, nor clearly less.
    """
    own = {output.name: wanted(output, canvases[output.canvas]) for output in outputs}
    families: dict[str, list[list[OutputSettings]]] = {}
    for output in outputs:
        family = family_of(output.canvas, canvases[output.canvas], own[output.name])
        families.setdefault(family, [[]])[0].append(output)
    steps = {name: _steps(members[0], own) for name, members in families.items()}
    is_too_much = False
    while _extra(steps) > most_extra:
        if not _merge_nearest(steps, own):
            is_too_much = True
            break
    rungs: dict[str, Rendition] = {
        canvas: Rendition(canvas, canvas, canvas, settings) for canvas, settings in canvases.items()
    }
    of: dict[str, str] = {}
    squeezed: dict[str, int] = {}
    for family, groups in steps.items():
        for number, group in enumerate(groups):
            id = family if number == 0 else f"{family}/{number + 1}"
            kbps = _kbps(group, own)
            rungs[id] = Rendition(
                id,
                group[0].canvas,
                family,
                replace(own[group[0].name], bitrate_kbps=kbps),
                tuple(entry.name for entry in group),
            )
            for entry in group:
                of[entry.name] = id
                if entry.kind == "rtmp" and kbps < SHARED * own[entry.name].bitrate_kbps:
                    squeezed[entry.name] = kbps
    return RenditionPlan(rungs, of, squeezed, is_too_much)


_Groups = list[list[OutputSettings]]


def _kbps(group: Sequence[OutputSettings], own: Mapping[str, VideoSettings]) -> int:
    streams = [own[entry.name].bitrate_kbps for entry in group if entry.kind == "rtmp"]
    return min(streams or [own[entry.name].bitrate_kbps for entry in group])


def _steps(members: Sequence[OutputSettings], own: Mapping[str, VideoSettings]) -> _Groups:
    """Members in groups from the highest bitrate down; recordings are with the first."""
    order = {rendition.name: number for number, rendition in enumerate(members)}
    streams = [member for member in members if member.kind == "rtmp"]
    groups: _Groups = []
    for other_stream in sorted(streams, key=lambda stream: -own[stream.name].bitrate_kbps):
        top = own[groups[-1][0].name].bitrate_kbps if groups else 0
        if groups and own[other_stream.name].bitrate_kbps >= SHARED * top:
            groups[-1].append(other_stream)
        else:
            groups.append([other_stream])
    rest = [member for member in members if member.kind != "rtmp"]
    groups = groups or [[]]
    groups[0] += rest
    return [sorted(group, key=lambda entry: order[entry.name]) for group in groups]


def _extra(steps: Mapping[str, _Groups]) -> int:
    used = {family.partition("/")[0] for family in steps}
    return sum(len(groups) for groups in steps.values()) - len(used)


def _merge_nearest(steps: dict[str, _Groups], own: Mapping[str, VideoSettings]) -> bool:
    """Puts the two neighbours together that differ least; False when there are none."""
    best: tuple[float, str, int] | None = None
    for family, groups in steps.items():
        for number in range(len(groups) - 1):
            share = _kbps(groups[number + 1], own) / _kbps(groups[number], own)
            if best is None or share > best[0]:
                best = share, family, number
    if best is None:
        return False
    groups = steps[best[1]]
    groups[best[2] : best[2] + 2] = [groups[best[2]] + groups[best[2] + 1]]
    return True
