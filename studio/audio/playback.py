"""The outputs of this machine, found and opened in one way: headphones and alarm sounds."""

from __future__ import annotations

from typing import Any

from studio.core.errors import StudioError
from studio.media.sound import RATE

PERIOD_MS = 20


def playbacks() -> list[dict[str, str]]:
    """The outputs of this machine: [{"id", "name"}]; empty where there is no sound system."""
    import miniaudio

    try:
        found = miniaudio.Devices().get_playbacks()
    except miniaudio.MiniaudioError:
        return []
    return [{"id": device["name"], "name": device["name"]} for device in found]


def open_playback(name: str) -> Any:
    """A miniaudio device of 48 kHz, two channels, float32; "" is the system's default.

    Raises:
        StudioError: unavailable: it is not connected, or cannot be opened.
    """
    import miniaudio

    try:
        return miniaudio.PlaybackDevice(
            output_format=miniaudio.SampleFormat.FLOAT32,
            nchannels=2,
            sample_rate=RATE,
            buffersize_msec=PERIOD_MS,
            device_id=_device(name),
            app_name="Shopcast",
        )
    except miniaudio.MiniaudioError as error:
        raise no_output(name, str(error)) from None


def no_output(name: str, why: str) -> StudioError:
    """Nothing is heard on a device, for people."""
    return StudioError("unavailable", "sound.no_output", device=name or "default", why=why)


def _device(name: str) -> Any:
    import miniaudio

    if not name:
        return None
    for device in miniaudio.Devices().get_playbacks():
        if device["name"] == name:
            return device["id"]
    raise no_output(name, "not connected")
