"""Gain: louder or softer."""

from __future__ import annotations

from typing import Annotated, ClassVar

import numpy as np

from studio.core import extension
from studio.core.extension import setting
from studio.core.text import Text
from studio.filters.base import Filter
from studio.media.sound import Samples


class GainSettings(extension.Settings, kw_only=True):
    """How much."""

    gain_db: Annotated[float, setting("增益 (dB)", "Gain (dB)", "slider", ge=-30, le=30)] = 0.0


class Gain(Filter):
    """Louder or softer; a change is ramped over one block, so that it does not click."""

    kind: ClassVar[str] = "gain"
    label: ClassVar[Text] = Text("增益", "Gain")
    help: ClassVar[Text] = Text("把声音调大或调小。", "Makes the sound louder or softer.")
    Settings: ClassVar[type[extension.Settings]] = GainSettings
    is_picture: ClassVar[bool] = False
    is_sound: ClassVar[bool] = True

    def __init__(self, settings: GainSettings) -> None:
        super().__init__(settings)
        self._wanted = self._now = 10 ** (settings.gain_db / 20)

    def change(self, settings: GainSettings) -> bool:
        """With the next block."""
        self.settings, self._wanted = settings, 10 ** (settings.gain_db / 20)
        return True

    def apply_sound(self, samples: Samples) -> Samples:
        """As many samples, louder or softer."""
        wanted, before = self._wanted, self._now
        if wanted == before:
            return samples if wanted == 1.0 else samples * np.float32(wanted)
        ramp = np.linspace(before, wanted, len(samples), dtype=np.float32)[:, None]
        self._now = wanted
        return samples * ramp
