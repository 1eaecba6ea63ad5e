"""What the watch announces; plans may begin with it (trigger "event")."""

from __future__ import annotations

from typing import ClassVar

from studio.core.event import Event
from studio.core.text import Text


class WatchAlarmed(Event, frozen=True, kw_only=True):
    """Something that somebody should look at."""

    name: ClassVar[str] = "watch.alarm"
    label: ClassVar[Text] = Text("安全告警", "Security alarm")
    help: ClassVar[Text] = Text(
        "新地址、连续猜密码、批量导出、夜间查看完整信息、审计链断裂或退回、旧备份带回已删除的人、"
        "一个令牌两处使用、评论里出现密钥、紧急全权、数据泄露。",
        "A new address, guesses, a mass export, unmasking at night, a chain that broke or went "
        "back, erased persons in an old copy, one token in two places, a key in a comment, full "
        "rights in need, a breach.",
    )

    kind: str
    subject: str
