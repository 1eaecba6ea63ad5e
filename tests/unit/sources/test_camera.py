"""Cameras keep their names when plugs are moved; the second door of one is no second camera."""

from __future__ import annotations

import errno
import sys

import pytest

import studio.sources.kinds as folder
from studio.core.clock import now_ns
from studio.core.errors import StudioError
from studio.core.registry import discover
from studio.sources.base import Source
from studio.sources.kinds.camera import cameras, device_path
from tests.unit.sources.media import runner_of, state, until

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="V4L2")
KINDS = discover(folder, Source)


@pytest.fixture
def machine(tmp_path):
    """Two cameras of four doors, one with a serial number, one known by its socket alone."""
    dev, sysfs = tmp_path / "dev", tmp_path / "sys"
    for number, (name, index) in enumerate(
        [("Logi C920", 0), ("Logi C920", 1), ("HD Webcam", 0), ("HD Webcam", 1), ("Old TV", 0)]
    ):
        (dev / "v4l" / "by-id").mkdir(parents=True, exist_ok=True)
        (dev / "v4l" / "by-path").mkdir(parents=True, exist_ok=True)
        (dev / f"video{number}").touch()
        about = sysfs / f"video{number}"
        about.mkdir(parents=True)
        (about / "name").write_text(f"{name}\n")
        (about / "index").write_text(f"{index}\n")
    (dev / "v4l/by-id/usb-Logi_C920_1234-video-index0").symlink_to("../../video0")
    (dev / "v4l/by-path/pci-usb-0:1-video-index0").symlink_to("../../video0")
    (dev / "v4l/by-path/pci-usb-0:2-video-index0").symlink_to("../../video2")
    return dev, sysfs


def test_each_camera_once_by_what_stays_the_same(machine):
    dev, _ = machine
    found = cameras(*machine)
    assert [entry["name"] for entry in found] == ["Logi C920", "HD Webcam", "Old TV"]
    assert found[0]["id"] == str(dev / "v4l/by-id/usb-Logi_C920_1234-video-index0")
    assert found[1]["id"] == str(dev / "v4l/by-path/pci-usb-0:2-video-index0")
    assert found[2]["id"] == "name:Old TV"


def test_a_name_is_found_wherever_it_is_plugged_in(machine):
    dev, sysfs = machine
    assert device_path("name:Old TV", dev, sysfs) == dev / "video4"
    (dev / "video4").rename(dev / "video9")
    (sysfs / "video4").rename(sysfs / "video9")
    assert device_path("name:Old TV", dev, sysfs) == dev / "video9"
    assert device_path("name:Gone", dev, sysfs) is None
    assert device_path(str(dev / "v4l/by-id/none"), dev, sysfs) is None


@pytest.mark.parametrize(
    ("number", "key"),
    [(errno.EBUSY, "sources.device_busy"), (errno.EACCES, "sources.device_denied"),
     (errno.EIO, "sources.cannot_open")],
)  # fmt: skip
def test_why_a_device_does_not_open_is_told_apart(tmp_path, monkeypatch, number, key):
    (tmp_path / "cam").touch()
    runner = runner_of(KINDS, "camera", {"device": str(tmp_path / "cam")}, tmp_path)

    def refuse(*args, **kwargs):
        raise OSError(number, "refused")

    monkeypatch.setattr("av.open", refuse)
    with pytest.raises(StudioError) as wrong:
        runner.source.open(None)
    assert wrong.value.key == key


def test_unseen_it_stays_open_and_decodes_little(tmp_path):
    runner = runner_of(KINDS, "test_signal", {"width": 160, "height": 90}, tmp_path)
    runner.is_sleepy = True
    runner.start()
    try:
        assert until(lambda: runner.slot.count > 3)
        assert until(lambda: runner.health(now_ns()).fps > 20)
        number, began = runner.slot.count, now_ns()
        assert until(lambda: runner.slot.count >= number + 3)
        assert now_ns() - began > 0.5e9
        assert state(runner) == "ok"
        asked, number = now_ns(), runner.slot.count
        runner.look(asked)
        assert until(lambda: runner.slot.count > number + 1, 2)
        assert now_ns() - asked < 0.3e9
    finally:
        runner.stop()
