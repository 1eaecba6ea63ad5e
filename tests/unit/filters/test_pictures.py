"""Picture filters: what they promise beyond how they look."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import studio.filters.kinds as filter_folder
from studio.core.errors import StudioError
from studio.core.registry import discover
from studio.filters import cube
from studio.filters.base import Filter
from studio.filters.buffers import fresh
from studio.filters.cube import read_cube
from studio.filters.kinds.lut import make_look
from studio.media.cv import cv2
from studio.media.frame import Frame, blank, from_rgb, to_rgb, views

KINDS = discover(filter_folder, Filter)
PICTURE = [kind.kind for kind in KINDS if kind.is_picture and kind.kind != "tryon"]


def make(kind: str, **settings: object) -> Filter:
    cls = KINDS.get(kind)
    return cls(cls.decode(settings))


def noise(width: int = 320, height: int = 180, seed: int = 0, pts_ns: int = 1) -> Frame:
    rng = np.random.default_rng(seed)
    return views(rng.integers(16, 235, (height * 3 // 2, width), np.uint8), width, height, pts_ns)


def with_alpha(frame: Frame) -> Frame:
    ramp = np.linspace(0, 255, frame.width, dtype=np.uint8)
    alpha = np.repeat(ramp[None], frame.height, axis=0)
    half = cv2.resize(alpha, (frame.width // 2, frame.height // 2), interpolation=cv2.INTER_AREA)
    y = cv2.multiply(frame.y, alpha, scale=1 / 255)
    u, v = (cv2.multiply(p, half, scale=1 / 255) for p in (frame.u, frame.v))
    return Frame(y, u, v, frame.pts_ns, alpha, half)


def is_whole(frame: Frame) -> None:
    assert frame.width % 2 == frame.height % 2 == 0
    for plane in frame.planes:
        assert plane.dtype == np.uint8
    half = (frame.height // 2, frame.width // 2)
    assert frame.u.shape == frame.v.shape == half
    if frame.alpha is not None:
        assert frame.alpha.shape == frame.y.shape
        assert frame.alpha_uv is not None
        assert frame.alpha_uv.shape == half


@pytest.mark.parametrize("kind", PICTURE)
@pytest.mark.parametrize("size", [(16, 16), (34, 250), (320, 180), (722, 406)])
def test_any_size_goes_through_and_what_came_in_is_left_alone(
    kind: str, size: tuple[int, int]
) -> None:
    one = make(kind)
    try:
        for frame in (noise(*size), with_alpha(noise(*size))):
            before = [plane.copy() for plane in frame.planes]
            is_whole(one.apply(frame))
            is_whole(one.apply(Frame(*frame.planes, 33_000_001, frame.alpha, frame.alpha_uv)))
            for plane, kept in zip(frame.planes, before, strict=True):
                assert np.array_equal(plane, kept)
    finally:
        one.close()


@pytest.mark.parametrize("kind", [k for k in PICTURE if k not in ("background", "delay", "crop")])
def test_where_nothing_was_seen_nothing_shines(kind: str) -> None:
    clear = blank(320, 180, (0, 0, 0), 1)
    frame = Frame(*clear.planes, 1, np.zeros((180, 320), np.uint8), np.zeros((90, 160), np.uint8))
    made = make(kind).apply(frame)
    assert made.alpha is not None
    assert made.alpha.max() == 0
    assert max(int(plane.max()) for plane in made.planes) <= 1


@pytest.mark.parametrize("kind", PICTURE)
def test_settings_change_while_it_runs(kind: str) -> None:
    one = make(kind)
    try:
        one.apply(noise())
        assert one.change(one.decode({}))
        is_whole(one.apply(noise(pts_ns=40_000_001)))
    finally:
        one.close()


def test_a_shown_picture_is_never_written_over() -> None:
    one = make("colour_correction", brightness=0.2)
    first = one.apply(noise(seed=1))
    kept = first.y.copy()
    for seed in range(40):
        one.apply(noise(seed=seed))
    assert np.array_equal(first.y, kept)
    view = fresh(64, 64)[10:]
    assert all(fresh(64, 64) is not view.base for _ in range(4))


def test_the_key_is_gone_and_the_rest_stays() -> None:
    rgb = np.full((180, 320, 3), (0, 177, 64), np.uint8)
    rgb[:, 160:] = (210, 160, 140)
    made = make("chroma_key").apply(from_rgb(rgb))
    assert made.alpha is not None
    assert made.alpha[:, :150].max() == 0
    assert made.alpha[:, 170:].min() == 255
    skin = to_rgb(made)[90, 250].astype(int)
    assert np.abs(skin - (210, 160, 140)).max() <= 6


def test_green_glow_is_taken_off() -> None:
    glow = from_rgb(np.full((180, 320, 3), (150, 190, 150), np.uint8))
    before, after = to_rgb(glow)[90, 160].astype(int), None
    made = make("chroma_key", similarity=0.1, smoothness=0.02, spill=1.0).apply(glow)
    after = to_rgb(made)[90, 160].astype(int)
    assert made.alpha is not None
    assert made.alpha.min() == 255
    assert before[1] - before[0] > 30
    assert after[1] - after[0] < 10


def test_smooth_skin_keeps_its_edges() -> None:
    rng = np.random.default_rng(5)
    rgb = np.full((360, 640, 3), (214, 168, 146), np.float32)
    rgb += rng.standard_normal((360, 640, 1)) * 5
    rgb[:, 300:340] = (60, 35, 30)  # hair
    frame = from_rgb(np.clip(rgb, 0, 255).astype(np.uint8))
    made = make("beauty", smoothing=0.8, whitening=0.0, rosiness=0.0).apply(frame)
    skin = (slice(50, 300), slice(40, 250))
    assert made.y[skin].std() < frame.y[skin].std() * 0.65
    edge = lambda f: float(f.y[:, 310].mean()) - float(f.y[:, 285].mean())  # noqa: E731
    assert abs(edge(made)) > abs(edge(frame)) * 0.85
    cloth = from_rgb(np.full((360, 640, 3), (40, 90, 200), np.uint8))
    assert np.abs(make("beauty").apply(cloth).y.astype(int) - cloth.y).max() <= 1


def test_a_delayed_picture_is_the_one_of_then() -> None:
    one = make("delay", delay_ms=100)
    frames = [noise(64, 64, n, 1 + n * 40_000_000) for n in range(10)]
    shown = [one.apply(frame) for frame in frames]
    assert shown[0] is frames[0]
    assert shown[9] is frames[6]  # 120 ms: the newest that is 100 old
    assert one.apply(noise(64, 64, 1, 5)).pts_ns == 5, "after a seek it starts anew"


def test_what_is_held_back_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studio.filters.kinds.delay.MOST_BYTES", 100_000)
    one = make("delay", delay_ms=10_000)
    for n in range(100):
        shown = one.apply(noise(64, 64, 0, 1 + n * 40_000_000))
        heard = one.apply_sound(np.full((1920, 2), n, np.float32))
    assert len(one._frames) <= 17  # type: ignore[attr-defined]
    late = 99 - (shown.pts_ns - 1) // 40_000_000
    assert 10 < late <= 17
    assert heard[0, 0] == 99 - late, "sound and picture part"


def write(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    return str(path)


IDENTITY = "LUT_3D_SIZE 2\n" + "\n".join(
    f"{r} {g} {b}" for b in (0, 1) for g in (0, 1) for r in (0, 1)
)


def test_a_look_that_changes_nothing_changes_nothing(tmp_path: Path) -> None:
    one = make("lut", path=write(tmp_path / "same.cube", IDENTITY))
    assert one.wait()  # type: ignore[attr-defined]
    frame = noise()
    made = one.apply(frame)
    for mine, its in zip(made.planes, frame.planes, strict=True):
        assert np.abs(mine.astype(int) - its).max() <= 1


def test_a_look_is_close_to_the_exact_one(tmp_path: Path) -> None:
    steps = np.linspace(0, 1, 17)
    lines = [
        f"{r**0.8:.6f} {0.9 * g**1.2 + 0.05:.6f} {0.2 * r + 0.75 * b:.6f}"
        for b in steps for g in steps for r in steps
    ]  # fmt: skip
    path = write(tmp_path / "strong.cube", "LUT_3D_SIZE 17\n" + "\n".join(lines))
    cross = np.linspace(20, 235, 256).astype(np.uint8)
    rgb = np.dstack([np.tile(cross, (144, 1)), np.tile(cross[::-1], (144, 1)),
                     np.tile(cross[:144, None], (1, 256))])  # fmt: skip
    frame = from_rgb(np.ascontiguousarray(rgb))
    one = make("lut", path=path)
    assert one.wait()  # type: ignore[attr-defined]
    made = to_rgb(one.apply(frame)).astype(float)
    flat = (to_rgb(frame).reshape(-1, 3) / 255).astype(np.float32)
    exact = (read_cube(path).look_up(flat) * 255).reshape(made.shape)
    error = made - np.clip(exact, 0, 255)
    psnr = 10 * np.log10(255**2 / (error**2).mean())
    assert psnr > 38, f"{psnr:.1f} dB"


def test_a_1d_table_and_a_domain_are_read(tmp_path: Path) -> None:
    path = write(
        tmp_path / "one.cube",
        '# made by hand\nTITLE "x"\nLUT_1D_SIZE 3\nDOMAIN_MIN 0 0 0\nDOMAIN_MAX 1 1 1\n'
        "0 0 0\n0.25 0.25 0.25\n1 1 1\n",
    )
    found = read_cube(path).look_up(np.full((1, 3), 0.5, np.float32))
    assert found[0] == pytest.approx((0.25,) * 3)
    assert make_look(read_cube(path), 1.0).luma[126] < 80


@pytest.mark.parametrize(
    ("head", "tail"),
    [
        ("\ufeffLUT_3D_SIZE 2\r\n", ""),
        ("lut_3d_size 2 # small\n", " # a colour"),
        ('\ufeff# made\r\nTITLE "暖 1"\r\nLUT_3D_SIZE\t2\r\n\r\n', "\r"),
        (  # as DaVinci Resolve writes a shaper and its cube
            "LUT_1D_SIZE 3\nLUT_1D_INPUT_RANGE 0.0 2.0\nLUT_3D_SIZE 2\n"
            "LUT_3D_INPUT_RANGE 0.0 1.0\n0 0 0\n1 1 1\n2 2 2\n",
            "",
        ),
    ],
    ids=["byte order mark", "small letters", "title", "shaper"],
)
def test_tables_as_other_programs_write_them(head: str, tail: str, tmp_path: Path) -> None:
    rows = [f"{1 - r} {g} {b}{tail}" for b in (0, 1) for g in (0, 1) for r in (0, 1)]
    found = read_cube(write(tmp_path / "one.cube", head + "\n".join(rows)))
    assert found.look_up(np.array([[0.2, 0.4, 0.7]], np.float32))[0] == pytest.approx(
        (0.8, 0.4, 0.7)
    )


def test_a_look_in_a_picture_as_obs_has_it(tmp_path: Path) -> None:
    level = np.arange(64, dtype=np.uint8) * 4
    tile = np.zeros((8, 64, 8, 64, 3), np.uint8)
    tile[..., 2] = 252 - level[None, None, None, :]  # red turned round
    tile[..., 1] = level[None, :, None, None]
    tile[..., 0] = (np.arange(64).reshape(8, 8) * 4)[:, None, :, None]
    path = tmp_path / "look.png"
    cv2.imwrite(str(path), tile.reshape(512, 512, 3))
    made = read_cube(str(path)).look_up(np.array([[0.25, 0.5, 1.0]], np.float32))[0]
    assert made == pytest.approx((0.75 * 252 / 255, 0.5 * 252 / 255, 252 / 255), abs=0.01)
    cv2.imwrite(str(path), np.zeros((64, 64, 3), np.uint8))
    with pytest.raises(StudioError, match="512"):
        read_cube(str(path))


def test_a_large_table_lets_other_threads_run_while_it_is_read(tmp_path: Path) -> None:
    rows = [f"{i % 40 / 39:.4f} {i // 40 % 40 / 39:.4f} {i // 1600 / 39:.4f}" for i in range(64000)]
    path = write(tmp_path / "large.cube", "LUT_3D_SIZE 40\r\n" + "\r\n".join(rows))
    sizes: list[int] = []
    real = cube._numbers

    def watched(lines: Any, wrong: Any) -> Any:
        sizes.append(len(lines))
        return real(lines, wrong)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cube, "_numbers", watched)
        found = read_cube(path)
    assert max(sizes) <= cube.BATCH
    assert found.table[39, 0, 20] == pytest.approx((20 / 39, 0, 1), abs=1e-4)
    (tmp_path / "large.cube").write_text("\r".join(["LUT_3D_SIZE 40", *rows]))
    assert np.array_equal(read_cube(path).table, found.table)


BAD = {
    "empty": "",
    "no size": "0 0 0\n1 1 1\n",
    "too few": "LUT_3D_SIZE 2\n0 0 0\n",
    "words": IDENTITY.replace("1 1 1", "1 one 1"),
    "two numbers": IDENTITY.replace("1 1 1", "1 1"),
    "not finite": IDENTITY.replace("1 1 1", "1e99 1 1"),
    "huge": "LUT_3D_SIZE 4000\n",
    "size is no number": "LUT_3D_SIZE many\n",
    "domain upside down": "DOMAIN_MIN 1 1 1\nDOMAIN_MAX 0 0 0\n" + IDENTITY,
    "binary": "\0\1\2",
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_cube_file_says_where_it_is_wrong(name: str, tmp_path: Path) -> None:
    with pytest.raises(StudioError) as told:
        make("lut", path=write(tmp_path / "bad.cube", BAD[name]))
    assert told.value.key == "filters.cube"
    assert "bad.cube" in told.value.in_language("en")


def test_files_that_are_not_there_or_no_pictures_are_refused(tmp_path: Path) -> None:
    for kind, field, more in (
        ("lut", "path", {}),
        ("mask", "image", {"shape": "image"}),
        ("background", "image", {"what": "image"}),
    ):
        with pytest.raises(StudioError, match="There is no file"):
            make(kind, **{field: str(tmp_path / "none")}, **more)
    text = write(tmp_path / "text.png", "no picture")
    for kind, more in (("mask", {"shape": "image"}), ("background", {"what": "image"})):
        with pytest.raises(StudioError, match="not a picture"):
            make(kind, image=text, **more)
    assert threading.active_count() < 40


def test_a_mask_image_works_by_its_transparency_or_its_brightness(tmp_path: Path) -> None:
    grey = np.zeros((40, 80), np.uint8)
    grey[:, 40:] = 255
    cv2.imwrite(str(tmp_path / "grey.png"), grey)
    clear = np.dstack([grey * 0, grey * 0, grey * 0, grey])
    cv2.imwrite(str(tmp_path / "clear.png"), clear)
    for name in ("grey.png", "clear.png"):
        made = make("mask", shape="image", image=str(tmp_path / name)).apply(noise())
        assert made.alpha is not None
        assert made.alpha[:, :140].max() == 0
        assert made.alpha[:, 180:].min() == 255


def test_until_the_mask_is_there_the_picture_goes_through() -> None:
    one = make("background", what="colour")
    try:
        frame = noise(640, 360)
        assert one.apply(frame) is frame
        assert one.wait(10)  # type: ignore[attr-defined]
        assert one.apply(frame) is not frame
    finally:
        one.close()
