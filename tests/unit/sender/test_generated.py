"""The implicit label of generated content: in recordings, clips and pictures, read back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest

from studio.core.aigc import FIELD, bears_aigc, labelled_picture
from studio.outputs.clips import Span, cut
from studio.sender.file_sink import FORMATS
from studio.sender.generated import FREE_TAGS, aigc_metadata, label_file, metadata_room


def film(path: Path, metadata: dict[str, str], label_at: int = -1, count: int = 50) -> None:
    """A file as the sender writes it; labelled while it is written."""
    name, options = FORMATS[path.suffix]
    sink: Any = path.open("wb", buffering=0)
    with sink, av.open(sink, "w", format=name, options=options) as out:
        out.metadata.update(metadata)
        stream = out.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        stream.gop_size = 10
        for number in range(count):
            picture = np.full((48, 64, 3), number * 4 % 256, np.uint8)
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts = number
            out.mux(stream.encode(frame))
            if number == label_at:
                assert label_file(path)
                path.with_stem("begun").write_bytes(path.read_bytes())  # as after a power cut
        out.mux(stream.encode())


def metadata_of(path: Path) -> dict[str, str]:
    """As a stranger reads it; every checksum of the file must be right."""
    with av.open(str(path), options={"err_detect": "crccheck+explode"}) as opened:
        assert sum(1 for _ in opened.decode(video=0)) > 0
        return {name.upper(): value for name, value in opened.metadata.items()}


@pytest.mark.parametrize("ending", FORMATS)
def test_a_recording_bears_the_label_from_the_moment_on(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"talk{ending}"
    film(path, metadata_room(), label_at=40)
    label_file(path)  # at the end Matroska writes its tags anew
    label = json.loads(metadata_of(path)[FIELD])
    assert label["Label"] == "1"
    assert label["ContentProducer"]
    assert len(label["ProduceID"]) == 32
    assert "NOTE" not in metadata_of(path)


@pytest.mark.parametrize("ending", FORMATS)
def test_a_recording_without_anything_generated_bears_none(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"plain{ending}"
    film(path, metadata_room())
    assert FIELD not in metadata_of(path)
    assert not bears_aigc(path.read_bytes())


@pytest.mark.parametrize("ending", FORMATS)
def test_one_that_is_cut_off_bears_it_too(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"cut{ending}"
    film(path, metadata_room(), label_at=40)
    begun = path.with_stem("begun")
    with av.open(str(begun)) as opened:
        assert any(map(bears_aigc, opened.metadata.values()))


def test_a_file_that_knows_from_the_start_and_its_clips(tmp_path: Path) -> None:
    path = tmp_path / "known.mkv"
    film(path, aigc_metadata())
    for ending in (".mkv", ".mp4"):
        clip = tmp_path / f"clip{ending}"
        cut(path, Span(0.4, 1.2), clip)
        assert bears_aigc(metadata_of(clip)[FIELD])
    film(tmp_path / "plain.mkv", metadata_room())
    cut(tmp_path / "plain.mkv", Span(0.4, 1.2), tmp_path / "plain-clip.mp4")
    assert FIELD not in metadata_of(tmp_path / "plain-clip.mp4")
    assert FREE_TAGS["movflags"] in FORMATS[".mp4"][1]["movflags"]


@pytest.mark.parametrize(
    ("ending", "options"),
    [
        (".png", []),
        (".jpg", []),
        (".webp", [cv2.IMWRITE_WEBP_QUALITY, 80]),
        (".webp", [cv2.IMWRITE_WEBP_QUALITY, 101]),
    ],
)
def test_a_picture_bears_it_and_is_the_same_picture(ending: str, options: list[int]) -> None:
    picture = np.random.default_rng(1).integers(0, 256, (37, 53, 3), np.uint8)
    plain = cv2.imencode(ending, picture, options)[1].tobytes()
    made = labelled_picture(plain)
    assert bears_aigc(made)
    assert not bears_aigc(plain)
    before = cv2.imdecode(np.frombuffer(plain, np.uint8), cv2.IMREAD_COLOR)
    after = cv2.imdecode(np.frombuffer(made, np.uint8), cv2.IMREAD_COLOR)
    assert np.array_equal(before, after)
    assert b"http://www.tc260.org.cn/ns/AIGC/1.0/" in made


def test_what_is_no_picture_stays_as_it_is() -> None:
    for data in (b"", b"\xff\xd8", b"RIFF\0\0\0\0WEBPVP8", b"hello"):
        labelled_picture(data)
    assert labelled_picture(b"hello") == b"hello"
