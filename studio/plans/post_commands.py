"""The command post from outside: accept, say, acknowledge."""

from __future__ import annotations

from typing import Literal

from studio.core.asking import asking
from studio.core.command import Changed, Role, changed, command
from studio.core.errors import StudioError
from studio.plans.post.desk import CommandPost
from studio.plans.post.model import PostId, Words

RoleName = Literal["streamer", "controller", "technician", "owner"]
ForRole = Literal["", "streamer", "controller", "technician", "owner"]


class PostCommands:
    """What people do at the command post, each with the name of their token or desk."""

    def __init__(self, post: CommandPost) -> None:
        self._post = post

    def _insist_open(self) -> None:
        if not self._post.since_utc:
            raise StudioError("conflict", "plans.post_closed")

    @command(
        "post.open",
        label=("打开应急指挥", "Open the command post"),
        help=(
            "打开应急指挥；黄色、红色预案启动时会自动打开。",
            "Opens the command post; amber and red plans open it by themselves.",
        ),
    )
    def open(self) -> Changed:
        is_new = self._post.open()
        return changed("post", undo=("post.close", {}) if is_new else None)

    @command(
        "post.close",
        label=("结束应急指挥", "Close the command post"),
        help=(
            "结束应急指挥，清掉任务和消息（事件里都有记录）。",
            "Closes the command post and clears its tasks and messages; the incident keeps them.",
        ),
    )
    def close(self) -> Changed:
        self._insist_open()
        self._post.close()
        return changed("post")

    @command(
        "post.task",
        label=("派任务", "Give a task"),
        help=("给某个角色派一个任务。", "Gives a role something to do."),
    )
    def task(self, role: RoleName, text: Words) -> Changed:
        self._insist_open()
        if not text.strip():
            raise StudioError("invalid", "plans.post_empty")
        task = self._post.add_task(role, (text, text))
        return changed("post", result={"task": task.id})

    @command(
        "post.accept",
        role=Role.STREAMER,
        label=("接任务", "Accept a task"),
        help=(
            "接下一个任务，先接的人负责；on=false 放回。",
            "Accepts a task: the first one has it; on=false puts it back.",
        ),
    )
    def accept(self, task: PostId, on: bool = True) -> Changed:
        self._insist_open()
        asker = asking()
        before = self._post.accept(task, asker.origin, asker.role, on=on)
        if bool(before.by) == on:
            return changed()
        return changed("post", undo=("post.accept", {"task": task, "on": not on}))

    @command(
        "post.done",
        role=Role.STREAMER,
        label=("任务完成", "Task done"),
        help=("任务已完成，或还没有（on=false）。", "A task is done, or not yet."),
    )
    def done(self, task: PostId, on: bool = True) -> Changed:
        self._insist_open()
        asker = asking()
        before = self._post.done(task, asker.origin, asker.role, on=on)
        undo = ("post.done", {"task": task, "on": bool(before.done_utc)})
        return changed("post", undo=undo)

    @command(
        "post.say",
        role=Role.STREAMER,
        label=("发指挥消息", "Say at the command post"),
        help=(
            "给大家（或一个角色）发一条消息，对方按“收到”确认。",
            "A message to all or to a role, to be acknowledged.",
        ),
    )
    def say(self, text: Words, role: ForRole = "") -> Changed:
        self._insist_open()
        if not text.strip():
            raise StudioError("invalid", "plans.post_empty")
        message = self._post.say(asking().origin, text, role)
        return changed("post", result={"message": message.id})

    @command(
        "post.acknowledge",
        role=Role.STREAMER,
        label=("收到", "Acknowledge"),
        help=("确认看到一条消息。", "Says that a message was read."),
    )
    def acknowledge(self, message: PostId) -> Changed:
        self._insist_open()
        is_new = self._post.acknowledge(message, asking().origin)
        return changed(*(("post",) if is_new else ()))
