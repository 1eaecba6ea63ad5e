"""What this machine plays, as a source: the browser, a call, music."""

from __future__ import annotations

import sys
from typing import Annotated, Any, ClassVar

from studio.core.errors import StudioError
from studio.core.extension import Settings, setting
from studio.core.text import Text
from studio.media.sound import CHANNELS, RATE
from studio.sources.kinds.microphone import Microphone

MONITOR = "monitor of "


class DesktopSoundSettings(Settings):
    """Settings of desktop sound."""

    device: Annotated[str, setting("声音输出", "Output", "device:desktop_sound")] = ""


def loopbacks() -> list[dict[str, str]]:
    """Outputs whose sound can be taken: [{"id", "name"}]; empty where there is none."""
    import miniaudio

    try:
        devices = miniaudio.Devices()
        found = devices.get_playbacks() if sys.platform == "win32" else devices.get_captures()
    except miniaudio.MiniaudioError:
        return []
    names = [str(entry["name"]) for entry in found]
    if sys.platform != "win32":
        names = [name for name in names if is_monitor(name)]
    return [{"id": name, "name": name} for name in names]


def is_monitor(name: str) -> bool:
    """Is this PulseAudio or PipeWire capture what an output plays?"""
    return name.lower().startswith(MONITOR) or name.lower().endswith(".monitor")


class DesktopSound(Microphone):
    """Monitor of an output (PulseAudio, PipeWire) or WASAPI loopback; macOS has neither."""

    kind: ClassVar[str] = "desktop_sound"
    label: ClassVar[Text] = Text("桌面声音", "Desktop sound")
    help: ClassVar[Text] = Text(
        "采集本机正在播放的声音；macOS 需安装虚拟声卡。",
        "What this machine plays; macOS needs a virtual sound card.",
    )
    Settings: ClassVar[type[Settings]] = DesktopSoundSettings

    def _open(self) -> Any:
        """The capture device of what is played.

        Raises:
            StudioError: unavailable: no such output; macOS.
        """
        import miniaudio

        if sys.platform != "win32":
            return super()._open()
        chosen = None
        for playback in miniaudio.Devices().get_playbacks():
            if playback["name"] == self.settings.device:
                chosen = playback["id"]
        if self.settings.device and chosen is None:
            raise self._gone("not connected")
        return _loopback(chosen)

    def _name(self) -> str:
        return str(self.settings.device or "default")

    def _device(self) -> Any:
        import miniaudio

        if sys.platform == "darwin" and not self.settings.device:
            raise StudioError("unavailable", "sources.no_loopback")
        for capture in miniaudio.Devices().get_captures():
            name = str(capture["name"])
            is_wanted = name == self.settings.device if self.settings.device else is_monitor(name)
            if is_wanted:
                return capture["id"]
        raise self._gone("not connected")

    def _gone(self, why: str) -> StudioError:
        return StudioError("unavailable", "sources.no_desktop_sound", device=self._name(), why=why)


def _loopback(device: Any) -> Any:
    """A WASAPI loopback device. miniaudio's wrapper knows capture alone: the rest is as there."""
    import miniaudio

    lib, ffi = miniaudio.lib, miniaudio.ffi

    class Loopback(miniaudio.CaptureDevice):  # type: ignore[misc]  # it has no types
        def __init__(self) -> None:
            super(miniaudio.CaptureDevice, self).__init__()
            self.format = miniaudio.SampleFormat.FLOAT32
            self.sample_width, self.nchannels, self.sample_rate = 4, CHANNELS, RATE
            self.buffersize_msec = 20
            self._ffi_handle = ffi.new_handle(self)
            config = lib.ma_device_config_init(lib.ma_device_type_loopback)
            config.sampleRate, config.capture.channels = RATE, CHANNELS
            config.capture.format = self.format.value
            config.capture.pDeviceID = device or ffi.NULL
            config.periodSizeInMilliseconds = self.buffersize_msec
            config.pUserData = self._ffi_handle
            config.dataCallback = lib._internal_data_callback
            config.stopCallback = lib._internal_stop_callback
            self._devconfig, self.callback_generator = config, None
            self._context = self._make_context([], miniaudio.ThreadPriority.HIGHEST, "")
            result = lib.ma_device_init(self._context, ffi.addressof(config), self._device)
            if result != lib.MA_SUCCESS:
                raise miniaudio.MiniaudioError("failed to init device", result)

    return Loopback()
