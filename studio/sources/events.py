"""What the sources announce."""

from __future__ import annotations

from typing import ClassVar

from studio.core.event import Event
from studio.core.text import Text


class SourceHealthChanged(Event, frozen=True, kw_only=True):
    """A source became well or unwell."""

    name: ClassVar[str] = "sources.health"
    label: ClassVar[Text] = Text("来源状态", "Source health")
    help: ClassVar[Text] = Text(
        "来源的状态变化：ok、still、frozen、black、lost、missing、waiting、opening、sound、silent。",
        "A source's health changed: ok, still, frozen, black, lost, missing, waiting, opening, "
        "sound, silent.",
    )

    source: str
    state: str
    before: str
    error: str = ""
    params: dict[str, str] = {}
    is_silent: bool = False


class SourceListChanged(Event, frozen=True, kw_only=True):
    """A source was created, removed, renamed or got other settings."""

    name: ClassVar[str] = "sources.list_changed"
    label: ClassVar[Text] = Text("来源列表已变", "Source list changed")
    help: ClassVar[Text] = Text(
        "来源增删、改名或修改设置；what 为 created、removed、renamed、edited。",
        "A source was created, removed, renamed or edited.",
    )

    what: str
    source: str
    before: str = ""
    kind: str = ""


class FilterChanged(Event, frozen=True, kw_only=True):
    """A source's filter was created, removed, switched or edited."""

    name: ClassVar[str] = "sources.filter_changed"
    label: ClassVar[Text] = Text("滤镜已变", "Filter changed")
    help: ClassVar[Text] = Text(
        "来源的滤镜增删、开关或修改。", "A source's filter was created, removed, switched, edited."
    )

    what: str
    source: str
    filter: str
    kind: str = ""
    is_enabled: bool = True


class FilterStateChanged(Event, frozen=True, kw_only=True):
    """A filter was bypassed because it is too slow or failed, or works again."""

    name: ClassVar[str] = "sources.filter_state"
    label: ClassVar[Text] = Text("滤镜状态", "Filter state")
    help: ClassVar[Text] = Text(
        "滤镜因太慢或出错被旁路，或已恢复；state 为 ok、slow、failed、missing。",
        "A filter was bypassed (slow, failed, missing) or works again (ok).",
    )

    source: str
    filter: str
    state: str
    before: str
    ms: float = 0.0
    error: str = ""
    params: dict[str, str] = {}
