"""Alarm sounds: short tones by severity, played to one device of this machine and nowhere else.

They are made and played here, in the process of the desk: the engine, which mixes the programme,
the monitor and the recordings, never holds a sample of them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from studio.audio.model import ALARM_LEVELS
from studio.audio.playback import no_output, open_playback
from studio.core.errors import StudioError
from studio.core.log import logger
from studio.media.sound import RATE, Samples

_log = logger(__name__)

NOTES: dict[str, tuple[tuple[float, int], ...]] = {
    "red": ((1320.0, 110), (0.0, 50), (1320.0, 110), (0.0, 50), (1760.0, 220)),
    "amber": ((880.0, 140), (0.0, 60), (660.0, 200)),
    "note": ((523.25, 160),),
}
"""By severity: (Hz, ms) one after the other, 0 Hz is a rest. They differ in count, pitch and
direction, so that they are told apart without looking."""
EDGE_MS = 8
HANG_S = 6.0


def tones(level: str, gain_db: float = 0.0) -> Samples:
    """The sound of a severity: (n, 2) float32 at 48 kHz, its peak at ``gain_db``.

    Args:
        level: of `studio.audio.model.ALARM_LEVELS`.
    """
    import numpy as np

    parts = []
    edge = RATE * EDGE_MS // 1000
    for hertz, ms in NOTES[level]:
        count = RATE * ms // 1000
        note = np.sin(2 * np.pi * hertz * np.arange(count) / RATE)
        slope = np.ones(count)
        slope[:edge] = np.linspace(0.0, 1.0, edge)
        slope[-edge:] = slope[:edge][::-1]
        parts.append(note * slope)
    mono = np.concatenate(parts).astype(np.float32) * np.float32(10 ** (gain_db / 20))
    return np.repeat(mono[:, None], 2, axis=1)


class AlarmSpeaker:
    """Plays one alarm at a time, in a thread of its own; a graver one takes over.

    Args:
        on_end: called from that thread after each sound, with None or why it was not heard.
    """

    def __init__(self, on_end: Callable[[StudioError | None], None]) -> None:
        self._on_end = on_end
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()
        self._level = ""

    @property
    def is_playing(self) -> bool:
        """Is one heard, or about to be?"""
        return self._thread is not None and self._thread.is_alive()

    def play(self, level: str, device: str, gain_db: float) -> bool:
        """Begins; never waits. False while one of the same severity or a graver one is heard."""
        if self.is_playing:
            if ALARM_LEVELS.index(self._level) <= ALARM_LEVELS.index(level):
                return False
            self._stopping.set()
        self._level, self._stopping = level, threading.Event()
        self._thread = threading.Thread(
            target=self._run,
            args=(level, device, gain_db, self._stopping),
            name="alarm sound",
            daemon=True,  # a sound system that hangs holds nobody
        )
        self._thread.start()
        return True

    def stop(self) -> None:
        """Silence; waits a moment for the device."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(2.0)

    def _run(self, level: str, device: str, gain_db: float, stopping: threading.Event) -> None:
        fault: StudioError | None = None
        try:
            self._sound(level, device, gain_db, stopping)
        except StudioError as error:
            _log.warning("alarm sound: %s", error)
            fault = error
        self._on_end(fault)

    def _sound(self, level: str, device: str, gain_db: float, stopping: threading.Event) -> None:
        import miniaudio
        import numpy as np

        whole, over = tones(level, gain_db), threading.Event()

        def give() -> Any:
            at, count = 0, (yield b"")
            while True:
                part = whole[at : at + count]
                at += count
                if at >= len(whole) + RATE // 10:  # what the device still holds is heard, too
                    over.set()
                if len(part) < count:
                    part = np.concatenate([part, np.zeros((count - len(part), 2), np.float32)])
                count = yield part.tobytes()

        playing = open_playback(device)
        try:
            giver = give()
            next(giver)
            playing.start(giver)
            for _ in range(round(HANG_S / 0.02)):
                if over.is_set() or stopping.wait(0.02):
                    return
            raise no_output(device, "silent")
        except miniaudio.MiniaudioError as error:
            raise no_output(device, str(error)) from None
        finally:
            playing.close()
