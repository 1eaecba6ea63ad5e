"""Faults of the network and of processes: a cut, all of it, a stall, a killed or slow engine."""

from __future__ import annotations

from typing import ClassVar

from studio.core.text import Text
from studio.plans.faults.base import DrillFault, Shadow


class NetworkCut(DrillFault):
    """One stream's line is cut."""

    name: ClassVar[str] = "network_cut"
    label: ClassVar[Text] = Text("一路断网", "One line cut")
    plan: ClassVar[str] = "output_down"

    def arm(self, shadow: Shadow) -> None:
        """The first of them."""
        next(iter(shadow.lines.values())).cut()

    def clear(self, shadow: Shadow) -> None:
        """All lines pass."""
        for line in shadow.lines.values():
            line.heal()


class NetworkCutAll(NetworkCut):
    """Every line is cut."""

    name: ClassVar[str] = "network_cut_all"
    label: ClassVar[Text] = Text("全部断网", "All lines cut")
    plan: ClassVar[str] = "outputs_all_down"
    also: ClassVar[frozenset[str]] = frozenset({"output_down"})

    def arm(self, shadow: Shadow) -> None:
        """All of them."""
        for line in shadow.lines.values():
            line.cut()


class Stall(NetworkCut):
    """A line takes nothing more and stays open."""

    name: ClassVar[str] = "stall"
    label: ClassVar[Text] = Text("上行停滞", "Line stalled")
    plan: ClassVar[str] = "slow_uplink"
    also: ClassVar[frozenset[str]] = frozenset({"output_down"})
    notice_s: ClassVar[float] = 20.0

    def arm(self, shadow: Shadow) -> None:
        """The first of them."""
        next(iter(shadow.lines.values())).stall()


class LineReset(NetworkCut):
    """A line's connections are reset, over and over."""

    name: ClassVar[str] = "reset"
    label: ClassVar[Text] = Text("连接被重置", "Connections reset")

    def arm(self, shadow: Shadow) -> None:
        """The first of them."""
        next(iter(shadow.lines.values())).reset()


class SlowLine(Stall):
    """A line takes a tenth of what it has to."""

    name: ClassVar[str] = "slow"
    label: ClassVar[Text] = Text("上行变慢", "Line slow")
    notice_s: ClassVar[float] = 75.0
    rank: ClassVar[int] = 1  # the bitrate stays lowered for a while

    def arm(self, shadow: Shadow) -> None:
        """The first of them."""
        next(iter(shadow.lines.values())).slow()


class StreamRefused(DrillFault):
    """The platform turns a stream away."""

    name: ClassVar[str] = "refused"
    label: ClassVar[Text] = Text("平台拒绝推流", "Platform refuses the stream")
    plan: ClassVar[str] = "platform_refused"
    also: ClassVar[frozenset[str]] = frozenset({"output_down"})
    notice_s: ClassVar[float] = 20.0

    def arm(self, shadow: Shadow) -> None:
        """Its key is no longer good."""
        shadow.refuse_stream(True)

    def clear(self, shadow: Shadow) -> None:
        """The key is good again."""
        shadow.refuse_stream(False)


class EngineKill(DrillFault):
    """The engine is killed."""

    name: ClassVar[str] = "engine_kill"
    label: ClassVar[Text] = Text("引擎被杀", "Engine killed")
    plan: ClassVar[str] = "engine_restarted"
    notice_s: ClassVar[float] = 20.0
    rank: ClassVar[int] = 2  # another engine answers from then on

    def arm(self, shadow: Shadow) -> None:
        """kill -9."""
        shadow.kill_engine()

    def clear(self, shadow: Shadow) -> None:
        """It was started again already."""


class Overloaded(DrillFault):
    """The machine has no time for the engine."""

    name: ClassVar[str] = "overload"
    label: ClassVar[Text] = Text("机器过载", "Machine overloaded")
    plan: ClassVar[str] = "machine_overloaded"
    notice_s: ClassVar[float] = 30.0
    also: ClassVar[frozenset[str]] = frozenset({"encoder_drops", "output_down", "slow_uplink"})

    def arm(self, shadow: Shadow) -> None:
        """It is stopped for moments."""
        shadow.slow_engine(True)

    def clear(self, shadow: Shadow) -> None:
        """It runs."""
        shadow.slow_engine(False)
