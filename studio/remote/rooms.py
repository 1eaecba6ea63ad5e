"""What the door may look at: the rooms of the engine, handed over by the composition root."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from studio.audio.desk import SoundDesk
from studio.comments.platforms.base import CommentPlatform
from studio.core.command import Bus
from studio.core.event import Events
from studio.core.extension import Kinds
from studio.core.state import State
from studio.filters.base import Filter
from studio.governance.rights.book import OperatorBook
from studio.insight.service import InsightService
from studio.outputs.pipeline import OutputPipeline
from studio.outputs.recording_folder import RecordingFolder
from studio.scenes.keeper import SceneRepository
from studio.scenes.stage import GraphicsOver, ProgramRenderer, Snapshot
from studio.scenes.transitions.base import Transition
from studio.shop.catalogue import Catalogue
from studio.show.session import ShowSession
from studio.sources.bank import SourceManager
from studio.sources.base import Source


class ComposedProgramme(Protocol):
    """What the picture thread composes."""

    @property
    def snapshot(self) -> Snapshot:
        """Now."""
        ...

    @property
    def over(self) -> GraphicsOver:
        """What will lie over a scene when it is taken."""
        ...


@dataclass(slots=True)
class EngineFacade:
    """Everything the remote room reads; it changes things through ``bus`` alone.

    Attributes:
        programme: knows what the picture thread composes now.
        insight: figures of the engine (fps, late, dropped, cpu …).
        session: name, folder and whether the show can be saved.
        rights: whose devices come in.
    """

    bus: Bus
    events: Events
    state: State
    scenes: SceneRepository
    bank: SourceManager
    sound: SoundDesk
    catalogue: Catalogue
    pipeline: OutputPipeline
    stage: ProgramRenderer
    source_kinds: Kinds[Source]
    filter_kinds: Kinds[Filter]
    transition_kinds: Kinds[Transition]
    feed_kinds: Kinds[CommentPlatform]
    fps: Fraction
    recordings: RecordingFolder
    programme: ComposedProgramme
    insight: InsightService
    session: ShowSession
    rights: OperatorBook
