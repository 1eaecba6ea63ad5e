"""The settings of a filter: every change works at once, a moment after the hand rests."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QKeyEvent, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QFrame,
    QLineEdit,
    QSpinBox,
    QWidget,
)

from studio.sources.model import FilterSpec
from ui.client import Reply
from ui.desk import Desk
from ui.i18n import pick, t
from ui.models.commands import FieldKind
from ui.widgets.basics import TextLabel, column
from ui.widgets.schema_form import SchemaForm

REST_MS = 150


class FilterForm(QFrame):
    """Draws the settings of a filter and sends what is changed.

    Signals:
        closed: Esc.
    """

    takes_keys = True

    closed = Signal()

    def __init__(self, desk: Desk, source: str, spec: FilterSpec, kind: FieldKind | None) -> None:
        super().__init__()
        self.setObjectName("form")
        self.desk, self.source, self.filter = desk, source, spec.name
        self._sent = dict(spec.settings)
        known = [(source.name, source.name) for source in desk.store.sources if source.has_sound]
        self.form = SchemaForm(
            kind.settings if kind else {},
            dict(spec.settings),
            lambda name: known if name == "source" else (),
        )
        inside = self.form.layout()
        if isinstance(inside, QFormLayout):  # a narrow panel: the field goes under its label
            inside.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        self._sent = {**self.form.values(), **self._sent}
        fields = kind.settings.get("properties", {}) if kind else {}
        self._defaults = {name: part.get("default") for name, part in fields.items()}
        help = pick(kind.help) if kind else t("source_form.missing_kind", kind=spec.kind)
        self._error = TextLabel(size=12, tone="attention", wraps=True)
        self._error.hide()
        layout = column(gap=8, margins=(10, 8, 10, 8))
        layout.addWidget(TextLabel(help, size=12, tone="muted", wraps=True))
        layout.addWidget(self.form)
        layout.addWidget(self._error)
        self.setLayout(layout)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._send)
        for widget in self.form.findChildren(QWidget):
            self._listen(widget)

    def _listen(self, widget: QWidget) -> None:
        later = self._rest.start
        if isinstance(widget, QSpinBox | QDoubleSpinBox):
            widget.valueChanged.connect(lambda _: later())
        elif isinstance(widget, QCheckBox):
            widget.toggled.connect(lambda _: later())
        elif isinstance(widget, QComboBox):
            widget.currentIndexChanged.connect(lambda _: later())
        elif isinstance(widget, QLineEdit) and not isinstance(
            widget.parentWidget(), QSpinBox | QDoubleSpinBox | QComboBox
        ):
            widget.textChanged.connect(lambda _: later())

    def _send(self) -> None:
        now = self.form.values()
        changed = {name: value for name, value in now.items() if self._sent.get(name) != value}
        if not changed:
            return
        self._sent.update(changed)
        args = {"source": self.source, "name": self.filter, "settings": changed}

        def answered(reply: Reply) -> None:
            try:
                self._error.setText("" if reply.ok else pick(reply.text))
                self._error.setVisible(not reply.ok)
            except RuntimeError:  # the form was closed meanwhile
                return

        self.desk.actions.run("filters.set", args, origin=self, done=answered, is_quiet=True)

    def take(self, spec: FilterSpec) -> None:
        """Settings changed elsewhere (undo, another desk) come into the form."""
        if self._rest.isActive():
            return
        for name, value in {**self._defaults, **spec.settings}.items():
            if self._sent.get(name) != value:
                self._sent[name] = value
                self.form.put(name, value)
        self._rest.stop()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)
