"""The command post as plain data."""

from __future__ import annotations

from typing import Annotated

import msgspec

from studio.plans.model import Level, Pair, Role

Words = Annotated[str, msgspec.Meta(max_length=500)]
PostId = Annotated[str, msgspec.Meta(max_length=20)]


class Seen(msgspec.Struct, frozen=True):
    """What viewers of an output see now.

    Attributes:
        is_programme: they see the programme, and it is no standby scene.
    """

    output: str
    canvas: str = ""
    state: str = ""
    text: Pair = ("", "")
    is_programme: bool = False


class PostTask(msgspec.Struct, frozen=True):
    """Something that somebody of a role is to do.

    Attributes:
        incident, plan: where it comes from; "" for one that a person made.
        by: who accepted it.
    """

    id: str
    role: Role
    text: Pair
    level: Level = "amber"
    incident: str = ""
    plan: str = ""
    made_utc: str = ""
    by: str = ""
    accepted_utc: str = ""
    done_utc: str = ""


class Acknowledged(msgspec.Struct, frozen=True):
    """Somebody has read a message."""

    who: str
    at_utc: str


class PostMessage(msgspec.Struct, frozen=True):
    """A message; ``role`` "" is for everybody, ``read`` says who has acknowledged it."""

    id: str
    who: str
    text: str
    at_utc: str
    role: str = ""
    read: tuple[Acknowledged, ...] = ()


class Statement(msgspec.Struct, frozen=True):
    """Words for viewers that are ready."""

    id: str
    label: Pair
    text: Pair


class PostView(msgspec.Struct, frozen=True):
    """The part "post" of the state; empty while the post is closed, apart from statements."""

    is_open: bool = False
    since_utc: str = ""
    seen: tuple[Seen, ...] = ()
    tasks: tuple[PostTask, ...] = ()
    messages: tuple[PostMessage, ...] = ()
    statements: tuple[Statement, ...] = ()


class PostCheckpoint(msgspec.Struct, frozen=True):
    """What the next engine needs."""

    since_utc: str = ""
    tasks: tuple[PostTask, ...] = ()
    messages: tuple[PostMessage, ...] = ()
    next_number: int = 1
