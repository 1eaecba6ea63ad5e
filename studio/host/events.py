"""What the host's room announces."""

from __future__ import annotations

from typing import ClassVar

from studio.core.event import Event
from studio.core.text import Text


class RundownMoved(Event, frozen=True, kw_only=True):
    """The rundown began, paused, ended, or another item is on."""

    name: ClassVar[str] = "rundown.moved"
    label: ClassVar[Text] = Text("流程推进", "Rundown moved")
    help: ClassVar[Text] = Text(
        "流程开始、暂停、结束，或进入下一环节。",
        "The rundown began, paused or ended, or another item is on.",
    )

    stage: str
    item: str
    title: str = ""
    late_s: int = 0
