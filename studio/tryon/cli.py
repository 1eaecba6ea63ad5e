"""``shopcast track``: the landmarks of a clip as JSON lines."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

import msgspec

from studio.core.errors import StudioError
from studio.media.frame import Frame, from_av, from_rgb
from studio.tryon import follow
from studio.tryon.detect.mask import MaskFinder

WHAT = ("face", "hand", "pose", "mask")
_STILLS = {".png", ".jpg", ".jpeg", ".webp", ".bmp"}


def frames(clip: Path) -> Iterator[Frame]:
    """The pictures of a clip or still, in order, ``pts_ns`` from 0.

    Raises:
        StudioError: unavailable when it cannot be read; failed when it breaks off.
    """
    if not clip.is_file():
        raise StudioError("unavailable", "tryon.clip_broken", path=str(clip), why="not there")
    if clip.suffix.lower() in _STILLS:
        yield _still(clip)
        return
    import av

    count = 0
    try:
        with av.open(str(clip)) as opened:
            if not opened.streams.video:
                raise StudioError(
                    "unavailable", "tryon.clip_broken", path=str(clip), why="no picture in it"
                )
            stream = opened.streams.video[0]
            stream.thread_type = "AUTO"
            first: float | None = None
            for picture in opened.decode(stream):
                at = float(picture.time) if picture.time is not None else count / 30
                first = at if first is None else first
                yield from_av(picture, round((at - first) * 1e9))
                count += 1
    except (av.error.FFmpegError, OSError) as error:
        raise StudioError(
            "failed" if count else "unavailable", "tryon.clip_broken", path=str(clip),
            why=f"{error.strerror or error}, after {count} frames" if count else error.strerror,
        ) from None  # fmt: skip
    if count == 0:
        raise StudioError("unavailable", "tryon.clip_broken", path=str(clip), why="no frames")


def _still(path: Path) -> Frame:
    import numpy as np

    from studio.media.cv import cv2

    picture = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR)
    if picture is None or min(picture.shape[:2]) < 2:
        raise StudioError("unavailable", "tryon.clip_broken", path=str(path), why="no picture")
    return from_rgb(np.ascontiguousarray(picture[:, :, ::-1]))


def track(clip: Path, what: str, out: Path | None = None, write: TextIO | None = None) -> int:
    """Writes one JSON object a frame, points in pixels of the clip.

    Args:
        clip: a film or a still.
        what: face, hand, pose or mask.
        out: folder for the masks (PNG); for the others the lines go into ``WHAT.jsonl`` there.
        write: where the lines go, by default standard output.

    Returns:
        0.

    Raises:
        StudioError: invalid (``what``), unavailable or failed (the clip, a model).
    """
    if what not in WHAT:
        raise StudioError("invalid", "tryon.what_unknown", what=what)
    if out is not None:
        try:
            out.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=out):
                pass
        except OSError as error:
            raise StudioError(
                "failed", "tryon.not_written", path=str(out), why=error.strerror or str(error)
            ) from None
    if write is None and out is not None and what != "mask":
        with (out / f"{what}.jsonl").open("w", encoding="utf-8") as opened:
            return _write(clip, what, out, opened)
    return _write(clip, what, out, write or sys.stdout)


def _write(clip: Path, what: str, out: Path | None, write: TextIO) -> int:
    look = _looker(what, clip, out)
    encoder = msgspec.json.Encoder()
    for number, frame in enumerate(frames(clip)):
        line = {"frame": number, "pts_ms": round(frame.pts_ns / 1e6, 3)} | look(number, frame)
        write.write(encoder.encode(line).decode() + "\n")
    write.flush()
    return 0


def _looker(what: str, clip: Path, out: Path | None) -> Any:
    """A function: number and frame → the part of the line that says what was found."""
    if what == "mask":
        return _masker(clip, out)
    follower: Any
    if what == "face":
        follower, many = follow.faces(4), "faces"
    elif what == "hand":
        follower, many = follow.hands(2), "hands"
    else:
        follower, many = follow.poses(1), "poses"

    def look(_number: int, frame: Frame) -> dict[str, Any]:
        return {many: [_plain(thing) for thing in follower.step(frame)]}

    return look


def _plain(thing: Any) -> dict[str, Any]:
    plain = {
        "score": round(float(thing.score), 4),
        "track": thing.track,
        "points": [[round(float(v), 2) for v in point] for point in thing.points],
    }
    if hasattr(thing, "is_right"):
        plain["is_right"] = thing.is_right
    if hasattr(thing, "seen"):
        plain["seen"] = [round(float(v), 3) for v in thing.seen]
    return plain


def _masker(clip: Path, out: Path | None) -> Any:
    from studio.media.cv import cv2

    finder = MaskFinder()

    def look(number: int, frame: Frame) -> dict[str, Any]:
        mask = finder.find(frame)
        share = round(float(mask.mean()) / 255, 4)
        if out is None:
            return {"mask": None, "person": share}
        full = cv2.resize(mask, (frame.width, frame.height), interpolation=cv2.INTER_LINEAR)
        path = out / f"{clip.stem}-{number:06d}.png"
        cv2.imencode(".png", full)[1].tofile(path)
        return {"mask": str(path), "person": share}

    return look
