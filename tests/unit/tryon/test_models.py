"""The networks are the published files, and a broken one is said, not crashed on."""

from __future__ import annotations

import hashlib
import shutil

import numpy as np
import pytest

from studio.core.errors import StudioError
from studio.tryon import models
from studio.tryon.canonical import canonical
from studio.tryon.detect.face import FaceFinder
from studio.tryon.prune import pruned


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


def test_a_network_without_its_mask_says_the_same() -> None:
    bundle, name = "pose_landmarker.task", "pose_landmarks_detector.tflite"
    picture = np.random.default_rng(1).random((256, 256, 3), np.float32)
    said = []
    for outputs in ((), ("Identity", "Identity_1")):
        network = models.load(bundle, name, None, outputs)
        network.picture()[:] = picture
        said.append(network.run("Identity", "Identity_1"))
    for whole, part in zip(*said, strict=True):
        np.testing.assert_allclose(part, whole, rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize("data", [b"", b"nothing like a network", bytes(400)])
def test_only_networks_are_pruned(data: bytes) -> None:
    with pytest.raises(ValueError, match="network|tflite"):
        pruned(data, ["Identity"])


def test_an_output_that_is_not_there_is_said() -> None:
    data = models.part("pose_landmarker.task", "pose_landmarks_detector.tflite")
    with pytest.raises(ValueError, match="Wings"):
        pruned(data, ["Wings"])
