"""Filters of a source: order, on or off, settings, time a frame; copied to another source."""

from __future__ import annotations

from collections.abc import Collection

import msgspec
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtWidgets import QComboBox, QFrame, QMenu, QVBoxLayout, QWidget

from studio.sources.model import FilterSpec, FilterStatus, SourceView
from ui.client import Reply
from ui.i18n import pick, t
from ui.listen import listen
from ui.models.commands import FieldKind
from ui.panels.base import Panel
from ui.panels.filters.form import FilterForm
from ui.panels.filters.row import FilterRow
from ui.panels.spot import BOTTOM, RIGHT, Spot
from ui.theme import tokens
from ui.widgets.basics import Button, TextLabel, below, calm, row
from ui.widgets.plain import plain

LOOK_MS = 1000


def unused(name: str, taken: Collection[str]) -> str:
    """``name``, or with a number after it, that is not taken."""
    if name not in taken:
        return name
    return next(f"{name} {n}" for n in range(2, len(taken) + 3) if f"{name} {n}" not in taken)


class FiltersPanel(Panel):
    """The filters of one source, the first works first."""

    id = "filters"
    rank = 110
    spots = {
        "controller": Spot(BOTTOM, 2),
        "technician": Spot(RIGHT, 1),
        "vertical": Spot(RIGHT, 1),
        "prepare": Spot(RIGHT, 1),
    }
    keys = (
        ("Tab", "filters.key_next"),
        ("Space", "filters.key_switch"),
        ("Enter", "filters.key_open"),
        ("Alt+↑/↓", "filters.key_move"),
    )

    def build(self) -> None:
        self.copied: tuple[FilterSpec, ...] = ()
        self.opened = ""
        self.form: FilterForm | None = None
        self._to_open = ("", "")
        self.rows: dict[tuple[str, str], FilterRow] = {}
        self.choice = QComboBox()
        calm(self.choice)  # another source at a turn of the wheel is another source's filters
        self.choice.setMinimumWidth(tokens.px(80))
        self.choice.currentIndexChanged.connect(lambda _: self._chosen())
        self.copy = Button("", "quiet", clicked=self._copy_all)
        self.paste = Button("", "quiet", clicked=self._paste)
        self._new = Button("", icon="plus", clicked=self._choose)
        head = row(gap=6, margins=(8, 4, 8, 4))
        head.addWidget(self.choice, 1)
        for part in (self.copy, self.paste, self._new):
            head.addWidget(part)
        top = QWidget()
        top.setLayout(head)
        self.add(top)
        self._empty = TextLabel(size=12, tone="muted", wraps=True)
        self._empty.setContentsMargins(*(tokens.px(n) for n in (12, 8, 12, 8)))
        self._line = QFrame()
        self._line.setFixedHeight(2)
        self._line.setStyleSheet(f"background: {tokens.ACCENT};")
        self._line.hide()
        inside = QWidget()
        self._list = QVBoxLayout()
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(0)
        self._list.addWidget(self._empty)
        self._list.addStretch(1)
        inside.setLayout(self._list)
        self._line.setParent(inside)
        inside.setStyleSheet(
            f"QFrame#filter {{ border-bottom: 1px solid {tokens.RAISED}; }}"
            f"QFrame#filter:focus {{ border: 1px solid {tokens.ACCENT}; }}"
        )
        self._area = self.add_scroll(inside)
        self._look = QTimer(self)
        self._look.setInterval(LOOK_MS)
        self._look.timeout.connect(self._ask_times)
        self.visibilityChanged.connect(lambda on: self._look.start() if on else self._look.stop())
        listen(
            self,
            self.desk.store.changed,
            lambda part: self._show() if part in ("sources", "kinds") else None,
        )

    def retext(self) -> None:
        super().retext()
        self._new.setText(t("filters.add"))
        self._new.name(t("filters.add_tip"))
        self.copy.setText(t("filters.copy"))
        self.copy.name(t("filters.copy_tip"))
        self.paste.setText(t("filters.paste"))
        self.paste.name(t("filters.paste_tip"))
        self.choice.setAccessibleName(t("filters.source"))
        self._empty.setText(t("filters.empty"))
        self.close_filter()
        self._show()

    @property
    def source(self) -> SourceView | None:
        """The source whose filters are shown."""
        return self.desk.store.source(self.choice.currentText())

    def show_source(self, name: str) -> None:
        """Chooses a source."""
        self.choice.setCurrentIndex(max(0, self.choice.findText(name)))

    def _chosen(self) -> None:
        self.close_filter()
        self._show_list()

    def _show(self) -> None:
        names = [source.name for source in self.desk.store.sources]
        if names != [self.choice.itemText(n) for n in range(self.choice.count())]:
            before = self.choice.currentText()
            self.choice.blockSignals(True)
            self.choice.clear()
            self.choice.addItems(names)
            with_some = next((s.name for s in self.desk.store.sources if s.filters), "")
            wanted = before if before in names else with_some
            self.choice.setCurrentIndex(max(0, self.choice.findText(wanted)))
            self.choice.blockSignals(False)
        self._show_list()

    def _show_list(self) -> None:
        source = self.source
        filters = source.filters if source else ()
        name = source.name if source else ""
        wanted = [(name, filter_.name) for filter_ in filters]
        if self.opened and (name, self.opened) not in wanted:
            self.close_filter()
        for gone in [key for key in self.rows if key not in wanted]:
            row_ = self.rows.pop(gone)
            row_.hide()
            row_.deleteLater()
        status = source.filter_status if source else {}
        for index, spec in enumerate(filters):
            row_ = self.rows.get((name, spec.name)) or self._make(name, spec)
            row_.show_filter(spec, status.get(spec.name), index)
            if self._list.indexOf(row_) != index:
                self._list.removeWidget(row_)
                self._list.insertWidget(index, row_)
            if self.form is not None and spec.name == self.opened:
                self.form.take(spec)
        fresh = self.rows.get(self._to_open)
        if fresh is not None:
            self._to_open = ("", "")
            if self.opened != fresh.spec.name:
                self._open(fresh)
        self._empty.setVisible(not filters)
        self.copy.setEnabled(bool(filters))
        self.paste.setEnabled(bool(self.copied) and source is not None)
        self._new.setEnabled(source is not None)
        on = [filter_ for filter_ in filters if filter_.is_enabled]
        bad = sum(status[entry.name].state != "ok" for entry in on if entry.name in status)
        self.head.count.setText(t("filters.count", n=len(filters)))
        self.head.show_badge(t("filters.bad", n=bad) if bad else "")

    def _make(self, source: str, spec: FilterSpec) -> FilterRow:
        made = self.rows[source, spec.name] = FilterRow(self.desk, source, spec)
        made.opened.connect(lambda: self._open(made))
        made.wants_to.connect(lambda index: self._move(made, index))
        made.copied.connect(lambda: self._keep((made.spec,)))
        made.grip.moved.connect(lambda y: self._hover(y))
        made.grip.dropped.connect(lambda y: self._drop(made, y))
        return made

    # -- settings ------------------------------------------------------------------------------

    def _open(self, row_: FilterRow) -> None:
        was = self.opened
        self.close_filter()
        if was == row_.spec.name:
            return
        self.opened = row_.spec.name
        kind = next((k for k in self.desk.store.kinds.filters if k.kind == row_.spec.kind), None)
        self.form = FilterForm(self.desk, row_.source, row_.spec, kind)
        self.form.closed.connect(self.close_filter)
        row_.body.addWidget(self.form)
        self.form.form.begin()
        QTimer.singleShot(60, self, self._reveal)  # once it is laid out

    def _reveal(self) -> None:
        """What was opened comes into view, its top first."""
        row_ = self.form.parentWidget() if self.form is not None else None
        if row_ is not None:
            self._area.verticalScrollBar().setValue(row_.y())

    def close_filter(self) -> None:
        self.opened = ""
        if self.form is not None:
            self.form.hide()
            self.form.deleteLater()
            self.form = None

    # -- order ---------------------------------------------------------------------------------

    def ordered(self) -> list[FilterRow]:
        return sorted(self.rows.values(), key=lambda entry: entry.index)

    def _place(self, y: int) -> int:
        """The gap between rows that lies under a height on the screen."""
        rows = self.ordered()
        middles = [
            other_row.mapToGlobal(QPoint(0, other_row.height() // 2)).y() for other_row in rows
        ]
        return sum(middle < y for middle in middles)

    def _hover(self, y: int) -> None:
        rows, gap = self.ordered(), self._place(y)
        at = rows[gap].y() if gap < len(rows) else rows[-1].y() + rows[-1].height() - 2
        parent = self._line.parentWidget()
        if parent is not None:
            self._line.setGeometry(0, at, parent.width(), 2)
            self._line.show()
            self._line.raise_()

    def _drop(self, row_: FilterRow, y: int) -> None:
        self._line.hide()
        gap = self._place(y)
        self._move(row_, gap - 1 if gap > row_.index else gap)

    def _move(self, row_: FilterRow, index: int) -> None:
        if index == row_.index or not 0 <= index < len(self.rows):
            return
        args = {"source": row_.source, "name": row_.spec.name, "index": index}
        self.desk.actions.run("filters.move", args, origin=row_)

    # -- new, copied ---------------------------------------------------------------------------

    def _choose(self) -> None:
        source = self.source
        if source is None:
            return
        menu = QMenu(self)
        kinds = self.desk.store.kinds.filters
        groups = (
            (t("filters.picture"), [k for k in kinds if k.is_picture], source.has_video),
            (t("filters.sound"), [k for k in kinds if not k.is_picture], source.has_sound),
        )
        for words, members, is_apt in groups:
            if is_apt:
                menu.addSection(words)
                for kind in sorted(members, key=lambda k: pick(k.label)):
                    action = menu.addAction(pick(kind.label))
                    action.setToolTip(plain(pick(kind.help)))
                    action.triggered.connect(lambda _=False, k=kind: self.add_kind(k))
        menu.setToolTipsVisible(True)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(below(self._new))

    def add_kind(self, kind: FieldKind) -> None:
        """Puts a new filter of a kind on the source and opens its settings."""
        source = self.source
        if source is None:
            return
        name = unused(pick(kind.label), [filter_.name for filter_ in source.filters])
        args = {"source": source.name, "name": name, "kind": kind.kind}

        self._to_open = (source.name, name)
        self.desk.actions.run("filters.set", args, origin=self._new)

    def _copy_all(self) -> None:
        if self.source is not None:
            self._keep(self.source.filters)

    def _keep(self, filters: tuple[FilterSpec, ...]) -> None:
        self.copied = filters
        self.desk.say(self.copy, t("filters.copied", n=len(filters)), "good")
        self.paste.setEnabled(True)

    def _paste(self) -> None:
        source = self.source
        if source is None or not self.copied:
            return
        taken = [filter_.name for filter_ in source.filters]
        whole = list(source.filters)
        for entry in self.copied:
            new = msgspec.structs.replace(entry, name=unused(entry.name, taken))
            taken.append(new.name)
            whole.append(new)
        args = {"source": source.name, "filters": [msgspec.to_builtins(entry) for entry in whole]}
        self.desk.actions.run("filters.set_all", args, origin=self.paste)

    # -- time ----------------------------------------------------------------------------------

    def _ask_times(self) -> None:
        source = self.source
        if source is None or not source.filters or not self.desk.client.is_up:
            return

        def answered(reply: Reply) -> None:
            if not reply.ok or not isinstance(reply.result, dict):
                return
            found = reply.result.get("result", {}).get(source.name, {})
            for name, told in found.items() if isinstance(found, dict) else ():
                row_ = self.rows.get((source.name, name))
                try:
                    status = msgspec.convert(told, FilterStatus, strict=False)
                except msgspec.ValidationError:
                    continue
                if row_ is not None:
                    row_.show_time(status)

        self.desk.client.call("filters.status", {"source": source.name}, answered, self)
