"""The virtual camera from outside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import msgspec

from studio.core.command import Changed, Role, changed, command
from studio.core.errors import StudioError
from studio.outputs.events import VirtualCameraChanged
from studio.outputs.model import CameraView
from studio.outputs.virtual_camera import CameraStatus, VirtualCamera, find_devices, why_not

CanvasArg = Literal["landscape", "portrait"]


class CameraCommands:
    """Starts and stops it; what it does is the part "virtualcam" of the state.

    Args:
        size: (width, height) of a canvas.
        announce: told events; touch: told parts of the state; both on the engine's loop.
        later: runs a call on the engine's loop, from any thread.
    """

    def __init__(
        self,
        size: Callable[[str], tuple[int, int]],
        announce: Callable[[Any], None],
        touch: Callable[[str], None],
        later: Callable[..., object],
    ) -> None:
        self.camera = VirtualCamera(lambda: later(self._tell))
        self._size, self._announce, self._touch = size, announce, touch
        self._devices: tuple[str, ...] | None = None

    def status(self) -> CameraStatus:
        """What it does; devices as they were when somebody last asked."""
        if self._devices is None:
            self._devices = find_devices()
        camera = self.camera
        return CameraStatus(
            is_on=camera.is_on,
            device=camera.device,
            canvas=camera.canvas,
            frames=camera.frames,
            dropped=camera.dropped,
            error=camera.error,
            devices=self._devices,
            why_not=why_not(self._devices),
        )

    def view(self) -> CameraView:
        """The part "virtualcam"; counts are asked for, not told at each frame."""
        status = self.status()
        why_not: tuple[str, str] | str = ""
        if status.why_not:
            reason = StudioError("unavailable", status.why_not)
            why_not = (reason.in_language("zh"), reason.in_language("en"))
        return CameraView(
            is_on=status.is_on,
            device=status.device,
            canvas=status.canvas,
            error=status.error,
            devices=status.devices,
            why_not=why_not,
        )

    @command(
        "virtualcam.start",
        label=("打开虚拟摄像头", "Start the virtual camera"),
        help=(
            "把直播画面作为摄像头提供给其他程序（Linux：v4l2loopback）。",
            "Gives other programs the programme as a camera (Linux: v4l2loopback).",
        ),
    )
    def start(self, device: str = "", canvas: CanvasArg = "landscape") -> Changed:
        self._devices = find_devices()
        reason = why_not(self._devices)
        if reason and not device:
            raise StudioError("unavailable", reason)
        width, height = self._size(canvas)
        self.camera.start(device or self._devices[0], canvas, width, height)
        self._tell()
        result = {"device": self.camera.device, "canvas": canvas}
        return changed("virtualcam", result=result, undo=("virtualcam.stop", {}))

    @command(
        "virtualcam.stop",
        label=("关闭虚拟摄像头", "Stop the virtual camera"),
        help=("停止虚拟摄像头。", "Stops the virtual camera."),
    )
    def stop(self) -> Changed:
        camera = self.camera
        undo = ("virtualcam.start", {"device": camera.device, "canvas": camera.canvas})
        was_on = camera.is_on
        camera.stop()
        if was_on:
            self._tell()
        return changed("virtualcam", undo=undo if was_on else None)

    @command(
        "virtualcam.status",
        role=Role.VIEWER,
        label=("虚拟摄像头状态", "Virtual camera status"),
        help=(
            "虚拟摄像头是否打开、写到哪里、可用的设备。",
            "Whether it is on, where it writes to, which devices there are.",
        ),
    )
    def ask(self) -> Changed:
        self._devices = find_devices()
        plain = msgspec.to_builtins(self.status())
        reason = self.status().why_not
        if reason:
            plain["why_not"] = StudioError("unavailable", reason).in_both()
        return changed(result=plain)

    def _tell(self) -> None:
        camera = self.camera
        self._announce(
            VirtualCameraChanged(is_on=camera.is_on, device=camera.device, error=camera.error)
        )
        self._touch("virtualcam")
