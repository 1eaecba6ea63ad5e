"""The script: written from facts for an audience, each line with what it rests on."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QComboBox, QHeaderView, QVBoxLayout, QWidget

from studio.host.script.model import ProductScriptView
from ui.client import Reply
from ui.format import ms_short
from ui.i18n import t
from ui.listen import listen
from ui.panels.base import Panel
from ui.panels.script.table import TEXT, ScriptModel
from ui.panels.spot import BOTTOM, Spot
from ui.theme import tokens
from ui.widgets.basics import Button, TextLabel, calm, column
from ui.widgets.flow import Flow
from ui.widgets.pop_form import PopForm
from ui.widgets.rows_table import rows_table

AUDIENCES = ("young", "family", "older")
SCENES = ("", "living_room", "family", "outdoors")
FACTS = ("material", "size", "care", "origin", "making", "ingredients", "shelf_life", "storage",
         "spec", "battery", "weight", "warranty", "use", "returns")  # fmt: skip
STARS = ("", "price", "proof", "scarcity", "call")


class ScriptPanel(Panel):
    """A product's lines: write, accept, refresh, word anew, mark ★."""

    id = "script"
    rank = 23
    spots = {
        "prepare": Spot(BOTTOM),
        "controller": Spot(BOTTOM, 2),
    }
    place = BOTTOM
    keys = (("F2", "script.key_edit"), ("Tab", "script.key_next"))

    def build(self) -> None:
        self.product, self.audience, self.scene = QComboBox(), QComboBox(), QComboBox()
        for box in (self.product, self.audience, self.scene):
            box.setFont(tokens.font(12))
            calm(box)
        self.product.setMinimumWidth(tokens.px(150))
        self.generate = Button("", "primary", clicked=self._generate)
        self.accept = Button("", "primary", clicked=lambda: self._run("script.accept"))
        self.refresh = Button("", "attention", clicked=lambda: self._run("script.refresh"))
        self.fact = self.tool(Button("", icon="plus", clicked=self._open_fact))
        self.star = self.tool(Button("", clicked=self._open_star))
        self.model = ScriptModel()
        self.table = rows_table(self.model, (84, 300, 120, 40, 120))
        self.table.setMinimumHeight(tokens.px(120))
        heads = self.table.horizontalHeader()
        heads.setStretchLastSection(False)
        heads.setSectionResizeMode(TEXT, QHeaderView.ResizeMode.Stretch)
        self.summary = TextLabel(size=12, tone="muted", elides=True)
        self._empty = TextLabel(tone="muted", wraps=True)
        self._empty.setContentsMargins(tokens.px(12), tokens.px(8), tokens.px(12), tokens.px(8))
        choices = Flow(self.product, self.audience, self.scene, self.generate, self.accept,
                       self.refresh)  # fmt: skip
        chooser = column(gap=0, margins=(12, 6, 12, 4))
        chooser.addLayout(choices)
        self.summary.setContentsMargins(tokens.px(12), 0, tokens.px(12), tokens.px(4))
        body = QWidget()
        layout = QVBoxLayout()
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(chooser)
        layout.addWidget(self.summary)
        layout.addWidget(self._empty)
        layout.addWidget(self.table, 1)
        body.setLayout(layout)
        self.add_scroll(body)
        self.product.currentIndexChanged.connect(self._show)
        self.model.worded.connect(self._word)
        listen(self, self.desk.store.changed, self._heard)

    def retext(self) -> None:
        super().retext()
        for button, word in (
            (self.generate, "generate"), (self.accept, "accept"), (self.refresh, "refresh"),
            (self.fact, "fact"), (self.star, "star"),
        ):  # fmt: skip
            button.setText(t(f"script.{word}"))
            button.name(t(f"script.{word}"), t(f"script.{word}_tip"))
        self.product.setAccessibleName(t("script.product"))
        _fill(self.audience, [(word, t(f"script.audience_{word}")) for word in AUDIENCES])
        _fill(self.scene, [(word, t(f"script.scene_{word}")) for word in SCENES])
        self._empty.setText(t("script.empty"))
        self.table.setAccessibleName(self.title())
        self._show_goods()
        self._show()

    def _heard(self, part: str) -> None:
        if part == "shop":
            self._show_goods()
        elif part == "script":
            self._show()

    def _show_goods(self) -> None:
        order = sorted(self.desk.store.shop.products, key=lambda product: product.number)
        _fill(self.product, [(p.id, f"{p.number:02d} {p.name}") for p in order])

    def _present(self) -> ProductScriptView | None:
        """The draft of the chosen product, or its script."""
        id, view = self.product.currentData(), self.desk.store.script
        return next((s for s in (*view.drafts, *view.scripts) if s.product == id), None)

    def _show(self) -> None:
        script = self._present()
        self.model.show_script(script)
        self.table.setVisible(script is not None)
        self._empty.setVisible(script is None)
        is_draft = script is not None and script.is_draft
        self.accept.setVisible(is_draft)
        self.refresh.setVisible(script is not None and not is_draft and script.stale > 0)
        self.star.setVisible(script is not None and not is_draft)
        words = ""
        if script is not None:
            words = t("script.summary", time=ms_short(script.seconds), stars=script.stars,
                      gaps=script.gaps, stale=script.stale)  # fmt: skip
            words = f"{t('script.draft')} · {words}" if is_draft else words
        self.summary.setText(words)
        stale = sum(found.stale for found in self.desk.store.script.scripts)
        self.head.show_badge(t("script.stale_badge", n=stale) if stale else "")

    # -- hands ---------------------------------------------------------------------------------

    def _run(self, command: str, args: dict[str, Any] | None = None) -> None:
        id = self.product.currentData()
        if not id:
            self.desk.say(self.product, t("script.no_goods"), "attention")
            return
        self.desk.actions.run(
            command, {"product": id, **(args or {})}, origin=self.table, done=self._answered
        )

    def _answered(self, reply: Reply) -> None:
        self._show()

    def _generate(self) -> None:
        args = {"audience": self.audience.currentData(), "scene": self.scene.currentData() or ""}
        self._run("script.generate", args)

    def _word(self, line: str, text: str) -> None:
        before = next((v.line.text for v in self.model.lines if v.line.id == line), "")
        if text.strip() not in ("", before):
            self._run("script.edit", {"line": line, "text": text.strip()})

    def _open_star(self) -> None:
        place = self.table.currentIndex().row()
        if not 0 <= place < len(self.model.lines):
            self.desk.say(self.table, t("script.choose_row"), "attention")
            return
        line = self.model.lines[place].line

        def save(given: dict[str, Any]) -> None:
            self._run("script.mark", {"line": line.id, "star": given.get("star") or "",
                                      "cue": line.cue})  # fmt: skip

        kinds = [(star, t(f"script.star_{star}") if star else "–") for star in STARS]
        schema = {"type": "object", "properties": {"star": _text_field("★", "★")}}
        form = PopForm(self.star, t("script.star"), schema, {"star": line.star or "price"}, save,
                       lambda name: kinds)  # fmt: skip
        form.open()

    def _open_fact(self) -> None:
        kinds = [(name, t(f"script.fact_{name}")) for name in FACTS]
        form = PopForm(self.fact, t("script.fact"), FACT, {"name": FACTS[0]}, self.put_fact,
                       lambda name: kinds if name == "name" else ())  # fmt: skip
        form.open()

    def put_fact(self, given: dict[str, Any]) -> None:
        id = self.product.currentData()
        fact = {name: str(given.get(name) or "").strip() for name in FACT["properties"]}
        if id and fact["value"]:
            args = {"fact": {"product": id, **fact}}
            self.desk.actions.run("script.fact", args, origin=self.fact, done=self._again)

    def _again(self, reply: Reply) -> None:
        """A draft that had a gap is written anew with the fact in it."""
        script = self._present()
        if reply.ok and script is not None and script.is_draft:
            self._run("script.generate", {"audience": script.audience, "scene": script.scene})
        elif reply.ok and script is not None and script.gaps:
            self._run("script.refresh")


def _fill(box: QComboBox, choices: list[tuple[str, str]]) -> None:
    """The choices with the present one kept."""
    if [(box.itemData(n), box.itemText(n)) for n in range(box.count())] == choices:
        return
    present = box.currentData()
    box.blockSignals(True)
    box.clear()
    for value, words in choices:
        box.addItem(words, value)
    place = box.findData(present)
    box.setCurrentIndex(max(0, place))
    box.blockSignals(False)


def _text_field(zh: str, en: str) -> dict[str, Any]:
    return {"type": "string", "default": "", "x-zh": zh, "x-en": en}


FACT: dict[str, Any] = {
    "type": "object",
    "properties": {
        "name": _text_field("事实", "Fact"),
        "value": _text_field("内容", "Value"),
        "unit": _text_field("单位", "Unit"),
        "source": _text_field("来源（吊牌、检测报告…）", "Source (label, test, …)"),
        "until": _text_field("有效期（2026-12-31）", "Until (2026-12-31)"),
    },
}
