"""What the person at the desk hears: a playback device fed from the mixer's own bus."""

from __future__ import annotations

import threading
from typing import Any

from studio.audio.model import Headphones
from studio.audio.playback import no_output, open_playback
from studio.core.clock import NS, now_ns
from studio.core.errors import StudioError
from studio.core.log import logger
from studio.core.worker import Worker
from studio.media.sound import Samples, SoundRing

_log = logger(__name__)
DELAY_NS = 60_000_000


class Monitor:
    """Plays the headphone bus. The device's clock is its own: the ring bends to it.

    Attributes:
        error: why nothing is heard, None while all is well.
    """

    def __init__(self) -> None:
        self.settings = Headphones()
        self.error: StudioError | None = None
        self._ring = SoundRing(1.0)
        self._worker: Worker | None = None

    @property
    def is_playing(self) -> bool:
        """Does a device take the sound now?"""
        return self._worker is not None and self.error is None

    def set(self, settings: Headphones) -> None:
        """Other headphones; the device is opened in a thread, and again when it was pulled out."""
        is_same = (settings.is_on, settings.device) == (self.settings.is_on, self.settings.device)
        self.settings = settings
        if is_same:
            return
        self.stop()
        if settings.is_on:
            self.error = None
            self._worker = Worker("headphones", self._play, on_fault=self._failed)
            self._worker.start()

    def stop(self) -> None:
        """Silence."""
        if self._worker is not None:
            self._worker.stop()
            self._worker = None

    def hear(self, samples: Samples, at_ns: int) -> None:
        """Takes a block that belongs to ``at_ns``; never blocks."""
        if self._worker is not None:
            self._ring.put(samples, at_ns)

    def _failed(self, fault: Exception) -> None:
        self.error = (
            fault
            if isinstance(fault, StudioError)
            else StudioError("failed", "sound.headphones_failed", why=str(fault))
        )
        _log.warning("headphones: %s", self.error)

    def _play(self, stopping: threading.Event) -> None:
        import miniaudio

        asked = now_ns()

        def give() -> Any:
            nonlocal asked
            count = yield b""
            while True:
                asked = now_ns()
                block = self._ring.take(count, asked - DELAY_NS)
                gain = 10 ** (self.settings.gain_db / 20)
                count = yield (block * gain if gain != 1.0 else block).tobytes()

        device = open_playback(self.settings.device)
        try:
            giver = give()
            next(giver)
            device.start(giver)
        except miniaudio.MiniaudioError as error:
            device.close()
            raise no_output(self.settings.device, str(error)) from None
        self.error = None
        if self._worker is not None:
            self._worker.healthy()
        try:
            while not stopping.wait(0.1):
                if now_ns() - asked > 2 * NS:
                    raise no_output(self.settings.device, "silent")
        finally:
            device.close()
