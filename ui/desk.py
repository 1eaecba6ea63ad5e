"""What every panel is given: the link, the state, the way to act."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from PySide6.QtCore import SignalInstance
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from studio.api import StudioSettings
from studio.scenes.model import Item
from ui.actions import Actions
from ui.client import DeskClient
from ui.measure import Measure
from ui.photos import Photos
from ui.pictures import PictureStreams
from ui.store import Store


class EditedStage(Protocol):
    """The preview as one edits it (`ui.stage.view.StageView`).

    Attributes:
        selected: ids of the picked items.
        scene_name: the scene they belong to.
    """

    selected: list[int]
    is_editing: bool
    scene_name: Callable[[], str]

    @property
    def canvas(self) -> str:
        """The canvas it shows."""
        ...

    def on_picked(self, listener: Callable[[], None]) -> None:
        """Calls ``listener`` whenever other items are picked."""
        ...

    def items(self) -> list[Item]:
        """The items of the scene that stand on its canvas."""
        ...

    def select(self, ids: list[int]) -> None:
        """Picks items."""
        ...

    def setFocus(self) -> None:
        """Takes the keyboard."""
        ...


class Anchors(Protocol):
    """Anchors of the engine's audit log that this desk keeps (`ui.anchor_keeper.AnchorKeeper`)."""

    @property
    def words(self) -> list[str]:
        """Sentences on what did not go with what is kept."""
        ...

    @property
    def changed(self) -> SignalInstance:
        """One was kept, or did not go with what was."""
        ...


class Bell(Protocol):
    """Alarm sounds (`ui.alarm_bell.AlarmBell`).

    Attributes:
        outputs: of this machine, by name, as last looked for.
        fault: why the last one was not heard, or "".
    """

    outputs: tuple[str, ...]
    fault: str

    @property
    def changed(self) -> SignalInstance:
        """Muted, may ring again, was not heard, outputs were found."""
        ...

    @property
    def is_on(self) -> bool:
        """Was an output chosen?"""
        ...

    @property
    def heard_by(self) -> list[str]:
        """Sources that would take the sounds on air."""
        ...

    def mute(self, is_muted: bool) -> None:
        """No sounds for now, or again."""
        ...

    def test(self, level: str) -> str:
        """Plays one; "" or why it is not heard."""
        ...

    def choose(self, device: str) -> None:
        """Another output; "" is none."""
        ...

    def look_for_outputs(self) -> None:
        """Asks the sound system."""
        ...


@dataclass(slots=True)
class Desk:
    """The hands of a panel.

    Attributes:
        stage: the preview as one edits it; the window gives it.
        bell: alarm sounds; the window gives it.
        anchors: of the engine's audit log, kept here; the window gives it.
        settings: of the person; saved by the window.
        reveal: brings a panel to the front by its id; "PANEL/THING/FIELD" shows that of it.
        say: shows a message at a widget: (widget or None, text, tone).
        change: asks the window for "layout", "language", "scale" to be another.
        tell: shows what came of something in a card: "imported" with the engine's answer.
        press: hands a key to the window (from a panel that floats).
        windows: beside the desk (projectors, multiview); one nobody holds would be gone at once.
    """

    client: DeskClient
    store: Store
    actions: Actions
    pictures: PictureStreams
    measure: Measure
    photos: Photos
    settings: StudioSettings
    stage: EditedStage | None = None
    bell: Bell | None = None
    anchors: Anchors | None = None
    reveal: Callable[[str], object] = field(default=lambda panel: None)
    say: Callable[[QWidget | None, str, str], object] = field(default=lambda w, text, tone: None)
    change: Callable[[str, str], object] = field(default=lambda what, value: None)
    tell: Callable[[str, dict[str, Any]], object] = field(default=lambda what, found: None)
    press: Callable[[QKeyEvent], object] = field(default=lambda event: None)
    windows: set[QWidget] = field(default_factory=set)
