"""The networks are the published files, and a broken one is said, not crashed on."""

from __future__ import annotations

import hashlib
import shutil

import pytest

from studio.core.errors import StudioError
from studio.tryon import models
from studio.tryon.canonical import canonical
from studio.tryon.detect.face import FaceFinder


@pytest.mark.parametrize("name", sorted(models.BUNDLES))
def test_model_files_are_the_published_bytes(name: str) -> None:
    data = (models.folder() / name).read_bytes()
    assert hashlib.sha256(data).hexdigest() == models.BUNDLES[name]


def test_missing_model_says_which_file(tmp_path) -> None:
    with pytest.raises(StudioError) as caught:
        FaceFinder(tmp_path)
    assert caught.value.code == "unavailable"
    assert "face_landmarker.task" in str(caught.value)


def test_damaged_model_is_refused(tmp_path) -> None:
    path = tmp_path / "face_landmarker.task"
    shutil.copyfile(models.folder() / path.name, path)
    data = bytearray(path.read_bytes())
    data[1000] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(StudioError) as caught:
        FaceFinder(tmp_path)
    assert caught.value.code == "failed"
    assert str(path) in str(caught.value)


def test_file_that_is_no_network_is_refused() -> None:
    with pytest.raises(StudioError) as caught:
        models.Network(b"nothing like a network", "made-up.tflite")
    assert caught.value.code == "failed"


def test_average_face_is_a_real_size() -> None:
    face = canonical()
    assert face.points.shape == (468, 3)
    assert face.triangles.shape == (898, 3)
    assert face.triangles.max() == 467
    assert face.pupils_cm == pytest.approx(6.3, abs=0.1)
    assert face.weights.shape == face.steady.shape
