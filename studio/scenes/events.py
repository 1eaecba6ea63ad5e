"""What the scenes announce."""

from __future__ import annotations

from typing import ClassVar

from studio.core.event import Event
from studio.core.text import Text


class SceneTaken(Event, frozen=True, kw_only=True):
    """Another scene is on programme."""

    name: ClassVar[str] = "scenes.taken"
    label: ClassVar[Text] = Text("已切到直播", "Scene taken")
    help: ClassVar[Text] = Text("直播画面换了场景。", "Another scene is on programme.")

    scene: str
    before: str
    canvas: str
    transition: str
    duration_ms: int


class PreviewSet(Event, frozen=True, kw_only=True):
    """Another scene is on preview."""

    name: ClassVar[str] = "scenes.previewed"
    label: ClassVar[Text] = Text("已选预监", "Preview set")
    help: ClassVar[Text] = Text("预监换了场景。", "Another scene is on preview.")

    scene: str
    canvas: str


class TransitionEnded(Event, frozen=True, kw_only=True):
    """A transition is over."""

    name: ClassVar[str] = "scenes.transition_ended"
    label: ClassVar[Text] = Text("转场结束", "Transition ended")
    help: ClassVar[Text] = Text("转场已完成。", "A transition is over.")
    is_journaled: ClassVar[bool] = False

    scene: str
    transition: str


class SceneListChanged(Event, frozen=True, kw_only=True):
    """A scene was added, removed, renamed or moved."""

    name: ClassVar[str] = "scenes.list_changed"
    label: ClassVar[Text] = Text("场景列表已变", "Scene list changed")
    help: ClassVar[Text] = Text(
        "场景增删、改名或换序；what 为 created、removed、renamed、moved。",
        "A scene was added, removed, renamed or moved.",
    )

    what: str
    scene: str
    before: str = ""


class ItemChanged(Event, frozen=True, kw_only=True):
    """A scene's item was added, removed or changed."""

    name: ClassVar[str] = "scenes.item_changed"
    label: ClassVar[Text] = Text("场景元素已变", "Item changed")
    help: ClassVar[Text] = Text(
        "场景中的元素增删或修改。", "An item of a scene was added, removed or changed."
    )

    what: str
    scene: str
    item: int
    source: str
    is_enabled: bool = True


class TallyChanged(Event, frozen=True, kw_only=True):
    """A source came on programme or preview, or left it."""

    name: ClassVar[str] = "tally.changed"
    label: ClassVar[Text] = Text("提示灯变化", "Tally changed")
    help: ClassVar[Text] = Text(
        "某路来源进入或离开直播/预监；state 为 programme、preview 或 off。",
        "A source came on or left: state is programme, preview or off.",
    )

    source: str
    state: str
    canvases: tuple[str, ...] = ()


class TallyAcknowledged(Event, frozen=True, kw_only=True):
    """Somebody at a camera has seen the tally."""

    name: ClassVar[str] = "tally.acknowledged"
    label: ClassVar[Text] = Text("提示灯已确认", "Tally acknowledged")
    help: ClassVar[Text] = Text("机位操作者已确认。", "The person at the camera has seen it.")

    source: str
    state: str
    who: str = ""


class StudioModeChanged(Event, frozen=True, kw_only=True):
    """Studio mode was switched."""

    name: ClassVar[str] = "scenes.studio_mode_changed"
    label: ClassVar[Text] = Text("双画面模式已变", "Studio mode changed")
    help: ClassVar[Text] = Text("预监/直播双画面模式开关。", "Studio mode was switched.")

    is_on: bool
