"""Reach lists in the funnel: who agreed, by segment; a list as a file; which were written."""

from __future__ import annotations

from typing import Any

import msgspec
from PySide6.QtWidgets import QWidget

from studio.insight.reach.model import SEGMENTS, ReachRow
from ui.client import Reply
from ui.desk import Desk
from ui.format import day_clock
from ui.i18n import said, t
from ui.widgets.basics import Button, TextLabel, column
from ui.widgets.flow import Flow
from ui.widgets.pop_form import PopForm

USUAL = "ads"
MOST_LINES = 8


class ReachBox(QWidget):
    """Buttons for a count and a list, and the lists there are.

    Args:
        desk: runs commands.
    """

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.counts: dict[str, int] = {}
        self.rows: list[ReachRow] = []
        self._made: tuple[int, str] | None = None
        self.count = Button("", clicked=self._count)
        self.write = Button("", clicked=self._open_form)
        self.says = TextLabel(size=12, tone="muted", wraps=True)
        page = column(gap=4)
        page.addLayout(Flow(self.count, self.write))
        page.addWidget(self.says)
        self.setLayout(page)

    def retext(self) -> None:
        """In the present language."""
        for button, name in ((self.count, "reach_count"), (self.write, "reach_write")):
            button.setText(t(f"funnel.{name}"))
            button.name(t(f"funnel.{name}"), t(f"funnel.{name}_tip"))
        self._show()

    def look(self) -> None:
        """Asks which lists there are."""
        self.desk.actions.run("reach.lists", {}, origin=self.write, done=self._listed)

    def _count(self) -> None:
        args = {"purpose": USUAL}
        self.desk.actions.run("reach.count", args, origin=self.count, done=self._counted)

    def _counted(self, reply: Reply) -> None:
        if reply.ok and isinstance(reply.answer, dict):
            self.counts = dict(reply.answer["segments"])
            self._show()

    def _open_form(self) -> None:
        words = {segment: self._named(segment) for segment in SEGMENTS}
        schema: dict[str, Any] = {
            "type": "object",
            "properties": {
                "segment": {"type": "string", "enum": list(SEGMENTS), "default": SEGMENTS[0],
                            "x-words": {id: (name, name) for id, name in words.items()},
                            "x-zh": "分群", "x-en": "Segment"},
                "purpose": {"type": "string", "default": USUAL, "x-zh": "用途（与登记的同意一致）",
                            "x-en": "Purpose (as consented to)"},
                "reason": {"type": "string", "default": "", "x-zh": "理由（记入流水）",
                           "x-en": "Reason (noted in the journal)"},
                "full": {"type": "boolean", "default": False, "x-zh": "不打码（限负责人）",
                         "x-en": "Not masked (the owner)"},
            },
        }  # fmt: skip
        values = {"segment": SEGMENTS[0], "purpose": USUAL}
        PopForm(self.write, t("funnel.reach_write"), schema, values, self._write).open()

    def _named(self, segment: str) -> str:
        name = said(f"reach.segment_{segment}")
        return f"{name} · {self.counts[segment]}" if segment in self.counts else name

    def _write(self, given: dict[str, Any]) -> None:
        args = {
            "segment": given.get("segment") or SEGMENTS[0],
            "purpose": str(given.get("purpose") or USUAL).strip(),
            "reason": str(given.get("reason", "")).strip(),
            "full": bool(given.get("full", False)),
        }
        self.desk.actions.run("reach.write", args, origin=self.write, done=self._written)

    def _written(self, reply: Reply) -> None:
        if reply.ok and isinstance(reply.answer, dict):
            self._made = int(reply.answer["count"]), str(reply.answer["file"])
            self.look()

    def _listed(self, reply: Reply) -> None:
        if reply.ok and isinstance(reply.answer, dict):
            self.rows = msgspec.convert(reply.answer["lists"], list[ReachRow])
            self._show()

    def _show(self) -> None:
        lines = []
        if self._made is not None:
            lines.append(
                said("reach.written", dict(zip(("count", "file"), self._made, strict=True)))
            )
        if self.counts:
            agreed = self.counts["everyone"]
            some = [
                f"{said(f'reach.segment_{id}')} {count}"
                for id, count in self.counts.items()
                if count and id != "everyone"
            ]
            lines.append(t("funnel.reach_counts", n=agreed, some=" · ".join(some) or "-"))
        lines += [
            t("funnel.reach_row", at=day_clock(row.at_utc), n=row.people, back=row.withdrawn,
              segment=said(f"reach.segment_{row.segment}"), purpose=row.purpose,
              who=row.operator or "-", why=row.reason)
            for row in self.rows[:MOST_LINES]
        ]  # fmt: skip
        self.says.setText("\n".join(lines) or t("funnel.reach_none"))
