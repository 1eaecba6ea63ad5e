"""Looks in the forms of other programs come in as what they are; faults name their line."""

from __future__ import annotations

import contextlib
import random
from pathlib import Path

import numpy as np
import pytest

from studio.core.errors import StudioError
from studio.filters.cube import read_cube
from studio.filters.looks import MOST_LINES

SIZE = 5
STEPS = [n / (SIZE - 1) for n in range(SIZE)]
COLOURS = np.random.default_rng(1).random((200, 3)).astype(np.float32)


def look(r: float, g: float, b: float) -> tuple[float, float, float]:
    """A look that is linear in each channel, and mixes none up with another."""
    return 1 - r, g / 2, 0.25 + b / 2


def wanted() -> np.ndarray:
    return np.array([look(*colour) for colour in COLOURS.tolist()])


def blue_fastest() -> list[tuple[float, float, float]]:
    return [look(r, g, b) for r in STEPS for g in STEPS for b in STEPS]


def red_fastest() -> list[tuple[float, float, float]]:
    return [look(r, g, b) for b in STEPS for g in STEPS for r in STEPS]


def of_3dl(bits: int) -> str:
    most = 2**bits - 1
    levels = " ".join(str(round(step * 1023)) for step in STEPS)
    rows = "\n".join(" ".join(str(round(v * most)) for v in row) for row in blue_fastest())
    return f"# a look\n{levels}\n{rows}\n"


def of_spi3d() -> str:
    rows = [
        f"{r} {g} {b} " + " ".join(f"{v:.6f}" for v in look(STEPS[r], STEPS[g], STEPS[b]))
        for r in range(SIZE) for g in range(SIZE) for b in range(SIZE)
    ]  # fmt: skip
    return f"SPILUT 1.0\n3 3\n{SIZE} {SIZE} {SIZE}\n" + "\n".join(rows) + "\n"


def of_csp(form: str = "3D") -> str:
    curve = "2\n0.0 1.0\n0.0 1.0\n" * 3
    notes = "BEGIN METADATA\n3 made up\nEND METADATA\n"
    if form == "1D":
        rows = "\n".join(" ".join(f"{v:.6f}" for v in look(s, s, s)) for s in STEPS)
        return f"CSPLUTV100\n1D\n{notes}{curve}\n{SIZE}\n{rows}\n"
    rows = "\n".join(" ".join(f"{v:.6f}" for v in row) for row in red_fastest())
    return f"CSPLUTV100\n3D\n\n{notes}\n{curve}\n{SIZE} {SIZE} {SIZE}\n{rows}\n"


def of_spi1d() -> str:
    rows = "\n".join(" ".join(f"{v:.6f}" for v in look(s, s, s)) for s in STEPS)
    return f"Version 1\nFrom 0.0 1.0\nLength {SIZE}\nComponents 3\n{{\n{rows}\n}}\n"


FORMS = {
    "a.3dl": of_3dl(12), "ten.3dl": of_3dl(10), "sixteen.3dl": of_3dl(16),
    "a.spi3d": of_spi3d(), "a.spi1d": of_spi1d(), "a.csp": of_csp(), "one.csp": of_csp("1D"),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMS)
def test_a_look_does_what_it_says(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(FORMS[name])
    assert read_cube(str(path)).look_up(COLOURS) == pytest.approx(wanted(), abs=0.002)


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("fault", ["cut", "word", "empty", "nan"])
def test_a_broken_one_is_told_with_its_line(tmp_path: Path, name: str, fault: str) -> None:
    text = FORMS[name]
    lines = text.splitlines()
    broken = {
        "cut": "\n".join(lines[: len(lines) // 2]),
        "word": text.replace(lines[-2], "a b c"),
        "nan": text.replace(lines[-2], "nan nan nan"),
        "empty": "",
    }[fault]
    path = tmp_path / name
    path.write_text(broken)
    with pytest.raises(StudioError) as caught:
        read_cube(str(path))
    assert caught.value.key == "filters.cube"
    assert caught.value.in_language("en")


def test_a_curve_before_the_table_is_used(tmp_path: Path) -> None:
    """The places of a .csp's curve lie where they like: here the dark half is spread out."""
    curve = "3\n0.0 0.25 1.0\n0.0 0.5 1.0\n"
    rows = "\n".join(f"{r} {g} {b}" for b in (0, 1) for g in (0, 1) for r in (0, 1))
    path = tmp_path / "curve.csp"
    path.write_text(f"CSPLUTV100\n3D\n{curve * 3}2 2 2\n{rows}\n")
    found = read_cube(str(path)).look_up(np.array([[0.25, 0.125, 1.0]], np.float32))
    assert found[0] == pytest.approx([0.5, 0.25, 1.0], abs=0.01)


def test_a_csp_without_curves_is_its_table(tmp_path: Path) -> None:
    path = tmp_path / "none.csp"
    curve = "2\n0.0 1.0\n0.0 1.0\n"
    path.write_text(of_csp().replace(curve * 3, "0\n\n\n" * 3))
    assert "0\n\n\n0" in path.read_text()
    assert read_cube(str(path)).look_up(COLOURS) == pytest.approx(wanted(), abs=0.002)


STRANGE = (
    "nan", "inf", "-inf", "1e309", "-5", "1e30", "0x10", "1_000", "²", "٣", "3.5", "4096", "-0",
    "99999999999999999999", "1,5", "", "BEGIN METADATA", "Mesh", "Mesh 4", "LUT8", "3 3", "{", "}",
    "\0", "\ufeff", "#", "Length", "Length -1", "Components 2", "From 1 0", "64 64 64", "3D", "1D",
    "SPILUT 1.0", "CSPLUTV100", "-1 -1 -1", "1e3 1e3 1e3", "300 300 300",
)  # fmt: skip


@pytest.mark.parametrize("name", FORMS)
def test_whatever_is_in_it_a_look_is_read_or_told(tmp_path: Path, name: str) -> None:
    """Lines cut, doubled, changed and put in, every kind of line end, with and without a mark."""
    rng = random.Random(name)
    for _ in range(300):
        lines = FORMS[name].splitlines()
        for _ in range(rng.randint(1, 3)):
            at, strange = rng.randrange(len(lines)), rng.choice(STRANGE)
            words = lines[at].split()
            if words:
                words[rng.randrange(len(words))] = strange
            lines = rng.choice(
                [[*lines[:at], strange, *lines[at + 1 :]], [*lines[:at], strange, *lines[at:]],
                 [*lines[:at], *lines[at + 1 :]], lines[: at + 1],
                 [*lines[:at], lines[at] * 3, *lines[at + 1 :]],
                 [*lines[:at], " ".join(words), *lines[at + 1 :]]]
            ) or [strange]  # fmt: skip
        end = rng.choice(["\n", "\r\n", "\r", "\n\n"])
        path = tmp_path / name
        path.write_bytes((rng.choice(["", "\ufeff"]) + end.join(lines)).encode())
        with contextlib.suppress(StudioError):
            assert np.isfinite(read_cube(str(path)).look_up(COLOURS)).all()
        path.unlink()


@pytest.mark.parametrize("name", ["a.csp", "a.3dl"])
def test_a_look_without_end_is_refused_before_it_fills_the_memory(
    tmp_path: Path, name: str
) -> None:
    path = tmp_path / name
    path.write_text(FORMS[name] + "0.5 0.5 0.5\n" * (MOST_LINES + 1))
    with pytest.raises(StudioError) as caught:
        read_cube(str(path))
    assert str(MOST_LINES) in caught.value.in_language("en")


def test_a_dark_3dl_is_as_dark_as_its_bits_say(tmp_path: Path) -> None:
    """Its highest number fits into fewer bits than its head tells."""
    rows = "\n".join(" ".join(str(round(v / 8 * 4095)) for v in row) for row in blue_fastest())
    levels = " ".join(str(round(step * 1023)) for step in STEPS)
    path = tmp_path / "dark.3dl"
    path.write_text(f"3DMESH\nMesh 2 12\n{levels}\n{rows}\n")
    assert read_cube(str(path)).look_up(COLOURS) == pytest.approx(wanted() / 8, abs=0.002)


@pytest.mark.parametrize(
    ("name", "data"),
    [("a.look", b"<?xml version='1.0'?>\n<look><LUT><size>\"2\"</size></LUT></look>"),
     ("a.icc", b"\0\0\x02\0lcms" + bytes(100)), ("a.vlt", b"# panasonic\n0 0 0\n1 2 3\n"),
     ("a.cube", b"  <ProcessList/>")],
)  # fmt: skip
def test_another_form_is_named(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(StudioError) as caught:
        read_cube(str(tmp_path / name))
    assert caught.value.key == "filters.look_form"
    assert Path(name).suffix in caught.value.in_language("zh")
