"""The seven nodes: what is due about this show, who does it, what proves it."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from studio.host.nodes.model import NodeView
from ui.format import day_clock
from ui.i18n import pick, t
from ui.listen import listen
from ui.panels.base import Panel
from ui.panels.spot import LEFT, Spot
from ui.theme import tokens
from ui.widgets.basics import Button, Dot, TextLabel, column, row
from ui.widgets.pop_form import PopForm

TONES = {"done": "good", "late": "attention", "due": "attention", "open": "off"}


class NodeRow(QFrame):
    """One node."""

    def __init__(self, id: str) -> None:
        super().__init__()
        self.id = id
        self.setObjectName("node")
        self.dot = Dot()
        self.name = TextLabel(weight=600, wraps=True)
        self.due = TextLabel(size=12, tone="muted", is_steady=True)
        self.proof = TextLabel(size=12, tone="muted", wraps=True)
        self.owner = Button("")
        self.tick = Button("")
        words = QWidget()
        words.setLayout(column(self.name, self.due, self.proof, gap=2))
        layout = row(self.dot, gap=8, margins=(12, 6, 10, 6))
        layout.addWidget(words, 1)
        layout.addWidget(self.owner)
        layout.addWidget(self.tick)
        self.setLayout(layout)

    def show_node(self, node: NodeView) -> None:
        """As it is now."""
        self.dot.set(TONES[node.state])
        self.name.setText(pick(node.label))
        at = day_clock(node.due_utc) if node.due_utc else t("nodes.no_date")
        state = t(f"nodes.state_{node.state}")
        self.due.setText(" · ".join((at, state)))
        self.due.set_tone("attention" if node.state in ("late", "due") else "muted")
        by = t("nodes.by", name=node.ticked_by) if node.ticked_by else ""
        self.proof.setText(by or pick(node.proof))
        self.owner.setText(node.owner or t("nodes.nobody"))
        self.owner.name(t("nodes.owner_of", node=pick(node.label)))
        self.tick.setText(t("nodes.untick" if node.ticked_by else "nodes.tick"))
        self.tick.name(t("nodes.tick_of", node=pick(node.label)))
        self.tick.setVisible(not node.is_proven)
        self.setAccessibleName(f"{self.name.text()} {self.due.text()}")


class NodesPanel(Panel):
    """On Prepare: the checklist of a show."""

    id = "nodes"
    rank = 21
    spots = {"prepare": Spot(LEFT, 1)}
    place = LEFT
    keys = (("Tab", "nodes.key_next"), ("Space", "nodes.key_tick"))

    def build(self) -> None:
        self.rows: dict[str, NodeRow] = {}
        inside = QWidget()
        inside.setStyleSheet(f"#node {{ border-bottom: 1px solid {tokens.RAISED}; }}")
        self._list = QVBoxLayout()
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(0)
        outer = column(gap=0)
        outer.addLayout(self._list)
        self.note = TextLabel(size=12, tone="muted", wraps=True)
        self.note.setContentsMargins(*(tokens.px(v) for v in (12, 10, 12, 10)))
        outer.addWidget(self.note)
        outer.addStretch(1)
        inside.setLayout(outer)
        self.add_scroll(inside)
        listen(
            self, self.desk.store.changed, lambda part: self._show() if part == "nodes" else None
        )

    def retext(self) -> None:
        super().retext()
        self._show()

    def _show(self) -> None:
        view = self.desk.store.nodes
        for node in view.nodes:
            shown = self.rows.get(node.id)
            if shown is None:
                shown = self.rows[node.id] = NodeRow(node.id)
                shown.owner.clicked.connect(partial(self._ask_owner, shown))
                shown.tick.clicked.connect(partial(self._tick, shown))
                self._list.addWidget(shown)
            shown.show_node(node)
        self.note.setText("" if view.start_utc else t("nodes.no_start"))
        self.note.setVisible(bool(self.note.text()))

    def _node(self, id: str) -> NodeView | None:
        return next((node for node in self.desk.store.nodes.nodes if node.id == id), None)

    def _ask_owner(self, shown: NodeRow, *_: object) -> None:
        node = self._node(shown.id)
        self._ask(shown, shown.owner, "nodes.owner", "owner", node.owner if node else "")

    def _tick(self, shown: NodeRow, *_: object) -> None:
        node = self._node(shown.id)
        if node is not None and node.ticked_by:
            self.desk.actions.run("nodes.untick", {"node": shown.id}, origin=shown.tick)
        else:
            self._ask(shown, shown.tick, "nodes.tick", "by", node.owner if node else "")

    def _ask(self, shown: NodeRow, at: Button, command: str, field: str, value: str) -> None:
        """For a name."""
        schema = {
            "type": "object",
            "properties": {field: {"type": "string", "x-zh": "姓名", "x-en": "Name"}},
        }
        save = partial(self._named, shown.id, at, command, field)
        PopForm(at, t("nodes.who"), schema, {field: value}, save).open()

    def _named(
        self, node: str, at: Button, command: str, field: str, given: dict[str, Any]
    ) -> None:
        name = str(given.get(field, "")).strip()
        if command == "nodes.tick" and not name:
            self.desk.say(at, t("nodes.needs_name"), "attention")
            return
        self.desk.actions.run(command, {"node": node, field: name}, origin=at)
