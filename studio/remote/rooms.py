"""What the door may look at: the rooms of the engine, handed over by the composition root."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from studio.core.command import Bus
from studio.core.event import Events
from studio.core.extension import Kinds
from studio.core.state import State
from studio.filters.base import Filter
from studio.outputs.pipeline import OutputPipeline
from studio.scenes.keeper import Scenes
from studio.scenes.stage import Snapshot, Stage
from studio.scenes.transitions.base import Transition
from studio.shop.catalogue import Catalogue
from studio.sound.desk import SoundDesk
from studio.sources.bank import SourceBank
from studio.sources.base import Source


@dataclass(slots=True)
class Rooms:
    """Everything the remote room reads; it changes things through ``bus`` alone.

    Attributes:
        snapshot: what the picture thread composes now.
        stats: figures of the engine (fps, late, dropped, cpu …), plain data.
        show: name, folder and whether it can be saved, plain data.
        stop: ends the engine cleanly.
    """

    bus: Bus
    events: Events
    state: State
    scenes: Scenes
    bank: SourceBank
    sound: SoundDesk
    catalogue: Catalogue
    pipeline: OutputPipeline
    stage: Stage
    source_kinds: Kinds[Source]
    filter_kinds: Kinds[Filter]
    transition_kinds: Kinds[Transition]
    fps: Fraction
    recordings: Path
    snapshot: Callable[[], Snapshot]
    stats: Callable[[], dict[str, Any]]
    show: Callable[[], dict[str, Any]]
