"""A camera on this machine, by its stable name."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from studio.core.errors import StudioError
from studio.core.extension import Settings, setting
from studio.core.text import Text
from studio.sources.capture import LiveInput


class CameraSettings(Settings):
    """Settings of a camera."""

    device: Annotated[
        str,
        setting("设备", "Device", "device:camera"),
    ] = ""
    width: Annotated[int, setting("宽", "Width", ge=16, le=7680)] = 1280
    height: Annotated[int, setting("高", "Height", ge=16, le=4320)] = 720
    fps: Annotated[int, setting("帧率", "Frame rate", ge=1, le=240)] = 30
    pixel_format: Annotated[
        Literal["mjpeg", "raw", "auto"],
        setting(
            "格式",
            "Format",
            words={
                "mjpeg": ("MJPEG（高分辨率）", "MJPEG (large pictures)"),
                "raw": ("原始（不压缩）", "Raw (uncompressed)"),
                "auto": ("由设备决定", "As the device likes"),
            },
        ),
    ] = "mjpeg"
    deinterlace: Annotated[bool, setting("去隔行", "Deinterlace")] = True


def input_format() -> str:
    """FFmpeg's name for this platform's camera interface."""
    return {"win32": "dshow", "darwin": "avfoundation"}.get(sys.platform, "v4l2")


def cameras(
    dev: Path = Path("/dev"), sysfs: Path = Path("/sys/class/video4linux")
) -> list[dict[str, str]]:
    """The cameras of this machine: [{"id", "name"}], without opening any.

    The id stays the same when plugs are moved and the machine starts anew. On Linux: the link in
    /dev/v4l/by-id, else by-path (the socket it is plugged into), else "name:" and the card's
    name. On Windows the device's own path, on macOS its name.
    """
    if not sys.platform.startswith("linux"):
        import av.device

        found = [
            input_device
            for input_device in av.device.enumerate_input_devices(input_format())
            if "video" in input_device.media_types
        ]
        is_mac = sys.platform == "darwin"  # its names are numbers, its descriptions names
        return [
            {
                "id": (entry.description or entry.name) if is_mac else entry.name,
                "name": entry.description or entry.name,
            }
            for entry in found
        ]
    links: dict[Path, str] = {}
    for folder in ("by-path", "by-id"):  # the later one counts
        for link in sorted((dev / "v4l" / folder).glob("*-video-index0")):
            links[link.resolve()] = str(link)
    shown = []
    for device in sorted(dev.glob("video*"), key=lambda path: (len(path.name), path.name)):
        about = sysfs / device.name
        if _read(about / "index", "0") != "0":
            continue  # the second door of the same camera: its metadata
        name = _read(about / "name", device.name)
        shown.append({"id": links.get(device.resolve(), f"name:{name}"), "name": name})
    return shown


def device_path(
    id: str, dev: Path = Path("/dev"), sysfs: Path = Path("/sys/class/video4linux")
) -> Path | None:
    """Where a camera of this id is plugged in now (Linux); None when it is not."""
    if not id.startswith("name:"):
        path = Path(id)
        return path if path.exists() else None
    wanted = id.removeprefix("name:")
    for device in sorted(dev.glob("video*"), key=lambda path: (len(path.name), path.name)):
        about = sysfs / device.name
        if _read(about / "name", "") == wanted and _read(about / "index", "0") == "0":
            return device
    return None


def _read(path: Path, default: str) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return default


class Camera(LiveInput):
    """Opens by stable name and comes back by itself after it was unplugged."""

    kind: ClassVar[str] = "camera"
    label: ClassVar[Text] = Text("摄像头", "Camera")
    help: ClassVar[Text] = Text(
        "本机摄像头，拔插后自动恢复。", "A camera; comes back after a replug."
    )
    Settings: ClassVar[type[Settings]] = CameraSettings
    has_sound: ClassVar[bool] = False

    settings: CameraSettings

    def address(self) -> tuple[str, str | None, dict[str, str]]:
        """The device and format for this platform.

        Raises:
            StudioError: unavailable, when no camera is there or chosen.
        """
        device = self.settings.device
        if not device:
            found = cameras()
            if not found:
                raise StudioError("unavailable", "sources.no_camera")
            device = found[0]["id"]
        options = {
            "video_size": f"{self.settings.width}x{self.settings.height}",
            "framerate": str(self.settings.fps),
        }
        mjpeg = self.settings.pixel_format == "mjpeg"
        if sys.platform == "win32":
            options |= {"rtbufsize": "64M"} | ({"vcodec": "mjpeg"} if mjpeg else {})
            return f"video={device}", "dshow", options
        if sys.platform == "darwin":
            return f"{device}:none", "avfoundation", options
        path = device_path(device)
        if path is None:
            raise StudioError("unavailable", "sources.camera_gone", device=device)
        if self.settings.pixel_format != "auto":
            options["input_format"] = "mjpeg" if mjpeg else "yuyv422"
        return str(path), "v4l2", options
