"""What an import brought, and what had no counterpart here: read at leisure, closed at will."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QTreeWidget, QTreeWidgetItem, QWidget

from ui.dialogs.card import Card
from ui.i18n import pick, t
from ui.theme import tokens
from ui.widgets.basics import TextLabel
from ui.widgets.plain import plain

WHAT = (
    "source", "scene", "group", "item", "filter", "transition", "hotkey", "script", "entry", "file",
    "size", "device", "name", "setting", "sound", "font", "more",
)  # fmt: skip


class Imported(Card):
    """The answer of ``show.import_obs`` in words."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window, 720, 460)
        self.words = TextLabel(wraps=True)
        self.list = QTreeWidget()
        self.list.setRootIsDecorated(False)
        self.list.setColumnCount(3)
        self.list.setWordWrap(True)
        self.list.setTextElideMode(Qt.TextElideMode.ElideNone)
        self.body.addWidget(self.words)
        self.body.addWidget(self.list, 1)

    def show_result(self, found: dict[str, Any]) -> None:
        """Shows what the engine answered."""
        scenes, sources = found.get("scenes") or [], found.get("sources") or []
        missing = [entry for entry in found.get("unmatched") or [] if isinstance(entry, dict)]
        key = "imported.rest" if missing else "imported.all"
        self.words.setText(
            t(key, name=found.get("name", "OBS"), scenes=len(scenes), sources=len(sources),
              n=len(missing))
        )  # fmt: skip
        self.list.clear()
        self.list.setVisible(bool(missing))
        self.list.setHeaderLabels([t("imported.what"), t("imported.name"), t("imported.why")])
        self.list.setAccessibleName(t("imported.title"))
        for entry in missing:
            what = str(entry.get("what", ""))
            words = t(f"imported.{what}") if what in WHAT else what
            name, where, kind = (str(entry.get(key, "")) for key in ("name", "where", "kind"))
            place = f"{name} · {where}" if where and where not in name else name
            line = [words, place, pick(entry.get("text")) or kind]
            item = QTreeWidgetItem(line)
            for column in range(3):
                item.setToolTip(column, plain(line[column] if column < 2 else f"{line[2]}\n{kind}"))
            self.list.addTopLevelItem(item)
        self.list.setColumnWidth(0, tokens.px(110))
        self.list.setColumnWidth(1, tokens.px(200))
        self.open_card(t("imported.title"))
        self._give_height()

    def _give_height(self) -> None:
        """Rows as high as the words in their last column need."""
        metrics, gap = self.list.fontMetrics(), tokens.px(6)
        for at in range(self.list.topLevelItemCount()):
            item = self.list.topLevelItem(at)
            high = 0
            for column in range(3):
                wide = max(tokens.px(60), self.list.columnWidth(column) - 2 * gap)
                room = QRect(0, 0, wide, 4000)
                words = item.text(column) if item else ""
                wrapped = metrics.boundingRect(room, int(Qt.TextFlag.TextWordWrap), words)
                high = max(high, wrapped.height())
            if item:
                item.setSizeHint(2, QSize(0, high + gap))
