"""A camera on this machine, by its stable name."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, ClassVar

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
        str,
        setting("格式", "Format", "choice:mjpeg,raw"),
    ] = "mjpeg"


def input_format() -> str:
    """FFmpeg's name for this platform's camera interface."""
    return {"win32": "dshow", "darwin": "avfoundation"}.get(sys.platform, "v4l2")


def cameras() -> list[dict[str, str]]:
    """The cameras of this machine: [{"id", "name"}], without opening any.

    On Linux the id is the link in /dev/v4l/by-id, which stays the same when plugs are moved.
    """
    if sys.platform.startswith("linux"):
        by_id = Path("/dev/v4l/by-id")
        stable = {p.resolve(): p for p in sorted(by_id.glob("*"))} if by_id.is_dir() else {}
        found = []
        for device in sorted(Path("/dev").glob("video*")):
            label = Path("/sys/class/video4linux") / device.name / "name"
            name = label.read_text().strip() if label.is_file() else device.name
            found.append({"id": str(stable.get(device, device)), "name": name})
        return found
    import av.device

    return [
        {"id": device.name, "name": device.description or device.name}
        for device in av.device.enumerate_input_devices(input_format())
        if "video" in device.media_types
    ]


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
        if not Path(device).exists():
            raise StudioError("unavailable", "sources.camera_gone", device=device)
        if mjpeg:
            options["input_format"] = "mjpeg"
        return device, "v4l2", options
