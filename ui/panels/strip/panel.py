"""One show on one axis, to scrub: figures, cards, cuts, alarms, and the picture of any moment."""

from __future__ import annotations

from datetime import timedelta

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QLineEdit, QSlider, QVBoxLayout, QWidget

from studio.insight.strip.model import ShowStrip, StripShot
from ui.client import Reply
from ui.format import parse_utc
from ui.i18n import t
from ui.panels.base import Panel
from ui.panels.spot import LEFT, Spot
from ui.panels.strip.drawing import NAMES, LanesView
from ui.theme import tokens
from ui.widgets.basics import Button, TextLabel, calm
from ui.widgets.flow import Flow
from ui.widgets.plain import plain

PICTURE_WIDE, SHOT_WIDE = 360, 90


class StripPanel(Panel):
    """Asked for a show, and another beside it."""

    id = "strip"
    rank = 82
    spots = {"review": Spot(LEFT, 1)}
    keys = (("← →", "strip.key_scrub"), ("Return", "strip.key_ask"))

    def build(self) -> None:
        self.strip: ShowStrip | None = None
        self._shots_of = 0
        self.which, self.beside = QLineEdit(), QLineEdit()
        for field in (self.which, self.beside):
            field.setMaximumWidth(tokens.px(170))
            field.returnPressed.connect(self._ask)
        self.ask = Button("", "primary", clicked=self._ask)
        self.picture = Button("", clicked=self._ask_picture)
        self.says = TextLabel(size=12, tone="muted", wraps=True)
        self.lanes = LanesView()
        self.hand = QSlider(Qt.Orientation.Horizontal)
        self.hand.setPageStep(60)
        self.hand.setSingleStep(5)
        self.hand.valueChanged.connect(self._scrubbed)
        self.shown = TextLabel()
        self.shown.hide()
        inside, page = QWidget(), QVBoxLayout()
        page.setContentsMargins(*(tokens.px(side) for side in (10, 8, 10, 8)))
        page.addLayout(Flow(self.which, self.beside, self.ask, self.picture))
        for part in (self.lanes, self.hand, self.says, self.shown):
            page.addWidget(part)
        page.addStretch(1)
        inside.setLayout(page)
        calm(inside)
        self.add_scroll(inside)

    def retext(self) -> None:
        super().retext()
        for button, name in ((self.ask, "ask"), (self.picture, "picture")):
            button.setText(t(f"strip.{name}"))
            button.name(t(f"strip.{name}"), t(f"strip.{name}_tip"))
        for field, name in ((self.which, "which"), (self.beside, "beside")):
            field.setPlaceholderText(t(f"strip.{name}"))
            field.setAccessibleName(t(f"strip.{name}"))
            field.setToolTip(plain(t(f"strip.{name}_tip")))
        self.hand.setAccessibleName(t("strip.hand"))
        self._show()

    def put(self, strip: ShowStrip) -> None:
        """Another show."""
        self.strip = strip
        self.lanes.put(strip)
        self.hand.setRange(0, max(0, strip.minutes * 60 - 1))
        self.hand.setValue(0)
        self._show()

    def _show(self) -> None:
        strip = self.strip
        for part in (self.lanes, self.hand):
            part.setVisible(strip is not None)
        self.picture.setEnabled(strip is not None)
        if strip is None:
            self.says.setText(t("strip.empty"))
            return
        beside = t("strip.with", other=strip.beside) if strip.beside else ""
        self.head.count.setText(f"{strip.airing} · {strip.show}{beside}")
        self._scrubbed(self.hand.value())

    def _scrubbed(self, seconds: int) -> None:
        self.lanes.move_to(float(seconds))
        said = self.lanes.said()
        words = self.lanes.words()
        self.says.setText(f"{words}\n{t('strip.said', words=said)}" if said else words)

    def _ask(self) -> None:
        self.ask.setEnabled(False)
        args = {"show": self.which.text().strip() or "last", "beside": self.beside.text().strip()}
        self.desk.actions.run("insight.strip", args, origin=self.ask, done=self._answered)

    def _answered(self, reply: Reply) -> None:
        self.ask.setEnabled(True)
        if reply.ok and isinstance(reply.result, dict):
            self.put(msgspec.convert(reply.result.get("result"), ShowStrip))
            self._ask_shots()
        else:
            self.says.setText(t("advice.no_answer"))

    def _ask_shots(self) -> None:
        """So many pictures as stand side by side."""
        assert self.strip is not None
        count = max(1, min(24, (self.lanes.width() - tokens.px(NAMES)) // tokens.px(SHOT_WIDE)))
        self._shots_of = self.strip.airing
        args = {"show": str(self.strip.airing), "count": count}
        self.desk.client.call("insight.shots", args, self._shot)

    def _shot(self, reply: Reply) -> None:
        found = reply.answer
        if not reply.ok or not isinstance(found, dict) or self.strip is None:
            return
        if self.strip.airing == self._shots_of:
            self.lanes.put_shots(msgspec.convert(found["shots"], list[StripShot]))

    def _ask_picture(self) -> None:
        if self.strip is not None:
            began = parse_utc(self.strip.began_utc)
            if began is None:
                return
            at = began + timedelta(seconds=self.hand.value())
            when = at.strftime("%Y-%m-%dT%H:%M:%SZ")
            args = {"when": when, "file": f"strip-{self.strip.airing}.png"}
            self.desk.actions.run("insight.moment", args, origin=self.picture, done=self._pictured)

    def _pictured(self, reply: Reply) -> None:
        found = reply.answer
        if not reply.ok or not isinstance(found, dict):
            return
        picture = QPixmap(str(found.get("file", "")))
        if not picture.isNull():
            wide = tokens.px(PICTURE_WIDE)
            mode = Qt.TransformationMode.SmoothTransformation
            self.shown.setPixmap(picture.scaledToWidth(wide, mode))
            self.shown.setAccessibleName(t("strip.pictured", recording=found.get("recording", "")))
            self.shown.show()
