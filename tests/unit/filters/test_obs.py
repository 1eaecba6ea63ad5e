"""Filters of OBS become ours, whatever their settings hold."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

import studio.filters.kinds as filter_folder
from studio.core.registry import discover
from studio.filters.base import Filter
from studio.filters.obs import changes_from_obs, from_obs, known_kinds, lost_settings
from studio.filters.obs_out import bent_settings, obs_kind, obs_settings
from studio.media.cv import cv2
from studio.media.frame import from_rgb, to_rgb
from tests.contract.test_obs_settings import FILTERS, ON

KINDS = discover(filter_folder, Filter)


@pytest.mark.parametrize("kind", known_kinds())
@pytest.mark.parametrize("suffix", ["", "_v2"])
@pytest.mark.parametrize("junk", [None, 1e12, -1e12, "x", True, [], float("nan")])
def test_each_becomes_a_filter_that_can_be_made(kind: str, suffix: str, junk: Any) -> None:
    names = ("similarity", "smoothness", "spill", "key_color", "key_color_type", "opacity",
             "contrast", "left", "db", "ratio", "threshold", "suppress_level", "delay_ms",
             "image_path", "type", "loop", "speed_x", "low", "sharpness", "attack_time",
             "sidechain_source", "clut_amount")  # fmt: skip
    given = {} if junk is None else dict.fromkeys(names, junk)
    found = from_obs(kind + suffix, given)
    assert found is not None
    ours, settings = found
    cls = KINDS.get(ours)
    cls.decode(settings)
    assert set(settings) <= set(cls.schema()["properties"])


def test_well_known_settings_are_translated() -> None:
    assert from_obs("chroma_key_filter_v2", {"key_color_type": "custom", "key_color": 0xFF2244AA,
                                             "similarity": 300}) == (
        "chroma_key",
        {"colour": "#aa4422", "similarity": 0.683, "smoothness": 0.1821, "spill": 0.8},
    )  # fmt: skip
    assert from_obs("crop_filter", {"left": 12, "bottom": -8}) == (
        "crop", {"left": 12, "top": 0, "right": 0, "bottom": -8},
    )  # fmt: skip
    found = from_obs("color_filter", {"opacity": 50, "hue_shift": 20.0})
    assert found is not None
    assert found[1]["opacity"] == 0.5
    assert found[1]["hue_deg"] == 20
    side = from_obs("compressor_filter", {"sidechain_source": "Mic", "threshold": -30})
    assert side is not None
    assert side[0] == "ducking"
    assert side[1]["source"] == "Mic"
    assert from_obs("vst_filter", {}) is None
    red = from_obs("color_key_filter", {"key_color_type": "red"})
    assert red == (
        "chroma_key", {"colour": "#ff0000", "similarity": 0.104, "smoothness": 0.065, "spill": 0.0}
    )  # fmt: skip


@pytest.mark.parametrize(
    "cloth", [(0, 177, 64), (70, 170, 80), (35, 95, 45), (110, 190, 120)], ids=str
)
def test_a_key_from_obs_takes_out_the_cloth_that_obs_takes_out(cloth: tuple[int, ...]) -> None:
    found = from_obs("chroma_key_filter_v2", {})
    assert found is not None
    key = KINDS.get(found[0])
    shot = np.full((32, 64, 3), cloth, np.uint8)
    shot[:, 32:] = (224, 172, 140)
    alpha = key(key.decode(found[1])).apply(from_rgb(shot)).alpha
    assert alpha is not None
    assert alpha[16, 4] < 40, "the cloth stays"
    assert alpha[16, 60] == 255, "the skin goes"


@pytest.mark.parametrize("contrast", [-0.5, 0.4])
def test_contrast_from_obs_is_that_of_its_version(contrast: float) -> None:
    grey = from_rgb(np.full((16, 16, 3), 100, np.uint8))
    gain = 1 + contrast if contrast > 0 else 1 / (1 - contrast)
    for kind, wanted in (
        ("color_filter_v2", 100 * gain),
        ("color_filter", 127.5 + (100 - 127.5) * (1 + contrast)),
    ):
        found = from_obs(kind, {"contrast": contrast})
        assert found is not None
        one = KINDS.get(found[0])
        made = to_rgb(one(one.decode(found[1])).apply(grey))
        assert made[8, 8] == pytest.approx(wanted, abs=2), kind


@pytest.mark.parametrize(
    ("ours", "given", "wanted"),
    [
        ("gain", {"db": 6.0}, {"gain_db": 6.0}),
        ("gain", {"gain_db": 3.0}, {"gain_db": 3.0}),
        ("gate", {"open_threshold": -30, "close_threshold": -40}, {"threshold_db": -30}),
        ("compressor", {"attack_time": 9, "ratio": 4}, {"attack_ms": 9, "ratio": 4}),
        ("mask", {"image_path": "/m.png"}, {"image": "/m.png"}),
        (
            "lut",
            {"image_path": "/l.cube", "clut_amount": 0.5},
            {"path": "/l.cube", "strength": 0.5},
        ),
        ("chroma_key", {"key_color_type": "blue"}, {"colour": "#0099ff"}),
        ("equaliser", {"low": -6}, {"low_db": -6, "low_mid_db": -6}),
        ("gain", {"teapot": 1}, {"teapot": 1}),
        ("blur", {"db": 1}, {"db": 1}),
    ],
)
def test_a_change_touches_what_is_given_alone(ours: str, given: Any, wanted: Any) -> None:
    fields = frozenset(KINDS.get(ours).Settings.__struct_fields__)
    assert changes_from_obs(ours, given, fields) == wanted


@pytest.mark.parametrize(
    ("kind", "name", "value", "is_told"),
    [("chroma_key_filter", "similarity", 500, True),
     ("chroma_key_filter", "similarity", 300, False),
     ("chroma_key_filter", "spill", 300, True), ("color_filter", "contrast", 4.0, True),
     ("color_filter", "contrast", 1.0, False), ("color_filter", "opacity", 50, False),
     ("color_key_filter_v2", "similarity", 900, True),
     ("color_key_filter", "smoothness", 50, False)],
)  # fmt: skip
def test_a_value_beyond_ours_is_told_of_first_versions_too(
    kind: str, name: str, value: float, is_told: bool
) -> None:
    assert bent_settings(kind, {name: value}) == ([(name, value)] if is_told else [])


@pytest.mark.parametrize("size", [(80, 40), (40, 80), (64, 64), (2, 90)])
@pytest.mark.parametrize("stretch", [None, False, True])
def test_a_mask_keeps_its_shape_as_in_obs(
    tmp_path: Path, size: tuple[int, int], stretch: bool | None
) -> None:
    """mask-filter.c: without "stretch" it is as large as it goes; nothing is seen beside it."""
    path = tmp_path / "white.png"
    cv2.imwrite(str(path), np.full((50, 50, 3), 255, np.uint8))
    given = {"image_path": str(path)} | ({} if stretch is None else {"stretch": stretch})
    found = from_obs("mask_filter_v2", given)
    assert found is not None
    mask = KINDS.get("mask")(KINDS.get("mask").decode(found[1]))
    alpha = mask.apply(from_rgb(np.full((size[1], size[0], 3), 90, np.uint8))).alpha
    wide = min(size) if not stretch else None
    seen = size[0] * size[1] if wide is None else wide * wide
    assert alpha is not None or wide is None or size[0] == size[1]
    count = size[0] * size[1] if alpha is None else int((alpha > 127).sum())
    assert count == seen
    assert lost_settings("mask_filter_v2", given) == []


def test_kinds_are_listed_as_obs_lists_them() -> None:
    listed = known_kinds(is_versioned=True)
    assert {"chroma_key_filter_v2", "crop_filter", "gpu_delay"} <= set(listed)
    assert all(from_obs(kind, {}) for kind in listed)


@pytest.mark.parametrize("kind", sorted(FILTERS))
def test_what_a_client_sets_is_told_to_it_again(kind: str) -> None:
    """Each setting of each kind: back as it was set, or known to have no counterpart."""
    for name, value in FILTERS[kind].items():
        given = {**{k: FILTERS[kind][k] for k in ON.get(name, {}) if k in FILTERS[kind]}}
        given[name] = value
        found = from_obs(kind, given)
        assert found is not None
        told = obs_settings(*found)
        if (name, value) in lost_settings(kind, {name: value}) or name == "key_color_type":
            continue
        if kind in OTHER_UNITS:
            assert name in told
            continue
        if name == "type":  # which of OBS's effects: cut out by the picture, or all but it
            assert "sub" in told[name]
            continue
        value = value | 0xFF000000 if name == "key_color" else value
        assert told[name] == pytest.approx(value, abs=1e-3), name
        # As a change to a filter that is there, in OBS's words and units.
        fields = frozenset(KINDS.get(found[0]).Settings.__struct_fields__)
        first = from_obs(kind, {})
        assert first is not None
        changed = changes_from_obs(found[0], given, fields, obs_settings(*first))
        again = obs_settings(found[0], {**first[1], **changed})
        assert again[name] == pytest.approx(value, abs=1e-3), name


OTHER_UNITS = (
    "chroma_key_filter", "color_key_filter", "color_key_filter_v2", "color_filter",
)  # fmt: skip
"""Kinds of OBS whose settings mean something else than those of the kind that is told."""


@pytest.mark.parametrize("ours", KINDS.names())
def test_each_of_ours_has_an_id_and_settings_that_come_back(ours: str) -> None:
    cls = KINDS.get(ours)
    settings = msgspec.to_builtins(cls.Settings())
    kind, told = obs_kind(ours, settings), obs_settings(ours, settings)
    assert kind == ours or kind in known_kinds(is_versioned=True)
    fields = frozenset(cls.Settings.__struct_fields__)
    made = changes_from_obs(ours, told, fields, told)
    assert made.keys() == settings.keys()
    for name, value in settings.items():
        near = pytest.approx(value, abs=2e-3) if isinstance(value, float) else value
        assert made[name] == near, name


def test_a_ducking_filter_is_a_compressor_that_listens() -> None:
    found = from_obs("compressor_filter", {"sidechain_source": "Mic", "threshold": -30.0})
    assert found is not None
    told = obs_settings(*found)
    assert (obs_kind(*found), told["sidechain_source"], told["threshold"]) == (
        "compressor_filter", "Mic", -30,
    )  # fmt: skip
    fields = frozenset(KINDS.get("ducking").Settings.__struct_fields__)
    made = changes_from_obs("ducking", {"sidechain_source": "Other"}, fields, told)
    assert made == {"source": "Other"}


@pytest.mark.parametrize("kind", known_kinds())
def test_what_is_told_of_a_new_filter_may_be_set_again(kind: str) -> None:
    """A controller that reads all settings and writes them back changes nothing."""
    for given in ({}, {"spill": 1, "similarity": 1, "smoothness": 1}):
        found = from_obs(kind, given)
        assert found is not None
        ours, settings = found
        cls = KINDS.get(ours)
        told = obs_settings(ours, settings)
        made = changes_from_obs(ours, told, frozenset(cls.Settings.__struct_fields__), told)
        for name, value in settings.items():
            near = pytest.approx(value, abs=1e-2) if isinstance(value, float) else value
            assert made.get(name, value) == near, name


@pytest.mark.parametrize(
    ("type_", "seen"),
    [("mask_alpha_filter.effect", [False, True]), ("mask_color_filter.effect", [True, False]),
     (None, [True, False])],
)  # fmt: skip
def test_a_mask_is_what_its_type_says_of_its_picture(
    tmp_path: Path, type_: str | None, seen: list[bool]
) -> None:
    """White and clear beside black and opaque: by its colours, OBS's default, or its alpha."""
    path = tmp_path / "halves.png"
    picture = np.zeros((40, 80, 4), np.uint8)
    picture[:, :40, :3], picture[:, 40:, 3] = 255, 255
    cv2.imwrite(str(path), picture)
    found = from_obs(
        "mask_filter_v2", {"image_path": str(path)} | ({"type": type_} if type_ else {})
    )
    assert found is not None
    mask = KINDS.get("mask")(KINDS.get("mask").decode(found[1]))
    alpha = mask.apply(from_rgb(np.full((40, 80, 3), 90, np.uint8))).alpha
    assert alpha is not None
    assert [bool(alpha[20, x] > 127) for x in (20, 60)] == seen
    told = obs_settings("mask", found[1])["type"]
    assert told == (type_ or "mask_color_filter.effect")


def test_a_mask_of_a_picture_without_transparency_hides_nothing_by_it(tmp_path: Path) -> None:
    path = tmp_path / "black.png"
    cv2.imwrite(str(path), np.zeros((40, 80, 3), np.uint8))
    kind = KINDS.get("mask")
    mask = kind(kind.decode({"shape": "image", "image": str(path), "reads": "alpha"}))
    alpha = mask.apply(from_rgb(np.full((40, 80, 3), 90, np.uint8))).alpha
    assert alpha is None or alpha.min() == 255
