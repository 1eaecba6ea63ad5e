"""The seven nodes from outside: list, who does it, tick with a name, calendar."""

from __future__ import annotations

from typing import Annotated, Protocol

import msgspec
from msgspec.structs import replace

from studio.core.command import Changed, Role, changed, command
from studio.host.nodes.model import NodeId, NodeMark, NodesView

NodePerson = Annotated[str, msgspec.Meta(max_length=80)]
NodeSigner = Annotated[str, msgspec.Meta(min_length=1, max_length=80, pattern=r"\S")]


class NodeRoom(Protocol):
    """The nodes of this show."""

    def view(self) -> NodesView: ...

    def mark(self, node: NodeId) -> NodeMark: ...

    def put(self, mark: NodeMark) -> None: ...

    def tick(self, node: NodeId, by: str) -> None: ...

    def calendar(self) -> str: ...


class NodeCommands:
    """What is to be done about a show."""

    def __init__(self, room: NodeRoom) -> None:
        self._room = room

    @command(
        "nodes.list",
        role=Role.VIEWER,
        label=("七个节点", "List the nodes"),
        help=(
            "从开播前三天到播后七天：截止时间、负责人、依据和缺什么。",
            "From three days before to a week after: due time, owner, proof, what is missing.",
        ),
    )
    def list_all(self) -> Changed:
        return changed(result=msgspec.to_builtins(self._room.view()))

    @command(
        "nodes.owner",
        role=Role.CONTROLLER,
        label=("节点负责人", "Owner of a node"),
        help=("谁负责这个节点；空为没有人。", "Who does it; empty is nobody."),
    )
    def owner(self, node: NodeId, owner: NodePerson = "") -> Changed:
        before = self._room.mark(node)
        self._room.put(replace(before, owner=owner.strip()))
        return changed("nodes", undo=("nodes.owner", {"node": node, "owner": before.owner}))

    @command(
        "nodes.tick",
        role=Role.CONTROLLER,
        label=("勾选节点", "Tick a node"),
        help=(
            "由一个人署名勾选；有依据的节点会自己打勾。",
            "A person ticks it by name; what the state proves ticks itself.",
        ),
    )
    def tick(self, node: NodeId, by: NodeSigner) -> Changed:
        self._room.tick(node, by.strip())
        return changed("nodes", undo=("nodes.untick", {"node": node}))

    @command(
        "nodes.untick",
        role=Role.CONTROLLER,
        label=("取消勾选", "Take a tick back"),
        help=("取消手工勾选。", "Takes back a tick by hand."),
    )
    def untick(self, node: NodeId) -> Changed:
        before = self._room.mark(node)
        self._room.tick(node, "")
        if not before.ticked_by:
            return changed("nodes")
        return changed("nodes", undo=("nodes.tick", {"node": node, "by": before.ticked_by}))

    @command(
        "nodes.calendar",
        role=Role.VIEWER,
        label=("节点日历", "Nodes as a calendar"),
        help=(
            "没做完的节点，iCalendar（.ics）格式。",
            "What is still to be done, as an iCalendar (.ics) text.",
        ),
    )
    def calendar(self) -> Changed:
        return changed(result={"text": self._room.calendar()})
