"""Faults of pictures and sound: frozen, unplugged, black, all of them, silent, too loud."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from studio.core.text import Text
from studio.plans.faults.base import DrillFault, Shadow

BLACK = "drill-black"
STANDBY_IS_SILENT = Text("垫片期间节目没有声音", "the programme is silent on standby")


class Freeze(DrillFault):
    """The main camera gives the same picture for ever."""

    name: ClassVar[str] = "freeze"
    label: ClassVar[Text] = Text("主机位冻结", "Main camera frozen")
    plan: ClassVar[str] = "source_lost"

    def arm(self, shadow: Shadow) -> None:
        """It stands still."""
        shadow.run("sources.fault", name=shadow.main, fault="frozen")

    def clear(self, shadow: Shadow) -> None:
        """It moves."""
        shadow.run("sources.fault", name=shadow.main, fault="none")


class Unplug(Freeze):
    """The main camera is unplugged."""

    name: ClassVar[str] = "unplug"
    label: ClassVar[Text] = Text("主机位拔线", "Main camera unplugged")

    def arm(self, shadow: Shadow) -> None:
        """Nothing comes."""
        shadow.run("sources.fault", name=shadow.main, fault="lost")


class AllCameras(DrillFault):
    """Every camera is unplugged."""

    name: ClassVar[str] = "unplug_all"
    label: ClassVar[Text] = Text("全部机位拔线", "All cameras unplugged")
    plan: ClassVar[str] = "cameras_all_down"
    also: ClassVar[frozenset[str]] = frozenset({"source_lost"})

    def arm(self, shadow: Shadow) -> None:
        """Nothing comes from any of them."""
        for source in shadow.moving:
            shadow.run("sources.fault", name=source, fault="lost")

    def clear(self, shadow: Shadow) -> None:
        """All of them move."""
        for source in shadow.moving:
            shadow.run("sources.fault", name=source, fault="none")


class Black(DrillFault):
    """The main camera gives black: a lens cap, a protected signal."""

    name: ClassVar[str] = "black"
    label: ClassVar[Text] = Text("主机位黑屏", "Main camera black")
    plan: ClassVar[str] = "black_picture"

    def __init__(self) -> None:
        self._before: dict[str, Any] | None = None

    def arm(self, shadow: Shadow) -> None:
        """It plays a film of nothing but black."""
        spec = next(row for row in shadow.part("sources") if row["name"] == shadow.main)
        self._before = dict(spec["settings"])
        shadow.run("sources.edit", name=shadow.main, settings={"path": f"{BLACK}.mp4"})

    def clear(self, shadow: Shadow) -> None:
        """Its own picture."""
        if self._before is not None:
            shadow.run("sources.edit", name=shadow.main, settings=self._before, replace_all=True)


class Silence(DrillFault):
    """The microphone gives nothing."""

    name: ClassVar[str] = "silence"
    label: ClassVar[Text] = Text("麦克风无声", "Microphone silent")
    plan: ClassVar[str] = "microphone_silent"
    notice_s: ClassVar[float] = 14.0

    def arm(self, shadow: Shadow) -> None:
        """Below what a room gives."""
        shadow.run("sources.edit", name=shadow.microphone, settings={"level_db": -90.0})

    def clear(self, shadow: Shadow) -> None:
        """As loud as before."""
        shadow.run("sources.edit", name=shadow.microphone, settings={"level_db": -30.0})


class Loud(DrillFault):
    """Somebody left the master up."""

    name: ClassVar[str] = "loud"
    label: ClassVar[Text] = Text("总音量过高", "Master far too loud")
    plan: ClassVar[str] = "sound_loud"
    notice_s: ClassVar[float] = 25.0
    hidden_by: ClassVar[Mapping[str, Text]] = dict.fromkeys(
        ("freeze", "unplug", "unplug_all", "black"), STANDBY_IS_SILENT
    )

    def __init__(self) -> None:
        self._before = 0.0

    def arm(self, shadow: Shadow) -> None:
        """Far above the target."""
        self._before = float(shadow.part("sound")["master_db"])
        shadow.run("sources.edit", name=shadow.microphone, settings={"level_db": -3.0})
        shadow.run("sound.master", gain_db=20.0)

    def clear(self, shadow: Shadow) -> None:
        """As before."""
        shadow.run("sound.master", gain_db=self._before)
        shadow.run("sources.edit", name=shadow.microphone, settings={"level_db": -30.0})
