"""The settings as one page over the window: sections at the left, a search over all of them."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from studio.api import translate
from ui.desk import Desk
from ui.dialogs.card import Card
from ui.dialogs.settings.rows import RowView
from ui.dialogs.settings.sections import SECTIONS
from ui.i18n import language, t
from ui.listen import listen
from ui.theme import tokens
from ui.widgets.basics import Button, TextLabel, clear, column, line, row

FOLLOWS = ("engine", "scenes", "sound", "virtualcam", "comments", "watch")


class SettingsCard(Card):
    """Every line acts at once: there is nothing to save."""

    def __init__(self, desk: Desk, window: QWidget) -> None:
        super().__init__(window, 860, 640)
        self.desk = desk
        self.search = QLineEdit()
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._sift)
        self._nav = QVBoxLayout()
        self._nav.setSpacing(tokens.px(2))
        self._inside = QWidget()
        self._list = column(gap=4, margins=(0, 0, 12, 0))
        self._inside.setLayout(self._list)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidget(self._inside)
        self.nothing = TextLabel(tone="muted", wraps=True)
        side = column(gap=8)
        side.addWidget(self.search)
        side.addLayout(self._nav)
        side.addStretch(1)
        left = QWidget()
        left.setLayout(side)
        left.setFixedWidth(tokens.px(190))
        middle = row(gap=20)
        middle.addWidget(left)
        middle.addWidget(self._area, 1)
        self.body.addLayout(middle, 1)
        self.rows: list[tuple[str, RowView]] = []
        self._heads: dict[str, QWidget] = {}
        self._shown: tuple[object, ...] = ()
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._build)
        listen(self, desk.store.changed, self._changed)
        listen(self, language.changed, self._retext)

    def open(self, section: str = "") -> None:
        """Shows the page, at a section."""
        self.search.clear()
        self._build()
        self.open_card(t("settings.title"))
        self.search.setFocus()
        if section:
            QTimer.singleShot(0, self, lambda: self.go_to(section))

    def go_to(self, section: str) -> None:
        """Scrolls to a section."""
        head = self._heads.get(section)
        if head is not None:
            self.search.clear()
            self._list.activate()
            self._inside.adjustSize()
            self._area.verticalScrollBar().setValue(head.y())

    # -- how -----------------------------------------------------------------------------------

    def _changed(self, part: str) -> None:
        if part in FOLLOWS and self.isVisible():
            now = self._facts()
            if now != self._shown and not self._is_busy():
                self._shown = now
                self._later.start(0)

    def _facts(self) -> tuple[object, ...]:
        """What the lines show: levels and comments come all the time, and are none of it."""
        store = self.desk.store
        return (
            store.engine.recordings,
            tuple(canvas.is_enabled for canvas in store.scenes.canvases),
            store.sound.headphones.is_on,
            store.virtualcam.is_on,
            store.comments.is_slow,
            (store.comments.sentences.is_on, store.comments.sentences.state),
            (store.watch.anchors.folder, store.watch.anchors.error),
        )

    def _is_busy(self) -> bool:
        """A hand is in one of its fields."""
        inside = self.focusWidget()
        return isinstance(inside, QLineEdit) and inside is not self.search

    def _retext(self) -> None:
        if self.isVisible():
            self.title.setText(t("settings.title"))
            self._later.start(0)

    def _build(self) -> None:
        """All lines anew: what they show is of now."""
        at = self._area.verticalScrollBar().value()
        self._shown = self._facts()
        clear(self._list)
        clear(self._nav)
        self.rows.clear()
        self._heads.clear()
        self.search.setPlaceholderText(t("settings.search"))
        self.search.setAccessibleName(t("settings.search"))
        for id, section in SECTIONS.items():
            name = t(f"settings.section_{id}")
            link = Button(name, "quiet", clicked=partial(self.go_to, id))
            link.name(name)
            link.setStyleSheet("text-align: left;")
            self._nav.addWidget(link)
            head = QWidget()
            head.setLayout(
                column(TextLabel(name, size=15, weight=600), line(), gap=4, margins=(0, 10, 0, 2))
            )
            self._heads[id] = head
            self._list.addWidget(head)
            for setting in section(self.desk):
                view = RowView(setting)
                self.rows.append((id, view))
                self._list.addWidget(view)
        self.nothing = TextLabel(t("settings.none"), tone="muted", wraps=True)
        self._list.addWidget(self.nothing)
        self._list.addStretch(1)
        self._sift()
        QTimer.singleShot(0, self, lambda: self._area.verticalScrollBar().setValue(at))

    def _sift(self) -> None:
        """Leaves the lines that have all words that were typed."""
        typed = self.search.text().lower().split()
        shown = set()
        for section, view in self.rows:
            key = f"ui.settings.section_{section}"
            name = " ".join(translate(key, code) for code in ("zh", "en")).lower()
            fits = view.setting.fits(typed) or all(word in name for word in typed)
            view.setVisible(fits)
            if fits:
                shown.add(section)
        for id, head in self._heads.items():
            head.setVisible(id in shown)
        self.nothing.setVisible(not shown)
