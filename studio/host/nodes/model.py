"""Nodes as plain data."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

NodeId = Literal["goods", "script", "pace", "figures", "clips", "groups", "review"]
NodeState = Literal["open", "due", "late", "done"]
"""Open: there is time; due: within a day; late: its time is over; done: proven, or by a name."""
NODE_IDS: tuple[NodeId, ...] = (
    "goods", "script", "pace", "figures", "clips", "groups", "review",
)  # fmt: skip


class NodeMark(msgspec.Struct, frozen=True):
    """What a person said of a node: who does it, who ticked it."""

    node: NodeId
    owner: Annotated[str, msgspec.Meta(max_length=80)] = ""
    ticked_by: Annotated[str, msgspec.Meta(max_length=80)] = ""
    ticked_utc: Annotated[str, msgspec.Meta(max_length=40)] = ""


class NodesPart(msgspec.Struct, frozen=True):
    """What the show keeps."""

    marks: tuple[NodeMark, ...] = ()


class NodeView(msgspec.Struct, frozen=True):
    """A node as desks see it.

    Attributes:
        label: what is to be done.
        due_utc: "" where the show has no start yet.
        proof: what the state says, in both languages.
        is_proven: the state says that it is done; else a name did, where it is.
    """

    id: NodeId
    label: tuple[str, str]
    state: NodeState = "open"
    due_utc: str = ""
    owner: str = ""
    proof: tuple[str, str] = ("", "")
    is_proven: bool = False
    ticked_by: str = ""


class NodesView(msgspec.Struct, frozen=True):
    """All seven."""

    start_utc: str = ""
    zone: str = ""
    nodes: tuple[NodeView, ...] = ()
