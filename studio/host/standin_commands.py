"""The stand-in from outside: in, say, stop, back."""

from __future__ import annotations

from typing import Annotated, Protocol

import msgspec

from studio.core.command import Changed, Role, changed, command
from studio.core.errors import StudioError
from studio.host.standin.model import StandInPart
from studio.host.voice.model_files import VOICES

SceneWord = Annotated[str, msgspec.Meta(max_length=200)]
ProductWord = Annotated[str, msgspec.Meta(max_length=200)]
VoiceWord = Annotated[str, msgspec.Meta(max_length=40)]
Speed = Annotated[float, msgspec.Meta(ge=0.5, le=2.0)]
LineWord = Annotated[str, msgspec.Meta(max_length=60)]


class StandInRoom(Protocol):
    """The stand-in of this show."""

    async def come_in(self, scene: str) -> None: ...

    async def go(self) -> None: ...

    def say(self, product: str, line: str) -> str: ...

    def stop_speech(self) -> None: ...

    @property
    def part(self) -> StandInPart: ...

    def choose_voice(self, part: StandInPart) -> None: ...


class StandInCommands:
    """The AI host that takes over."""

    def __init__(self, room: StandInRoom) -> None:
        self._room = room

    @command(
        "host.stand_in",
        role=Role.CONTROLLER,
        label=("数字人上场", "The stand-in comes in"),
        help=(
            "把有数字人的场景切到直播，画面始终带“AI 生成”；scene 为空时用第一个有数字人的场景。",
            "Takes the scene with the stand-in; the picture bears the AI label as long as it is "
            "there. An empty scene is the first that has it.",
        ),
    )
    async def stand_in(self, scene: SceneWord = "") -> Changed:
        await self._room.come_in(scene)
        return changed("standin", "scenes")

    @command(
        "host.back",
        role=Role.CONTROLLER,
        label=("主播回来", "The host is back"),
        help=("数字人停下，切回它上场前的场景。", "It stops, and the scene before it comes back."),
    )
    async def back(self) -> Changed:
        await self._room.go()
        return changed("standin", "scenes")

    @command(
        "host.say",
        role=Role.CONTROLLER,
        label=("数字人说一句", "The stand-in says a line"),
        help=(
            "说已接受脚本里的一句（空为下一句）；先过口播监测，通不过就不说。",
            "Says a line of the accepted script, or the next one; the guard judges it first, and "
            "what it does not let through is not said.",
        ),
    )
    def say(self, line: LineWord = "", product: ProductWord = "") -> Changed:
        return changed("standin", result={"text": self._room.say(product, line)})

    @command(
        "host.stop",
        role=Role.STREAMER,
        label=("数字人停", "The stand-in stops"),
        help=("数字人马上停下不说。", "It stops speaking at once."),
    )
    def stop(self) -> Changed:
        self._room.stop_speech()
        return changed("standin")

    @command(
        "host.voice",
        role=Role.CONTROLLER,
        label=("数字人的声音", "Voice of the stand-in"),
        help=(
            "开关数字人的声音，选音色和语速；voice 为空时用节目语言的常用音色。从下一句起生效。",
            "Turns its voice on or off and chooses voice and speed; an empty voice is the usual "
            "one of the show's language. From the next sentence on.",
        ),
    )
    def voice(self, on: bool = True, voice: VoiceWord = "", speed: Speed = 1.0) -> Changed:
        if voice and voice not in VOICES:
            raise StudioError("not_found", "voice.no_voice", voice=voice, known=", ".join(VOICES))
        part = msgspec.structs.replace(
            self._room.part, has_voice=on, voice=voice, speed=round(speed, 2)
        )
        self._room.choose_voice(part)
        return changed("standin")
