"""The line at the foot: figures of the engine and what was done last."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QSizePolicy

from ui import client as link
from ui.desk import Desk
from ui.i18n import language, t
from ui.listen import listen
from ui.theme import tokens
from ui.widgets.basics import Button, TextLabel, row
from ui.widgets.plain import plain

SAID_MS = 8000
DISK_LOW_GB = 10.0
LEAST_SAID = 160
BY_RANK = ("fps", "dropped", "late", "cpu", "disk", "cut", "ui", "memory", "compose")
"""Which figures stay longest where there is no room for all."""
RECORD_GB_H = 2.1  # 4.5 Mb/s and sound


class Figure(QFrame):
    """A name and a number that moves."""

    def __init__(self, key: str) -> None:
        super().__init__()
        self._key = key
        self.name = TextLabel(size=12, tone="muted")
        self.value = TextLabel(size=12, weight=600, is_steady=True)
        self.setLayout(row(self.name, self.value, gap=5))

    def show_value(self, text: str, is_bad: bool = False) -> None:
        """The number now."""
        self.name.setText(t(f"status.{self._key}"))
        self.name.setVisible(bool(self.name.text()))
        self.value.setText(text)
        self.value.set_tone("attention" if is_bad else "")
        self.setToolTip(plain(t(f"status.{self._key}_tip")))
        self.setVisible(bool(text))


class StatusBar(QFrame):
    """Always there."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.setObjectName("bar")
        self.setFixedHeight(tokens.px(30))
        names = ("fps", "late", "dropped", "cpu", "memory", "cut", "compose", "disk", "ui")
        self.figures = {name: Figure(name) for name in names}
        layout = row(gap=18, margins=(16, 0, 12, 0))
        for figure in self.figures.values():
            layout.addWidget(figure)
        self._said = TextLabel(size=12, elides=True)
        self._undo = Button("", "quiet", clicked=desk.actions.undo)
        self._hint = TextLabel(size=12, tone="muted")
        layout.addStretch(0)
        layout.addWidget(self._said, 1)
        layout.addWidget(self._undo)
        layout.addWidget(self._hint)
        self.setLayout(layout)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._forget)
        desk.actions.said.connect(self.say)
        desk.actions.undo_changed.connect(self._show_undo)
        desk.store.stats_changed.connect(self._show)
        listen(self, desk.client.state_changed, lambda *_: self._show())
        language.changed.connect(self.retext)
        self.retext()

    def retext(self) -> None:
        """All texts."""
        self._hint.setText(t("status.hint"))
        self._show()
        self._show_undo()

    def say(self, text: str, is_good: bool) -> None:
        """What was done, for a while."""
        self._said.setText(("✓ " if is_good else "") + text)
        self._said.set_tone("" if is_good else "attention")
        self._later.start(SAID_MS)

    @property
    def said(self) -> str:
        """What is said now."""
        return self._said.text()

    def _forget(self) -> None:
        self._said.setText("")

    def _show_undo(self) -> None:
        words = self.desk.actions.next_undo
        self._undo.setVisible(bool(words))
        self._undo.setText(t("undo.button") + " Ctrl+Z")
        self._undo.name(t("undo.of", what=words))

    def _show(self) -> None:
        stats = self.desk.store.stats if self.desk.client.state == link.LIVE else {}
        show = self.figures
        fps = _number(stats, "fps")
        target = _target(self.desk.store.engine.fps)
        show["fps"].show_value("–" if fps is None else f"{fps:.1f} fps", fps is not None
                               and fps < target * 0.97)  # fmt: skip
        for name in ("late", "dropped"):
            count = _number(stats, name)
            show[name].show_value("–" if count is None else f"{count:.0f}", name == "dropped"
                                  and bool(count))  # fmt: skip
        cpu = _number(stats, "cpu_percent")
        show["cpu"].show_value("–" if cpu is None else f"{cpu:.0f} %")
        is_technical = self.desk.settings.layout == "technician"
        memory = _number(stats, "memory_mb") if is_technical else None
        show["memory"].show_value("" if memory is None else f"{memory:.0f} MB")
        cut = _number(stats, "cut_ms")
        show["cut"].show_value("" if cut is None else f"{cut:.0f} ms", bool(cut and cut > 80))
        compose = _number(stats, "compose_ms_p50") if is_technical else None
        p99 = _number(stats, "compose_ms_p99") or 0.0
        show["compose"].show_value("" if compose is None else f"{compose:.1f} / {p99:.1f} ms")
        disk = _number(stats, "disk_free_gb")
        hours = "" if disk is None else t("status.hours", n=int(disk / RECORD_GB_H))
        show["disk"].show_value("–" if disk is None else f"{disk:.0f} GB · {hours}",
                                disk is not None and disk < DISK_LOW_GB)  # fmt: skip
        figures = self.desk.measure.figures()
        text = f"{figures['ui_ms_per_picture']:.1f} / {figures['stall_ms']:.0f} ms"
        show["ui"].show_value(
            text if is_technical and self.desk.measure.is_settled else "",
            figures["ui_ms_per_picture"] > 3,
        )
        self._hint.setVisible(self.width() > tokens.px(1500))
        self._make_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width, another choice of figures."""
        super().resizeEvent(event)
        self._show()

    def _make_room(self) -> None:
        """What matters less goes before anything is cut; what was done last keeps some room."""
        gap = tokens.px(18)
        said = tokens.px(LEAST_SAID) if self.said else self._said.minimumWidth()
        left = self.width() - tokens.px(28) - said - gap
        for part in (self._undo, self._hint):
            left -= part.sizeHint().width() + gap if not part.isHidden() else 0
        for name in BY_RANK:
            figure = self.figures[name]
            if not figure.isHidden():
                left -= figure.sizeHint().width() + gap
                figure.setVisible(left >= 0)


def _number(stats: dict[str, object], name: str) -> float | None:
    value = stats.get(name)
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return float(value) if is_number else None  # type: ignore[arg-type]


def _target(fps: str) -> float:
    try:
        above, _, below = fps.partition("/")
        return float(above) / float(below or 1)
    except (ValueError, ZeroDivisionError):
        return 30.0
