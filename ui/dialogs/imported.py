"""What an import brought, and what had no counterpart here: read at leisure, closed at will."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QTreeWidget, QTreeWidgetItem, QWidget

from ui.dialogs.card import Card
from ui.i18n import t
from ui.theme import tokens
from ui.widgets.basics import Text

WHAT = ("source", "filter", "file", "size")


class Imported(Card):
    """The answer of ``show.import_obs`` in words."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window, 620, 460)
        self.words = Text(wraps=True)
        self.list = QTreeWidget()
        self.list.setRootIsDecorated(False)
        self.list.setColumnCount(3)
        self.list.setWordWrap(True)
        self.body.addWidget(self.words)
        self.body.addWidget(self.list, 1)

    def show_result(self, found: dict[str, Any]) -> None:
        """Shows what the engine answered."""
        scenes, sources = found.get("scenes") or [], found.get("sources") or []
        missing = [one for one in found.get("unmatched") or [] if isinstance(one, dict)]
        key = "imported.rest" if missing else "imported.all"
        self.words.setText(
            t(key, name=found.get("name", "OBS"), scenes=len(scenes), sources=len(sources),
              n=len(missing))
        )  # fmt: skip
        self.list.clear()
        self.list.setVisible(bool(missing))
        self.list.setHeaderLabels([t("imported.what"), t("imported.name"), t("imported.kind")])
        self.list.setAccessibleName(t("imported.title"))
        for one in missing:
            what = str(one.get("what", ""))
            words = t(f"imported.{what}") if what in WHAT else what
            line = [words, str(one.get("name", "")), str(one.get("kind", ""))]
            item = QTreeWidgetItem(line)
            for column in range(3):
                item.setToolTip(column, line[column])
            self.list.addTopLevelItem(item)
        self.list.setColumnWidth(0, tokens.px(130))
        self.list.setColumnWidth(1, tokens.px(240))
        self.open_card(t("imported.title"))
