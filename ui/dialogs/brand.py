"""The brand kit: colours, font, logo; what is chosen is on the picture at once."""

from __future__ import annotations

from typing import Any

import msgspec
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from studio.show.model import BrandKit
from ui.desk import Desk
from ui.dialogs.card import Card
from ui.i18n import t
from ui.widgets.basics import Button, TextLabel, row
from ui.widgets.schema_form import SchemaForm

SEND_MS = 250
COLOURS = ("accent", "bar", "ink", "paper", "plate", "plate_ink", "top", "bottom")
WIDGETS = {**dict.fromkeys(COLOURS, "colour"), "font": "file", "logo": "file"}


def schema() -> dict[str, Any]:
    """The kit's fields as a form shows them."""
    whole = msgspec.json.schema(BrandKit)["$defs"]["BrandKit"]["properties"]
    found = {}
    for name, part in whole.items():
        found[name] = {**part, "x-zh": t(f"brand.{name}"), "x-en": t(f"brand.{name}")}
        if name in WIDGETS:
            found[name]["x-widget"] = WIDGETS[name]
    found["logo_size"]["x-widget"] = "slider"
    corners = found["logo_corner"]["enum"]
    both = {corner: t(f"brand.{corner}") for corner in corners}
    found["logo_corner"]["x-words"] = {place: [words, words] for place, words in both.items()}
    return {"type": "object", "properties": found}


class BrandCard(Card):
    """Follows the engine: another desk's change is seen here too."""

    def __init__(self, desk: Desk, window: QWidget) -> None:
        super().__init__(window, 520, 600)
        self.desk = desk
        self.form: SchemaForm | None = None
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._words = TextLabel(size=12, tone="muted", wraps=True)
        self._usual = Button("", clicked=lambda: self._send(msgspec.to_builtins(BrandKit())))
        self._wear = Button(
            "", "primary", clicked=lambda: desk.actions.run("brand.apply", {}, origin=self._wear)
        )
        self.body.addWidget(self._area, 1)
        self.body.addWidget(self._words)
        self.body.addLayout(row(self._usual, 1, self._wear, gap=8))
        self._tick = QTimer(self)
        self._tick.setInterval(SEND_MS)
        self._tick.timeout.connect(self._look)
        self._sent: dict[str, Any] = {}
        self._run = 0
        desk.store.changed.connect(self._changed)

    def open(self) -> None:
        """Shows the show's kit."""
        self._usual.setText(t("brand.usual"))
        self._wear.setText(t("show.wear"))
        self._wear.name(t("show.wear"), t("brand.wear_tip"))
        self._words.setText(t("brand.words"))
        self._build()
        self._run += 1
        self.open_card(t("brand.title"))
        self._tick.start()

    def _build(self) -> None:
        values = msgspec.to_builtins(self.desk.store.brand)
        self.form = SchemaForm(schema(), values)
        self._sent = self.form.values()
        self._area.setWidget(self.form)

    def _changed(self, part: str) -> None:
        if part != "brand" or not self.isVisible() or self.form is None:
            return
        for name, value in msgspec.to_builtins(self.desk.store.brand).items():
            if self.form.values().get(name) == self._sent.get(name):  # not under the hand
                self.form.put(name, value)
                self._sent[name] = self.form.values().get(name)

    def _look(self) -> None:
        """Sends what is other than a moment ago, once it can be a value."""
        if self.form is None or not self.isVisible():
            self._tick.stop()
            return
        values = self.form.values()
        kit = {n: v for n, v in values.items() if v != self._sent.get(n)}
        kit = {n: v for n, v in kit.items() if n not in COLOURS or _is_colour(str(v))}
        if kit:
            self._sent.update(kit)
            self._send(kit)

    def _send(self, kit: dict[str, Any]) -> None:
        self.desk.actions.run(
            "brand.set", {"kit": kit}, origin=self, is_quiet=True, merge=f"brand-{self._run}"
        )


def _is_colour(text: str) -> bool:
    return (
        len(text) == 7 and text[0] == "#" and all(c in "0123456789abcdefABCDEF" for c in text[1:])
    )
