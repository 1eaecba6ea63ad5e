"""Cameras, microphones, outputs and windows of the engine's machine."""

from __future__ import annotations

import msgspec

from studio.sources.model import SourceView


class Device(msgspec.Struct, frozen=True):
    """One device, as its system names it."""

    id: str
    name: str = ""


class Devices(msgspec.Struct, frozen=True):
    """What is plugged in."""

    cameras: tuple[Device, ...] = ()
    microphones: tuple[Device, ...] = ()
    desktop_sounds: tuple[Device, ...] = ()
    windows: tuple[Device, ...] = ()

    def of(self, kind: str) -> tuple[Device, ...]:
        """The devices a kind of source can open."""
        return {
            "camera": self.cameras,
            "microphone": self.microphones,
            "desktop_sound": self.desktop_sounds,
            "window": self.windows,
        }.get(kind, ())

    def unused(self, sources: tuple[SourceView, ...]) -> list[tuple[str, Device]]:
        """(kind, device) of what no source of the show has opened."""
        taken = {str(source.settings.get("device", "")) for source in sources}
        found = [("camera", camera) for camera in self.cameras]
        found += [("microphone", microphone) for microphone in self.microphones]
        return [(kind, device) for kind, device in found if device.id not in taken]
