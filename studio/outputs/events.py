"""What the outputs announce."""

from __future__ import annotations

from typing import ClassVar

from studio.core.event import Event
from studio.core.text import Text
from studio.sender.model import OutputStatus


class OutputChanged(Event, frozen=True, kw_only=True):
    """An output is in another state, or in it for another reason."""

    name: ClassVar[str] = "outputs.changed"
    label: ClassVar[Text] = Text("输出状态已变", "Output changed")
    help: ClassVar[Text] = Text(
        "推流或录制进入了新的状态，含原因与计数。",
        "A stream or recording is in another state; with the reason and its counters.",
    )

    output: str
    state: str
    before: str
    status: OutputStatus


class OutputListChanged(Event, frozen=True, kw_only=True):
    """Outputs were added, changed or removed."""

    name: ClassVar[str] = "outputs.list_changed"
    label: ClassVar[Text] = Text("输出列表已变", "Outputs changed")
    help: ClassVar[Text] = Text(
        "增加、修改或移除了输出。", "Outputs were added, changed or removed."
    )

    outputs: tuple[str, ...]


class VirtualCameraChanged(Event, frozen=True, kw_only=True):
    """The virtual camera was started or stopped, or its device went away."""

    name: ClassVar[str] = "virtualcam.changed"
    label: ClassVar[Text] = Text("虚拟摄像头已变", "Virtual camera changed")
    help: ClassVar[Text] = Text(
        "虚拟摄像头打开或关闭，或设备不见了。",
        "The virtual camera was started or stopped, or its device went away.",
    )

    is_on: bool
    device: str = ""
    error: str = ""


class EffortChanged(Event, frozen=True, kw_only=True):
    """An encoder works with less effort because the computer is busy, or as set again."""

    name: ClassVar[str] = "outputs.effort_changed"
    label: ClassVar[Text] = Text("编码档位已变", "Encoding effort changed")
    help: ClassVar[Text] = Text(
        "电脑太忙时编码自动换到更快的档位，以免丢帧；空闲后换回。",
        "While the computer is busy pictures are encoded faster, so that none is dropped; "
        "it goes back by itself.",
    )

    rung: str
    is_eased: bool
