"""What an engine is started with: one JSON line on its stdin."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class EngineOptions:
    """What the engine is started with; sent as one JSON line.

    Attributes:
        show: folder of the show; None is the demo show.
        for_s: end by itself after so many seconds on air; None runs on.
        push: addresses to publish to from the start, keys and all.
        record: file to record to from the start.
        scene: scene to start on; None is the show's own.
        canvas: landscape, portrait or both; None is the show's own.
        size: landscape size in pixels; None is the show's own.
        fps: frames a second; None is the show's own.
        port: of the remote door; 0 takes a free one; None is the setting.
        password: of the remote door; "" opens it on loopback without one; None is the setting.
        picture: write the programme picture here once on air, then say ``picture``.
        restarts: how often the engine was started again; above 0 it resumes where it was.
        safe_mode: leave out what may have brought it down (plugins, try-on, devices).
    """

    show: str | None = None
    for_s: float | None = None
    push: list[str] = field(default_factory=list)
    record: str | None = None
    scene: str | None = None
    canvas: str | None = None
    size: tuple[int, int] | None = None
    fps: float | None = None
    port: int | None = None
    password: str | None = None
    picture: str | None = None
    restarts: int = 0
    safe_mode: bool = False
