"""What happens in a game, written down as it happens, so that a kill of the engine loses nothing.

A file a game: its rules, seed and answer, then each entry and step, a JSON line each. Played again
in order they come to the same game. It is readable by the user alone and gone with the game.
"""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from studio.core.clean import lines_of, read_json, write_json
from studio.core.clock import NS, now_ns
from studio.core.log import logger
from studio.core.paths import data_dir
from studio.shop.games.draw import BEACON_S, Draw
from studio.shop.games.model import DrawRules, Heard

_log = logger(__name__)
Step = dict[str, Any]


def running_path(id: str, commitment: str) -> Path:
    """The file of a game that runs."""
    return data_dir() / "draws" / "running" / f"{id}-{commitment[:12]}.jsonl"


class RunningGames:
    """Writes steps of games in a thread of its own, in order, as soon as they come."""

    def __init__(self) -> None:
        self._steps: queue.SimpleQueue[tuple[Path, Step | None] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def put(self, draw: Draw, step: Step) -> None:
        """Writes a step down; returns at once."""
        self._later(running_path(draw.id, draw.commitment), step)

    def begin(self, draw: Draw) -> None:
        """A new game."""
        rules = msgspec.to_builtins(draw.rules)
        step = {"do": "put", "id": draw.id, "rules": rules, "seed": draw.seed}
        self.put(draw, {**step, "answer": draw.told_answer})

    def heard(self, draw: Draw, comment: Heard, at_ns: int) -> None:
        """A comment that counted."""
        self.put(draw, {"do": "hear", "at": at_ns, "comment": msgspec.to_builtins(comment)})

    def forget(self, draw: Draw) -> None:
        """The game is over and done with."""
        self._later(running_path(draw.id, draw.commitment), None)

    def close(self) -> None:
        """Writes what waits."""
        if self._thread is not None:
            self._steps.put(None)
            self._thread.join(5.0)
            self._thread = None

    def _later(self, path: Path, step: Step | None) -> None:
        self._steps.put((path, step))
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="games", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while True:
            item = self._steps.get()
            if item is None:
                return
            path, step = item
            try:
                if step is None:
                    path.unlink(missing_ok=True)
                else:
                    _append(path, "\n" + write_json(step))  # never joined to a line that was cut
            except OSError as error:
                _log.error("the game in %s cannot be written down: %s", path, error)


def _append(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    there = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(there, text.encode())
    finally:
        os.close(there)


def read_running(id: str, commitment: str) -> Draw | None:
    """Plays a game again from its file; None where there is none.

    A last line that was cut by the kill is left out.
    """
    try:
        text = running_path(id, commitment).read_text(encoding="utf-8")
    except OSError:
        return None
    draw: Draw | None = None
    for step in _steps(text):
        try:
            if step["do"] == "put":
                rules = msgspec.convert(step["rules"], DrawRules)
                draw = Draw(step["id"], rules, step["seed"], step["answer"])
            elif draw is not None:
                _play(draw, step)
        except Exception:  # one step that cannot be played does not lose the others
            _log.exception("a step of game %s was left out", id)
    if draw is not None and draw.closed_ns > now_ns():  # the machine was started again
        draw.closed_ns = now_ns() - int(BEACON_S * NS)
    if draw is not None and draw.opened_ns > now_ns():
        draw.opened_ns = now_ns()
    return draw


def _steps(text: str) -> Iterator[Step]:
    for line in lines_of(text):
        with suppress(ValueError):
            step = read_json(line) if line.strip() else None
            if isinstance(step, dict) and "do" in step:
                yield step


def _play(draw: Draw, step: Step) -> None:
    do = step["do"]
    if do == "open":
        draw.open(step.get("at"))
    elif do == "hear":
        draw.hear(msgspec.convert(step["comment"], Heard), step["at"])
    elif do == "close":
        draw.close(step["at"], set(step["muted"]))
    elif do == "draw":
        draw.draw(step["at"])
    elif do == "next":
        draw.pass_over(step["entry"])
    elif do == "claim":
        draw.claim(step["entry"])
    elif do == "proof":
        draw.proof_path = step["path"]
