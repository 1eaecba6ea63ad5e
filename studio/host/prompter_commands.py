"""The prompter from outside: a window, a place, a hand, a voice, a speed."""

from __future__ import annotations

from typing import Annotated, Literal, Protocol

import msgspec
from msgspec.structs import replace

from studio.core.command import Changed, Role, changed, command, only_given
from studio.host.prompter.model import (
    PrompterMode,
    PrompterPart,
    PrompterView,
    SignsPerSecond,
    TextSize,
)
from studio.host.prompter.place import Place

LineNumber = Annotated[int, msgspec.Meta(ge=0, le=10_000)]
LineSteps = Annotated[int, msgspec.Meta(ge=-10_000, le=10_000)]
SignOffset = Annotated[float, msgspec.Meta(ge=0, le=100_000)]
HeardWords = Annotated[str, msgspec.Meta(max_length=2_000)]
ScreenName = Annotated[str, msgspec.Meta(max_length=200)]


class PrompterRoom(Protocol):
    """The prompter of this show."""

    part: PrompterPart
    mode: PrompterMode

    def place(self) -> Place: ...

    def jump(self, line: int, offset: float, *, by_hand: bool) -> None: ...

    def set_mode(self, mode: PrompterMode) -> None: ...

    def set_part(self, part: PrompterPart) -> None: ...

    def heard(self, words: str) -> Place: ...

    def want_window(self, screen: str, mirror: str) -> None: ...

    def view(self) -> PrompterView: ...


class PrompterCommands:
    """The text the host reads."""

    def __init__(self, room: PrompterRoom) -> None:
        self._room = room

    @command(
        "prompter.open",
        role=Role.STREAMER,
        label=("打开提词器", "Open the prompter"),
        help=(
            "在控制台打开提词窗口；screen 为显示器序列号或名称（空为窗口），mirror 为镜像方向。",
            "Opens a prompter window on the desk; screen is a display by serial number or name "
            "(empty: a window), mirror how it is mirrored.",
        ),
    )
    def open(self, screen: ScreenName = "", mirror: Literal["", "h", "v", "hv"] = "") -> Changed:
        self._room.want_window(screen, mirror)
        return changed()

    @command(
        "prompter.jump",
        role=Role.STREAMER,
        label=("提词跳转", "Jump in the prompter"),
        help=(
            "跳到第几句（从 0 起），或前后几句；hold 为由手控制，直到 prompter.follow。"
            "mode 是之后由什么推动（撤销用）。",
            "Goes to a line (from 0), or some lines on or back; with hold it stays in your hand "
            "until prompter.follow. mode is what moves it afterwards; for undo.",
        ),
    )
    def jump(
        self,
        line: LineNumber | None = None,
        by: LineSteps = 0,
        offset: SignOffset = 0.0,
        hold: bool = True,
        mode: PrompterMode | None = None,
    ) -> Changed:
        here, before = self._room.place()[0], self._room.view()
        self._room.jump((here if line is None else line) + by, offset, by_hand=hold)
        if mode is not None:
            self._room.set_mode(mode)
        return changed("prompter", undo=self._back(before))

    @command(
        "prompter.follow",
        role=Role.STREAMER,
        label=("提词跟随", "Follow in the prompter"),
        help=(
            "松手：跟着声音走；没有声音时按设定速度滚动并提示。voice=false 只按速度滚动。",
            "Lets go: it follows the voice, or rolls at its speed where there is none and says "
            "so; voice=false only rolls.",
        ),
    )
    def follow(self, voice: bool = True) -> Changed:
        before = self._room.view()
        self._room.set_mode("follow" if voice else "roll")
        return changed("prompter", undo=self._released(before))

    @command(
        "prompter.stop",
        role=Role.STREAMER,
        label=("提词停住", "Stop the prompter"),
        help=("停在这里不动。", "It stays where it is."),
    )
    def stop(self) -> Changed:
        before = self._room.view()
        self._room.set_mode("still")
        return changed("prompter", undo=self._released(before))

    @command(
        "prompter.speed",
        role=Role.STREAMER,
        label=("提词速度与字号", "Prompter speed and size"),
        help=(
            "每秒滚动多少字；字号按 1080 高的屏幕计。",
            "Signs a second; size of the text on a screen 1080 high.",
        ),
    )
    def speed(self, signs: SignsPerSecond | None = None, size: TextSize | None = None) -> Changed:
        before = self._room.part
        self._room.set_part(
            replace(
                before,
                speed=before.speed if signs is None else signs,
                size=before.size if size is None else size,
            )
        )
        was = {"signs": before.speed, "size": before.size}
        undo = {name: was[name] for name in only_given(signs=signs, size=size)}
        return changed("prompter", undo=("prompter.speed", undo))

    @command(
        "prompter.heard",
        role=Role.STREAMER,
        label=("提词听到", "Heard by the prompter"),
        help=(
            "把识别到的词交给提词器：跟随时文字走到对应的位置。",
            "Hands recognised words to the prompter: when it follows, the text goes there.",
        ),
    )
    def heard(self, words: HeardWords) -> Changed:
        line, offset = self._room.heard(words)
        return changed("prompter", result={"line": line, "offset": round(offset, 1)})

    @staticmethod
    def _back(before: PrompterView) -> tuple[str, dict[str, object]]:
        args: dict[str, object] = {"line": before.line, "offset": before.offset}
        return "prompter.jump", {**args, "hold": False, "mode": before.mode}

    @classmethod
    def _released(cls, before: PrompterView) -> tuple[str, dict[str, object]]:
        """What moved it before moves it again."""
        if before.mode == "hand":
            return cls._back(before)
        if before.mode == "still":
            return "prompter.stop", {}
        return "prompter.follow", {"voice": before.mode == "follow"}
