"""The figure of a cut is one of a cut, or none."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from studio.core.clock import now_ns
from studio.core.command import CommandRan
from studio.core.event import Events
from studio.insight.latency import CutLatency
from studio.scenes.events import SceneTaken


class Cuts:
    """A measure, and what happens around it."""

    def __init__(self) -> None:
        self.events = Events()
        self.measure = CutLatency(self.events)

    def take(self, scene: str, before: str, *, ms: int = 0, canvas: str = "") -> None:
        self.events.publish(
            SceneTaken(scene=scene, before=before, canvas=canvas, transition="cut", duration_ms=ms)
        )

    def ran(self, command: str = "scenes.take") -> None:
        self.events.publish(
            CommandRan(command=command, args={}, origin="desk", ok=True, took_ms=1.0)
        )

    def packet(self, tick: int, later_ms: float = 0.0) -> None:
        packet: Any = SimpleNamespace(pts=tick, made_ns=now_ns() + int(later_ms * 1e6))
        self.measure.packet("landscape", packet)


@pytest.fixture
def cuts() -> Cuts:
    return Cuts()


def test_a_cut_is_measured(cuts: Cuts) -> None:
    cuts.take("B", "A")
    cuts.ran()
    cuts.measure.shown("landscape", 5)
    cuts.packet(4)
    assert not cuts.measure.ms
    cuts.packet(5, later_ms=40)
    assert 40 <= cuts.measure.ms[-1] < 100


def test_so_is_one_that_is_shown_before_its_command_is_told(cuts: Cuts) -> None:
    cuts.take("B", "A")
    cuts.measure.shown("landscape", 5)
    cuts.ran()
    cuts.packet(5, later_ms=30)
    assert 30 <= cuts.measure.ms[-1] < 100


@pytest.mark.parametrize(
    "taken",
    [
        {"scene": "S", "before": "S"},  # standby twice
        {"scene": "B", "before": "A", "ms": 300},  # mixed
        {"scene": "B", "before": "A", "canvas": "portrait"},
    ],
)
def test_what_is_no_cut_waits_for_no_packet(cuts: Cuts, taken: dict[str, Any]) -> None:
    cuts.take(**taken)
    cuts.ran("scenes.standby")
    cuts.measure.shown("landscape", 900)  # a change of another kind, much later
    cuts.packet(900, later_ms=28_729)
    assert not cuts.measure.ms


def test_a_cut_that_nobody_encoded_is_no_figure(cuts: Cuts) -> None:
    cuts.take("B", "A")
    cuts.ran()
    cuts.measure.shown("landscape", 5)
    cuts.packet(9000, later_ms=300_000)
    assert not cuts.measure.ms
