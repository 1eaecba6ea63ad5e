"""Compares a picture with the one that was looked at and kept; makes a page of what differs.

``SHOPCAST_GOLDEN=write`` keeps new pictures: look at them before they are committed.
``SHOPCAST_GOLDEN=page`` makes the page of all pictures, not only of those that differ.
"""

from __future__ import annotations

import html
import os
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from studio.media.cv import cv2

PAGE = Path(__file__).parents[2] / "out" / "golden"
Pixels = NDArray[np.uint8]


class Compared(NamedTuple):
    """One comparison, for the page."""

    room: str
    name: str
    is_same: bool
    mean: float
    kept: Pixels
    now: Pixels


compared: list[Compared] = []


def compare(
    path: Path, bgr: Pixels, *, most_mean: float = 2.5, most_high: float = 0.0, blur: float = 0.0
) -> None:
    """Fails when ``bgr`` (h, w, 3) is not what is kept at ``path``.

    Args:
        most_mean: most mean difference, of 255.
        most_high: most difference of the 99.5th percentile; 0 leaves it out.
        blur: both are blurred by so many pixels first, where a hair's breadth does not count.
    """
    mode = os.environ.get("SHOPCAST_GOLDEN")
    if mode == "write":
        path.parent.mkdir(exist_ok=True)
        cv2.imwrite(str(path), bgr, [cv2.IMWRITE_WEBP_QUALITY, 92])
    kept = cv2.imread(str(path))
    assert kept is not None, f"no picture at {path}; keep one with SHOPCAST_GOLDEN=write"
    if kept.shape != bgr.shape:
        _note(path, False, 255.0, kept, bgr)
        raise AssertionError(f"{path.stem}: {bgr.shape[1::-1]} instead of {kept.shape[1::-1]}")
    first, second = (cv2.GaussianBlur(p, (0, 0), blur) if blur else p for p in (bgr, kept))
    off = cv2.absdiff(first, second)
    mean, high = float(off.mean()), float(np.percentile(off, 99.5))
    is_same = mean <= most_mean and not (most_high and high > most_high)
    _note(path, is_same, mean, kept, bgr)
    assert is_same, f"{path.stem} looks different (mean {mean:.2f}): see {PAGE / 'index.html'}"


def _note(path: Path, is_same: bool, mean: float, kept: Pixels, now: Pixels) -> None:
    if not is_same or os.environ.get("SHOPCAST_GOLDEN") == "page":
        compared.append(Compared(path.parent.name, path.stem, is_same, mean, kept, now))


def write_page() -> Path | None:
    """The kept picture, the new one and their difference side by side; None without any."""
    if not compared:
        return None
    PAGE.mkdir(parents=True, exist_ok=True)
    rows = []
    for entry in sorted(compared, key=lambda c: (c.is_same, c.room, c.name)):
        cells = []
        stem = f"{entry.room}-{entry.name}"
        pictures = {"kept": entry.kept, "now": entry.now}
        if entry.kept.shape == entry.now.shape:
            off = cv2.absdiff(entry.kept, entry.now).astype(int) * 8
            pictures["difference × 8"] = np.clip(off, 0, 255).astype(np.uint8)
        for label, picture in pictures.items():
            file = f"{stem}-{label.split()[0]}.png"
            cv2.imwrite(str(PAGE / file), picture)
            words = html.escape(label)
            cells.append(f'<figure><img src="{file}"><figcaption>{words}</figcaption></figure>')
        verdict = "same" if entry.is_same else "different"
        title = html.escape(f"{entry.room} / {entry.name}")
        rows.append(
            f'<section class="{verdict}"><h2>{title} · {verdict}, mean {entry.mean:.2f}</h2>'
            f"{''.join(cells)}</section>"
        )
    style = (
        "body{font:14px sans-serif;background:#14161a;color:#e8eaed;margin:24px}"
        "figure{display:inline-block;margin:0 12px 12px 0}img{max-width:30vw;display:block}"
        ".different h2{color:#f2a33a}figcaption{color:#9aa0ac}"
    )
    page = PAGE / "index.html"
    page.write_text(
        f"<!doctype html><meta charset=utf-8><title>Golden pictures</title><style>{style}</style>"
        f"<h1>Golden pictures: {len(rows)}</h1>{''.join(rows)}",
        encoding="utf-8",
    )
    return page
