"""Rungs: one encode for all that fit, a few more for those that do not, never too many."""

from __future__ import annotations

import random

import pytest

from studio.encoding.model import VideoSettings
from studio.outputs.change_over import Piece, RenditionSwitch
from studio.outputs.renditions import SHARED, plan, wanted
from studio.sender.model import OutputSettings

CANVASES = {
    "landscape": VideoSettings(width=1920, height=1080, bitrate_kbps=4500),
    "portrait": VideoSettings(width=1080, height=1920, bitrate_kbps=4500),
}


def out(name: str, kbps: int = 0, **more: object) -> OutputSettings:
    return OutputSettings(name=name, url="rtmp://x/live", bitrate_kbps=kbps, **more)  # type: ignore[arg-type]


def test_all_that_fit_share_one_encode() -> None:
    made = plan(CANVASES, [out("a"), out("b", 4000), out("c"), out("film", kind="file")])
    assert set(made.of.values()) == {"landscape"}
    assert made.rungs["landscape"].settings.bitrate_kbps == 4000
    assert made.rungs["landscape"].outputs == ("a", "b", "c", "film"), "the primary first"
    assert not made.squeezed


def test_a_thin_line_has_a_rung_of_its_own() -> None:
    made = plan(CANVASES, [out("thin", 1500), out("full")])
    assert made.of == {"full": "landscape", "thin": "landscape/2"}
    assert made.rungs["landscape"].settings.bitrate_kbps == 4500
    assert made.rungs["landscape/2"].settings.bitrate_kbps == 1500
    assert made.rungs["landscape/2"].family == "landscape", "its packets fit behind the others"


def test_one_destination_alone_needs_no_second_encode() -> None:
    made = plan(CANVASES, [out("thin", 1500), out("film", kind="file")])
    assert set(made.of.values()) == {"landscape"}
    assert made.rungs["landscape"].settings.bitrate_kbps == 1500


def test_codec_and_size_are_families() -> None:
    made = plan(CANVASES, [out("a"), out("h", codec="hevc"), out("s", short_side=720)])
    assert made.of == {"a": "landscape", "h": "landscape/hevc-1080p", "s": "landscape/h264-720p"}
    small = made.rungs["landscape/h264-720p"].settings
    assert (small.width, small.height) == (1280, 720)
    assert 2000 < small.bitrate_kbps < 3000
    assert not made.is_too_much


def test_two_more_encodes_at_most_and_it_is_said() -> None:
    made = plan(CANVASES, [out("a"), out("b", 3000), out("c", 2000), out("d", 800)])
    assert len(made.rungs) - len(CANVASES) == 2
    assert made.squeezed == {"a": 3000}, "the two that differ least share the lower rate"
    assert made.rungs[made.of["c"]].settings.bitrate_kbps == 2000
    assert made.rungs[made.of["d"]].settings.bitrate_kbps == 800
    many = [out("a"), out("b", codec="hevc"), out("c", short_side=720), out("d", short_side=480)]
    assert plan(CANVASES, many).is_too_much


def test_a_platform_takes_no_more_than_it_says() -> None:
    own = wanted(out("t", 9000, platform="twitch"), CANVASES["landscape"])
    assert own.bitrate_kbps == 6000
    huge = VideoSettings(width=3840, height=2160, bitrate_kbps=12_000)
    own = wanted(out("t", platform="twitch"), huge)
    assert (own.width, own.height) == (1920, 1080)


@pytest.mark.parametrize("seed", range(40))
def test_whatever_is_asked_for(seed: int) -> None:
    rng = random.Random(seed)
    outputs = [
        out(
            str(number),
            rng.choice([0, 800, 1500, 2500, 4000, 6000]),
            canvas=rng.choice(["landscape", "portrait"]),
            kind=rng.choice(["rtmp", "rtmp", "file"]),
            codec=rng.choice(["h264", "h264", "h264", "hevc"]),
            short_side=rng.choice([0, 0, 0, 720]),
        )
        for number in range(rng.randint(1, 9))
    ]
    made = plan(CANVASES, outputs)
    assert set(made.of) == {output.name for output in outputs}
    used = {made.of[output.name] for output in outputs}
    canvases = {output.canvas for output in outputs}
    assert made.is_too_much or len(used) - len(canvases) <= 2
    for output in outputs:
        rung = made.rungs[made.of[output.name]]
        own = wanted(output, CANVASES[output.canvas])
        assert output.name in rung.outputs
        assert rung.canvas == output.canvas
        assert (rung.settings.codec, rung.settings.width) == (own.codec, own.width)
        if output.kind == "rtmp":
            assert rung.settings.bitrate_kbps <= own.bitrate_kbps, "never more than it takes"
            is_less = rung.settings.bitrate_kbps < SHARED * own.bitrate_kbps
            assert is_less is (output.name in made.squeezed)


def piece(number: int, *, is_key: bool = False) -> Piece:
    return Piece(True, number * 33_333, number * 33_333, 33_333, is_key, b"")


@pytest.mark.parametrize("seed", range(60))
def test_a_change_over_loses_no_picture(seed: int) -> None:
    """Two encoders, each now ahead, now behind: what goes out has every number once, in order,
    and the new one's begin at a keyframe."""
    rng = random.Random(seed)
    change = RenditionSwitch("old")
    told: list[tuple[str, Piece]] = []
    at = {"old": 0, "new": 0}
    keys = {"old": {0}, "new": {0, rng.randint(20, 40), 60}}
    asked = rng.randint(3, 15)
    while min(at.values()) < 100:
        name = rng.choice(["old", "new"])
        if at[name] - min(at.values()) > rng.randint(0, 5):
            continue
        one = piece(at[name], is_key=at[name] in keys[name])
        at[name] += 1
        if at["old"] == asked and change.rung == "old":
            change.to("new")
        for out in change.put(name, one):
            told.append((change.rung, out))
    times = [out.pts_us for _, out in told]
    assert times == [number * 33_333 for number in range(len(times))]
    assert change.rung == "new"
    assert len(told) >= 95


def test_what_never_comes_holds_nothing_up() -> None:
    change = RenditionSwitch("old")
    change.to("new")
    out = [entry for number in range(200) for entry in change.put("old", piece(number))]
    assert len(out) == 170, "a second late, and no more"
    assert change.to("old")
    out += [entry for entry in change.put("old", piece(200))]
    assert [entry.pts_us for entry in out] == [number * 33_333 for number in range(201)]
