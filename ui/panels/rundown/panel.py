"""The rundown: what is on, what is next, how late it is; drafted, imported and edited in place."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec.structs import replace
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFileDialog, QHeaderView, QVBoxLayout, QWidget

from studio.host.rundown.model import RundownItem
from ui.client import Reply
from ui.format import ms_short
from ui.i18n import pick, t
from ui.listen import listen
from ui.models.rundown import RUNS
from ui.panels.base import Panel
from ui.panels.rundown.strip import RundownStrip
from ui.panels.rundown.table import TITLE, RundownModel, typed_length
from ui.panels.spot import BOTTOM, LEFT, RIGHT, Spot
from ui.prompters import name_button, prompter_button
from ui.theme import tokens
from ui.widgets.basics import Button, TextLabel, column, row
from ui.widgets.plain import plain
from ui.widgets.pop_form import PopForm
from ui.widgets.rows_table import rows_table

FILES = "*.csv *.tsv *.txt *.xlsx *.xls *.ods *.docx *.json *.srt *.vtt"
TOLD_LINES = 12
SHOWN_LINES = 4
KINDS = ("talk", "product", "offer", "game", "break")


class RundownPanel(Panel):
    """Edit before the show; begin, next, pause and catch up while it runs."""

    id = "rundown"
    rank = 22
    spots = {
        "controller": Spot(BOTTOM, 2),
        "streamer": Spot(LEFT),
        "technician": Spot(BOTTOM, 2),
        "vertical": Spot(RIGHT, 1),
        "prepare": Spot(BOTTOM),
    }
    place = BOTTOM
    keys = (("F2", "rundown.key_edit"), ("Tab", "rundown.key_next"))

    def build(self) -> None:
        self.strip = RundownStrip()
        self.prompter = self.tool(prompter_button(self.desk))
        self.draft = Button("", clicked=self._draft)
        self.import_ = Button("", clicked=self._choose_file)
        self.new = self.tool(Button("", icon="plus", clicked=self._open_form))
        self.begin = Button("", "primary", clicked=lambda: self._run("rundown.begin"))
        self.forward = Button("", "primary", clicked=lambda: self._run("rundown.next"))
        self.hold = Button("", clicked=self._pause)
        self.end = Button("", clicked=lambda: self._run("rundown.end"))
        self.go = Button("", clicked=lambda: self._on_row("rundown.go"))
        self.remove = Button("", clicked=lambda: self._on_row("rundown.remove_item"))
        self.catch_up = Button("", "attention", clicked=lambda: self._run("rundown.catch_up"))
        self.model = RundownModel()
        self.table = rows_table(self.model, (70, 200, 62, 76, 96))
        heads = self.table.horizontalHeader()
        heads.setStretchLastSection(False)
        heads.setSectionResizeMode(TITLE, QHeaderView.ResizeMode.Stretch)
        self._empty = TextLabel(tone="muted", wraps=True)
        buttons = row(
            self.begin, self.forward, self.hold, self.end, self.catch_up, 1,
            self.draft, self.import_, self.go, self.remove, gap=6, margins=(12, 4, 12, 6),
        )  # fmt: skip
        self.difference = TextLabel(wraps=True)
        self._accept = Button("", "primary", clicked=self._take_over)
        self.leave = Button("", clicked=self._forget_import)
        self.import_box = QWidget()
        inside = column(gap=6, margins=(12, 6, 12, 6))
        inside.addWidget(self.difference)
        inside.addLayout(row(1, self.leave, self._accept, gap=6))
        self.import_box.setLayout(inside)
        self.import_box.hide()
        body = QWidget()
        layout = QVBoxLayout()
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.strip)
        layout.addLayout(buttons)
        layout.addWidget(self.import_box)
        layout.addWidget(self._empty, 1)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self.table, 1)
        body.setLayout(layout)
        self.add(body, 1)
        self._empty.setContentsMargins(tokens.px(12), tokens.px(8), tokens.px(12), tokens.px(8))
        self.model.retitled.connect(self._retitle)
        self.model.resized.connect(self._resize)
        listen(self, self.desk.store.changed, self._heard)
        self._tick = QTimer(self)
        self._tick.timeout.connect(self._go_on)
        self._tick.start(500)

    def retext(self) -> None:
        super().retext()
        name_button(self.prompter)
        named = (
            (self.draft, "draft"), (self.import_, "import"), (self.new, "new"),
            (self.begin, "begin"), (self.forward, "forward"), (self.end, "end"), (self.go, "go"),
            (self.remove, "remove"), (self._accept, "accept"), (self.leave, "leave"),
        )  # fmt: skip
        for button, word in named:
            button.setText(t(f"rundown.{word}"))
            button.name(t(f"rundown.{word}"), t(f"rundown.{word}_tip"))
        self._empty.setText(t("rundown.empty"))
        self.table.setAccessibleName(self.title())
        self._show()

    def _heard(self, part: str) -> None:
        if part == "rundown":
            self._show()
        elif part == "packs":
            self.model.show_alarms(self.desk.store.packs.findings)

    def _go_on(self) -> None:
        if self.isVisible() and self.desk.store.rundown.stage in RUNS:
            self.strip.show_rundown(self.desk.store.rundown)

    def _show(self) -> None:
        view = self.desk.store.rundown
        runs = view.stage in RUNS
        self.model.show_rundown(view)
        self.strip.show_rundown(view)
        self.strip.setVisible(bool(view.items))
        self.table.setVisible(bool(view.items))
        self._empty.setVisible(not view.items)
        for button in (self.forward, self.hold, self.end, self.go):
            button.setVisible(runs)
        self.begin.setVisible(bool(view.items) and not runs)
        for button in (self.draft, self.import_):
            button.setVisible(not runs)
        self.remove.setVisible(bool(view.items))
        word = "resume" if view.stage == "paused" else "hold"
        self.hold.setText(t(f"rundown.{word}"))
        self.hold.name(t(f"rundown.{word}"), t("rundown.hold_tip"))
        cut = sum(line.before_s - line.seconds for line in view.proposal)
        self.catch_up.setVisible(bool(cut))
        self.catch_up.setText(t("rundown.catch_up", time=ms_short(cut)))
        tip = "\n".join(
            f"{line.title}  {ms_short(line.before_s)} → {ms_short(line.seconds)}"
            for line in view.proposal[:TOLD_LINES]
        )
        if view.short_s:
            tip += "\n" + t("rundown.short", time=ms_short(view.short_s))
        self.catch_up.name(self.catch_up.text(), tip)
        self.head.count.setText(t("rundown.count", n=len(view.items)) if view.items else "")
        late = view.late_s if runs and view.late_s > 0 else 0
        self.head.show_badge(t("rundown.late", time=ms_short(late)) if late >= 60 else "")

    # -- hands ---------------------------------------------------------------------------------

    def _run(self, command: str, args: dict[str, Any] | None = None) -> None:
        self.desk.actions.run(command, args or {}, origin=self.strip)

    def _pause(self) -> None:
        self._run("rundown.pause", {"on": self.desk.store.rundown.stage != "paused"})

    def _on_row(self, command: str) -> None:
        item = self.model.item(self.table.currentIndex().row())
        if item is None:
            self.desk.say(self.table, t("rundown.choose_row"), "attention")
        else:
            self._run(command, {"item": item.item.id})

    def _item(self, id: str) -> RundownItem | None:
        items = self.desk.store.rundown.items
        return next((view.item for view in items if view.item.id == id), None)

    def _retitle(self, id: str, text: str) -> None:
        item = self._item(id)
        if item is not None and text.strip() not in ("", item.title):
            self._put(replace(item, title=text.strip()))

    def _resize(self, id: str, text: str) -> None:
        item, seconds = self._item(id), typed_length(text)
        if seconds is None or seconds > 86_400:
            self.desk.say(self.table, t("rundown.bad_length", text=text), "attention")
        elif item is not None and seconds != item.seconds:
            self._put(replace(item, seconds=seconds))

    def _put(self, item: RundownItem) -> None:
        self._run("rundown.put_item", {"item": msgspec.to_builtins(item)})

    def _draft(self) -> None:
        form = PopForm(self.draft, t("rundown.draft"), DRAFT, {}, self.draft_rundown)
        form.open()

    def draft_rundown(self, given: dict[str, Any]) -> None:
        args = {"minutes": int(given.get("minutes") or 0), "start": str(given.get("start", ""))}
        self._run("rundown.draft", args)

    def _open_form(self) -> None:
        goods = [("", "–"), *((p.id, f"{p.number:02d} {p.name}")
                              for p in self.desk.store.shop.products)]  # fmt: skip
        kinds = [(kind, t(f"rundown.kind_{kind}")) for kind in KINDS]
        choices = {"product": goods, "kind": kinds}
        form = PopForm(
            self.new, t("rundown.new"), ITEM, {"kind": "talk"}, self._made,
            lambda name: choices.get(name, ()),
        )  # fmt: skip
        form.open()

    def _made(self, given: dict[str, Any]) -> None:
        view = self.desk.store.rundown
        taken = {item.item.id for item in view.items}
        id = next(f"item-{n}" for n in range(1, 10_000) if f"item-{n}" not in taken)
        product = self.desk.store.shop.product(str(given.get("product", "")))
        title = str(given.get("title", "")).strip() or (product.name if product else "")
        item = RundownItem(
            id, title[:200], given.get("kind") or "talk", int(given.get("minutes") or 0) * 60,
            product=product.id if product else "",
        )  # fmt: skip
        here = self.model.item(self.table.currentIndex().row())
        args: dict[str, Any] = {"item": msgspec.to_builtins(item)}
        if here is not None:
            beside = [other.item.id for other in view.items if other.phase == here.phase]
            args |= {"phase": here.phase, "index": beside.index(here.item.id) + 1}
        self._run("rundown.put_item", args)

    # -- files ---------------------------------------------------------------------------------

    def _choose_file(self) -> None:
        dialog = QFileDialog(self, t("rundown.import"))
        dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(f"{t('rundown.files')} ({FILES})")
        dialog.fileSelected.connect(self.read)
        dialog.finished.connect(dialog.deleteLater)
        dialog.show()

    def read(self, path: str) -> None:
        """Reads a file; what it would change is shown before anything is taken over."""
        args = {"path": path}
        self.desk.actions.run(
            "rundown.import", args, origin=self.import_, done=self._answered, is_quiet=True
        )

    def _answered(self, reply: Reply) -> None:
        found = reply.answer
        if not reply.ok or not isinstance(found, dict):
            return
        lines, refused = found.get("difference") or [], found.get("refused") or []
        told = [
            t(f"rundown.difference_{line['what']}", title=line.get("title", ""),
              before=line.get("before", ""), after=line.get("after", ""))
            for line in lines[:TOLD_LINES]
        ]  # fmt: skip
        if len(lines) > TOLD_LINES:
            told.append(t("rundown.more", n=len(lines) - TOLD_LINES))
        told += [
            t("rundown.refused", row=fault.get("row"), value=fault.get("value", ""))
            for fault in refused[:TOLD_LINES]
        ]
        head = t("rundown.read", items=found.get("items", 0), n=len(lines))
        shown = [head, *map(pick, told)]
        self.difference.setText("\n".join(shown[: SHOWN_LINES + 1]))
        self.difference.setToolTip(plain("\n".join(shown)))
        self._accept.setVisible(bool(lines))
        self.import_box.show()

    def _take_over(self) -> None:
        self._run("rundown.accept")
        self._forget_import()

    def _forget_import(self) -> None:
        self.import_box.hide()


def _minutes(zh: str, en: str, default: int) -> dict[str, Any]:
    return {"type": "integer", "minimum": 0, "maximum": 1440, "default": default, "x-zh": zh,
            "x-en": en}  # fmt: skip


DRAFT: dict[str, Any] = {
    "type": "object",
    "properties": {
        "minutes": _minutes("时长 分", "Length, minutes", 120),
        "start": {"type": "string", "default": "", "x-zh": "开播时间（2026-11-29 20:00）",
                  "x-en": "Start (2026-11-29 20:00)"},
    },
}  # fmt: skip
ITEM: dict[str, Any] = {
    "type": "object",
    "properties": {
        "title": {"type": "string", "default": "", "x-zh": "环节", "x-en": "Item"},
        "kind": {"type": "string", "default": "talk", "x-zh": "类型", "x-en": "Kind"},
        "product": {"type": "string", "default": "", "x-zh": "商品", "x-en": "Product"},
        "minutes": _minutes("时长 分", "Minutes", 10),
    },
}
