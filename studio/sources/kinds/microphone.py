"""A microphone or line input, by device name."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

import numpy as np

from studio.core.clock import NS, now_ns
from studio.core.errors import StudioError
from studio.core.extension import Settings, setting
from studio.core.text import Text
from studio.media.sound import RATE
from studio.sources.base import Feed, Source

SILENT_NS = 2 * NS


class MicrophoneSettings(Settings):
    """Settings of a microphone."""

    device: Annotated[
        str,
        setting("设备", "Device", "device:microphone"),
    ] = ""


def microphones() -> list[dict[str, str]]:
    """The inputs of this machine: [{"id", "name"}]; empty where there is no sound system."""
    import miniaudio

    try:
        found = miniaudio.Devices().get_captures()
    except miniaudio.MiniaudioError:
        return []
    return [{"id": device["name"], "name": device["name"]} for device in found]


class Microphone(Source):
    """48 kHz stereo through miniaudio; comes back by itself when replugged."""

    kind: ClassVar[str] = "microphone"
    label: ClassVar[Text] = Text("麦克风", "Microphone")
    help: ClassVar[Text] = Text("麦克风或线路输入。", "A microphone or line input.")
    Settings: ClassVar[type[Settings]] = MicrophoneSettings
    has_video: ClassVar[bool] = False
    has_sound: ClassVar[bool] = True
    carries_voice: ClassVar[bool] = True
    sound_delay_ms: ClassVar[int] = 60

    settings: MicrophoneSettings

    def run(self, feed: Feed) -> None:
        """Feeds until stopped.

        Raises:
            StudioError: unavailable, when the device is not there or stops delivering.
        """
        import miniaudio

        heard = now_ns()

        def collect() -> Any:
            nonlocal heard
            while True:
                data = yield
                samples = np.frombuffer(data, np.float32).reshape(-1, 2)
                heard = now_ns()
                feed.sound(samples.copy(), heard - len(samples) * NS // RATE)

        try:
            device = self._open()
            taker = collect()
            next(taker)
            device.start(taker)
        except miniaudio.MiniaudioError as error:
            raise self._gone(str(error.args[0] if error.args else error)) from None
        try:
            while not feed.stopping.wait(0.1):
                if now_ns() - heard > SILENT_NS:
                    raise StudioError("unavailable", "sources.microphone_lost", device=self._name())
        finally:
            device.close()

    def _open(self) -> Any:
        """The capture device, not started.

        Raises:
            StudioError: unavailable: it is not there.
        """
        import miniaudio

        return miniaudio.CaptureDevice(
            input_format=miniaudio.SampleFormat.FLOAT32,
            nchannels=2,
            sample_rate=RATE,
            buffersize_msec=20,
            device_id=self._device(),
        )

    def _name(self) -> str:
        return self.settings.device or "default"

    def _device(self) -> Any:
        import miniaudio

        if not self.settings.device:
            return None
        for device in miniaudio.Devices().get_captures():
            if device["name"] == self.settings.device:
                return device["id"]
        raise self._gone("not connected")

    def _gone(self, why: str) -> StudioError:
        return StudioError("unavailable", "sources.no_microphone", device=self._name(), why=why)
