"""Actions after a show: put with the figure they are to move, and what the last ones did."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QWidget

from ui.client import Reply
from ui.desk import Desk
from ui.i18n import language, pick, t
from ui.widgets.basics import Button
from ui.widgets.pop_form import PopForm

NONE = "none"


class ShowActions:
    """Two buttons of the history.

    Args:
        desk: runs commands.
        ask: shows an answer: called with a command, its arguments and the button.
        show: the chosen show.
    """

    def __init__(
        self, desk: Desk, ask: Callable[[str, dict[str, Any], QWidget], None],
        show: Callable[[], str],
    ) -> None:  # fmt: skip
        self._desk, self._ask, self._show = desk, ask, show
        self.put = Button("", clicked=self._open)
        self.effects = Button("", clicked=self._look)

    def retext(self) -> None:
        """In the present language."""
        for button, name in ((self.put, "put"), (self.effects, "effects")):
            button.setText(t(f"history.{name}"))
            button.name(t(f"history.{name}"), t(f"history.{name}_tip"))

    def _look(self) -> None:
        args = {"show": self._show() or "last", "language": language.code}
        self._ask("insight.effects", args, self.effects)

    def _open(self) -> None:
        figures = self._desk.store.insight.figures
        names = {figure.id: pick(figure.label) for figure in figures}
        schema: dict[str, Any] = {
            "type": "object",
            "properties": {
                "what": {"type": "string", "default": "", "x-zh": "做什么", "x-en": "What"},
                "owner": {"type": "string", "default": "", "x-zh": "谁负责", "x-en": "Who"},
                "until": {"type": "string", "default": "", "x-zh": "哪天之前（空为一周后）",
                          "x-en": "Until (2026-12-01; empty: in a week)"},
                "metric": {"type": "string", "enum": [NONE, *names], "default": NONE,
                           "x-words": {NONE: ("（不比较）", "(none)"),
                                       **{id: (name, name) for id, name in names.items()}},
                           "x-zh": "要改善的指标", "x-en": "Figure it is to move"},
            },
        }  # fmt: skip
        PopForm(self.put, t("history.put"), schema, {"metric": NONE}, self._save).open()

    def _save(self, given: dict[str, Any]) -> None:
        metric = str(given.get("metric") or NONE)
        args = {name: str(given.get(name, "")).strip() for name in ("what", "owner", "until")}
        args["metric"] = "" if metric == NONE else metric
        self._desk.actions.run("actions.put", args, origin=self.put, done=self._saved)

    def _saved(self, reply: Reply) -> None:
        if reply.ok:
            self._look()
