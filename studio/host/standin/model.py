"""The stand-in as plain data."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

VoiceState = Literal["off", "absent", "starting", "ready", "failed"]
"""Of the process that makes its sound; absent: there is no model."""


class StandInPart(msgspec.Struct, frozen=True):
    """What the show keeps.

    Attributes:
        scene: it comes in with; "" is the first that has it.
        has_voice: it is heard, where the model of the voice is there.
        voice: name of its voice; "" is the usual one of the show's language.
        speed: of its voice; 1 is as the voice was made.
    """

    scene: Annotated[str, msgspec.Meta(max_length=200)] = ""
    has_voice: bool = True
    voice: Annotated[str, msgspec.Meta(max_length=40)] = ""
    speed: Annotated[float, msgspec.Meta(ge=0.5, le=2.0)] = 1.0


class StandInView(msgspec.Struct, frozen=True):
    """The stand-in as desks and its source see it.

    Attributes:
        scenes: that have it; none: there is nobody who could come in.
        is_in: it is on programme.
        is_speaking: it says ``text`` now.
        is_waiting: its sentence is being made and begins when it is.
        has_voice: ``text`` is heard; without a voice it moves its mouth, and its words stand
            under it.
        voice, speed: its voice by name ("" is none).
        voice_state: of the process that makes its sound.
        sound: name of the sound of ``text`` (`studio.media.spoken`); "" without a voice.
        run: counts what it began or stopped to say: its source goes by that.
        mouths: mouth shapes of ``text``, one sign each 25 ms.
        said: ids of the lines of this product that it said.
    """

    scenes: tuple[str, ...] = ()
    is_in: bool = False
    is_speaking: bool = False
    is_waiting: bool = False
    has_voice: bool = False
    voice: str = ""
    speed: float = 1.0
    voice_state: VoiceState = "off"
    sound: str = ""
    run: int = 0
    text: str = ""
    mouths: str = ""
    product: str = ""
    said: tuple[str, ...] = ()
