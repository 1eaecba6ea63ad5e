"""The prompter as a service: its text, its place, and whose hand or voice moves it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Protocol

from studio.core.clock import NS, now_ns
from studio.core.errors import StudioError
from studio.core.event import Events
from studio.core.service import Every, Service, ShowContext
from studio.core.state import State
from studio.host.events import PrompterWanted
from studio.host.follower import TextFollower
from studio.host.prompter.model import (
    PrompterLine,
    PrompterMode,
    PrompterPart,
    PrompterRun,
    PrompterView,
)
from studio.host.prompter.place import Place, kept_place, moved
from studio.host.prompter.texts import ScriptsOfShow, item_lines, script_lines
from studio.host.prompter_commands import PrompterCommands
from studio.host.rundown.model import RundownItem, RundownPart, RundownRun
from studio.shop.catalogue import Catalogue

TICK_S = 0.25
VOICE_S = 6.0
"""So long after the last word that was heard the voice still counts."""


class RunningShow(Protocol):
    """The rundown, and which item is on."""

    part: RundownPart
    run: RundownRun


class PrompterService(Service):
    """One text and one place for every window that shows it.

    Args:
        rundown, catalogue: say what is on.
        scripts: what is said about a product.
        events, state: told, and watched for another text.
    """

    name: ClassVar[str] = "prompter"
    Part: ClassVar[Any] = PrompterPart
    View: ClassVar[Any] = PrompterView
    Checkpoint: ClassVar[Any] = PrompterRun

    def __init__(
        self,
        rundown: RunningShow,
        scripts: ScriptsOfShow,
        catalogue: Catalogue,
        events: Events,
        state: State,
    ) -> None:
        self._rundown, self._scripts, self._catalogue = rundown, scripts, catalogue
        self._events, self._state = events, state
        self.part = PrompterPart()
        self.mode: PrompterMode = "still"
        self.lines: tuple[PrompterLine, ...] = ()
        self._title = self._source = ""
        self._place: Place = (0, 0.0)
        self._since_ns = 0
        self._turn = 0
        self._heard_ns = 0
        self._follower = TextFollower(())
        self._told: object = None
        self._commands = (PrompterCommands(self),)
        self.every = (Every("prompter", TICK_S, self._tick),)
        state.watch(("rundown", "script", "shop"), self._look)

    def commands(self) -> Sequence[object]:
        """Open, jump, follow, speed, heard."""
        return self._commands

    # -- the show ------------------------------------------------------------------------------

    async def reset(self) -> None:
        """No text, and nothing moves."""
        self.part, self.mode = PrompterPart(), "still"
        self.lines, self._title, self._source = (), "", ""
        self._put_place((0, 0.0))
        self._turn, self._heard_ns, self._told = 0, 0, None
        self._follower = TextFollower(())

    async def load(self, part: Any, context: ShowContext) -> None:
        """Takes over speed and size."""
        self.part = part

    async def ready(self, context: ShowContext) -> None:
        """The text of what is on."""
        self._look()

    def save(self) -> PrompterPart:
        """As it is now."""
        return self.part

    def view(self) -> PrompterView:
        """The text and the place in it."""
        line, offset = self.place()
        return PrompterView(
            self._title, self._source, self.lines, line, round(offset, 2), self.mode,
            self.part.speed, self.part.size, self._is_voice(), self._turn,
        )  # fmt: skip

    def checkpoint(self) -> PrompterRun:
        """Where it is."""
        line, offset = self.place()
        id = self.lines[line].id if line < len(self.lines) else ""
        return PrompterRun(self._source, id, round(offset, 1), self.mode)

    async def restore(self, kept: Any) -> None:
        """Goes on where it was, if the text is the same."""
        self._look()
        if kept.source != self._source:
            return
        ids = [line.id for line in self.lines]
        if kept.line in ids:
            self._put_place((ids.index(kept.line), kept.offset))
        self.mode = kept.mode

    # -- the place -----------------------------------------------------------------------------

    def place(self) -> Place:
        """Where it is now."""
        if not self._is_rolling():
            return self._place
        gone = (now_ns() - self._since_ns) / NS
        return moved(self.lines, self._place, gone * self.part.speed)

    def jump(self, line: int, offset: float, *, by_hand: bool) -> None:
        """Goes somewhere at once.

        Args:
            by_hand: it stays there until `follow` releases it.

        Raises:
            StudioError: conflict, when there is no text.
        """
        if not self.lines:
            raise StudioError("conflict", "prompter.empty")
        self._put_place((max(0, min(line, len(self.lines) - 1)), max(0.0, offset)))
        self._turn += 1
        self._follower.go(*self._place)
        if by_hand:
            self.mode = "hand"
        self._state.touch("prompter")

    def set_mode(self, mode: PrompterMode) -> None:
        """Another hand moves it: "follow" and "roll" go on from where it is."""
        self._put_place(self.place())
        self._follower.go(*self._place)
        self.mode = mode
        self._state.touch("prompter")

    def set_part(self, part: PrompterPart) -> None:
        """Another speed or size; the place stays."""
        self._put_place(self.place())
        self.part = part

    def heard(self, words: str) -> Place:
        """Words that were recognised: in "follow" the text goes to where they are."""
        self._heard_ns = now_ns()
        found = self._follower.hear(words)
        if self.mode == "follow" and found is not None:
            self._put_place(found)
            self._state.touch("prompter")
        return self.place()

    def want_window(self, screen: str, mirror: str) -> None:
        """Asks the desks to open a window."""
        self._events.publish(PrompterWanted(screen=screen, mirror=mirror))

    def _is_voice(self) -> bool:
        return bool(self._heard_ns) and now_ns() - self._heard_ns < VOICE_S * NS

    def _is_rolling(self) -> bool:
        return self.mode == "roll" or (self.mode == "follow" and not self._heard_ns)

    def _put_place(self, place: Place) -> None:
        self._place, self._since_ns = place, now_ns()

    # -- the text ------------------------------------------------------------------------------

    def _look(self) -> None:
        """Another item is on, or its words changed."""
        source, title, lines = self._text()
        if (source, title, lines) == (self._source, self._title, self.lines):
            return
        if source != self._source:
            self._put_place((0, 0.0))
            self._turn += 1
        else:
            self._put_place(kept_place(self.lines, lines, self.place()))
        self._source, self._title, self.lines = source, title, lines
        self._follower = TextFollower(tuple(line.text for line in lines))
        self._follower.go(*self._place)
        self._state.touch("prompter")

    def _text(self) -> tuple[str, str, tuple[PrompterLine, ...]]:
        run = self._rundown.run
        item = next((i for i in self._rundown.part.items if i.id == run.item), None)
        product = item.product if item is not None else self._catalogue.state.explaining
        script = self._scripts.script_view(product) if product else None
        if item is None and script is None:
            return "", "", ()
        title = item.title if item is not None else script.name if script else ""
        source = f"item:{item.id}" if item is not None else f"product:{product}"
        if script is not None and script.lines:
            return source, title or script.name, script_lines(script)
        return source, title, item_lines(item or RundownItem("none"))

    def _tick(self) -> None:
        """Windows go on by themselves; others hear of each new line."""
        if self._heard_ns and not self._is_voice() and self.mode == "follow":
            self._put_place(self.place())  # the voice is gone: it rolls from here, and says so
            self._heard_ns = 0
            self._state.touch("prompter")
        told = (self.place()[0], self._is_voice())
        if told != self._told and self.lines:
            self._told = told
            self._state.touch("prompter")
