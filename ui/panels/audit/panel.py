"""The audit log: who did what, whether the chain is whole, and an entry's picture."""

from __future__ import annotations

from pathlib import Path

import msgspec
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QPixmap, QShowEvent
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from studio.governance.model import AuditEntry
from ui.client import Reply
from ui.i18n import t
from ui.listen import listen
from ui.panels.audit.model import AuditModel
from ui.panels.base import Panel
from ui.panels.spot import BOTTOM, Spot
from ui.theme import tokens
from ui.widgets.basics import Button, Dot, TextLabel, row
from ui.widgets.flow import Flow
from ui.widgets.plain import plain
from ui.widgets.rows_table import rows_table

ASK_MS = 400
MOST = 200
PICTURE_HIGH = 180


class AuditPanel(Panel):
    """The newest entries, by words."""

    id = "audit"
    rank = 84
    spots = {"technician": Spot(BOTTOM, 2)}
    keys = (("Tab", "audit.key_next"), ("↑ ↓", "audit.key_rows"))

    def build(self) -> None:
        self.light, self.says = Dot("off"), TextLabel(size=12)
        self.search = QLineEdit()
        self.search.setMaximumWidth(tokens.px(160))
        self.check = Button("", clicked=self._check)
        self.picture = Button("", clicked=self._picture)
        self.model = AuditModel()
        self.table = rows_table(self.model, (90, 150, 110, 150))
        self.table.setMinimumHeight(tokens.px(120))
        self.shown = TextLabel()
        self.shown.hide()
        inside, page = QWidget(), QVBoxLayout()
        page.setContentsMargins(*(tokens.px(side) for side in (10, 8, 10, 8)))
        page.addLayout(row(self.light, self.says, 1))
        page.addLayout(Flow(self.search, self.check, self.picture))
        page.addWidget(self.shown)
        page.addWidget(self.table, 1)
        inside.setLayout(page)
        self.add_scroll(inside)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(ASK_MS)
        self._soon.timeout.connect(self._ask)
        self.search.textChanged.connect(self._ask_soon)
        listen(self, self.desk.store.changed, self._heard)

    def retext(self) -> None:
        super().retext()
        for button, name in ((self.check, "check"), (self.picture, "picture")):
            button.setText(t(f"audit.{name}"))
            button.name(t(f"audit.{name}"), t(f"audit.{name}_tip"))
        self.search.setPlaceholderText(t("audit.search"))
        self.search.setAccessibleName(t("audit.search"))
        self.search.setToolTip(plain(t("audit.search_tip")))
        self.table.setAccessibleName(self.title())
        self.model.put(self.model.entries)
        self._show_light()

    def showEvent(self, event: QShowEvent) -> None:
        """Asks for the newest."""
        super().showEvent(event)
        self._ask_soon()

    def _heard(self, part: str) -> None:
        if part == "watch":
            self._show_light()

    def _show_light(self) -> None:
        """Green on evidence alone: the chain was checked and is whole."""
        chain = self.desk.store.watch.chain
        tone = {"whole": "good", "broken": "attention"}.get(chain, "off")
        self.light.set(tone)
        self.says.setText(t(f"audit.{chain}"))
        self.says.set_tone("attention" if tone == "attention" else "muted")

    def _ask_soon(self, *_: object) -> None:
        if not self._soon.isActive():
            self._soon.start()

    def _ask(self) -> None:
        if not self.isVisible():
            return
        args: dict[str, object] = {"text": self.search.text().strip(), "limit": MOST}
        self.desk.client.call("audit.list", args, self._answered)

    def _answered(self, reply: Reply) -> None:
        if not reply.ok or not isinstance(reply.result, dict):
            return
        found = reply.result.get("result")
        self.model.put(msgspec.convert(found, list[AuditEntry], strict=False))

    def _check(self) -> None:
        self.desk.actions.run("watch.check", {}, origin=self.check)
        self._ask_soon()

    def _picture(self) -> None:
        """The programme at the moment of the chosen entry, out of the recording."""
        at = self.table.currentIndex().row()
        if not 0 <= at < len(self.model.entries):
            at = 0
        if not self.model.entries:
            return
        when = self.model.entries[at].at_utc
        name = f"audit {when[:19].replace(':', '-')}.jpg"
        args: dict[str, object] = {"when": when, "file": name}
        self.desk.actions.run("insight.moment", args, origin=self.picture, done=self._pictured)

    def _pictured(self, reply: Reply) -> None:
        found = reply.answer
        file = found.get("file") if reply.ok and isinstance(found, dict) else None
        picture = (
            QPixmap(str(file)) if isinstance(file, str) and Path(file).is_file() else QPixmap()
        )
        if picture.isNull():
            self.shown.hide()
            return
        smooth = Qt.TransformationMode.SmoothTransformation
        self.shown.setPixmap(picture.scaledToHeight(tokens.px(PICTURE_HIGH), smooth))
        self.shown.setAccessibleName(f"{t('audit.picture')} {file}")
        self.shown.show()
