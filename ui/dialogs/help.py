"""Help: the guide as it comes with the program, searched here, without a network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QImage, QTextDocument
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QTextBrowser, QWidget

from studio.api import project_dir
from ui.desk import Desk
from ui.dialogs.card import Card
from ui.i18n import language, t
from ui.listen import listen
from ui.theme import tokens
from ui.widgets.basics import TextLabel, column, row

PAGES = (
    "guide/first-steps", "guide/scenes", "host", "run-order", "cards", "offers", "orders", "draws",
    "import", "stock", "advice", "insight", "tryon", "plans", "incidents", "drills", "rehearsal",
    "risks", "rights", "privacy", "audit", "record", "outputs", "sound", "sources", "filters",
    "comments", "remote",
)  # fmt: skip
FILE = Qt.ItemDataRole.UserRole


def page_file(name: str, code: str) -> Path | None:
    """A page of the guide in a language, in the other one where there is no other."""
    docs = project_dir() / "docs"
    own, other = docs / f"{name}.zh.md", docs / f"{name}.md"
    wanted = (own, other) if code == "zh" else (other, own)
    return next((path for path in wanted if path.is_file()), None)


def title_of(text: str) -> str:
    """The first heading."""
    heads = (line for line in text.splitlines() if line.startswith("# "))
    return next(heads, "# ?").removeprefix("# ").strip()


class GuidePage(QTextBrowser):
    """Text as wide as it is, and no picture wider."""

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        """A picture that is too wide is scaled down."""
        found = super().loadResource(kind, name)
        room = self.viewport().width() - round(2 * self.document().documentMargin())
        if kind == QTextDocument.ResourceType.ImageResource.value and room > 0:
            image = QImage(found) if isinstance(found, QImage) else QImage.fromData(found)
            if image.width() > room:
                smooth = Qt.TransformationMode.SmoothTransformation
                return image.scaledToWidth(room, smooth)
        return found


class HelpCard(Card):
    """Pages at the left, with how often each has what is searched; the page at the right."""

    def __init__(self, desk: Desk, window: QWidget) -> None:
        super().__init__(window, 940, 640)
        self.desk = desk
        self.search = QLineEdit()
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._sift)
        self.search.returnPressed.connect(self._next)
        self.list = QListWidget()
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentItemChanged.connect(self._picked)
        self.nothing = TextLabel(size=12, tone="muted", wraps=True)
        self.page = GuidePage()
        self.page.setOpenLinks(False)
        self.page.anchorClicked.connect(self._go)
        self.page.document().setDefaultStyleSheet(f"a {{ color: {tokens.ACCENT_TEXT}; }}")
        side = column(self.search, self.list, self.nothing, gap=8)
        left = QWidget()
        left.setLayout(side)
        left.setFixedWidth(tokens.px(240))
        middle = row(gap=16)
        middle.addWidget(left)
        middle.addWidget(self.page, 1)
        self.body.addLayout(middle, 1)
        self._texts: dict[str, tuple[Path, str]] = {}
        listen(self, language.changed, self._retext)

    def open(self, page: str = "") -> None:
        """Shows the guide, at a page."""
        self._load()
        self.open_card(t("help.title"))
        self.search.setFocus()
        self.show_page(page or PAGES[0])

    def _retext(self) -> None:
        if self.isVisible():
            self.open()

    def _load(self) -> None:
        """The pages of the present language; nothing is fetched from anywhere."""
        self.search.setPlaceholderText(t("help.search"))
        self.search.setAccessibleName(t("help.search"))
        self.list.setAccessibleName(t("help.pages"))
        self.page.setAccessibleName(t("help.title"))
        self._texts.clear()
        for name in PAGES:
            path = page_file(name, language.code)
            if path is not None:
                self._texts[name] = (path, path.read_text(encoding="utf-8"))
        self.search.clear()
        self._sift()

    def _sift(self) -> None:
        """Pages that have all words, those that have them most often first."""
        words = self.search.text().lower().split()
        found: list[tuple[int, str]] = []
        for name, (_, text) in self._texts.items():
            low = text.lower()
            if all(word in low for word in words):
                found.append((sum(low.count(word) for word in words), name))
        if words:
            found.sort(key=lambda entry: -entry[0])
        self.list.blockSignals(True)
        self.list.clear()
        for count, name in found:
            title = title_of(self._texts[name][1])
            words_shown = t("help.found", page=title, n=count) if words else title
            item = QListWidgetItem(words_shown)
            item.setData(FILE, name)
            self.list.addItem(item)
        self.list.blockSignals(False)
        self.nothing.setText("" if found else t("help.none", text=self.search.text()))
        self.nothing.setVisible(not found)
        if words and found:
            self.show_page(found[0][1])
            self._next()

    def _picked(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.show_page(str(item.data(FILE)))
            self._next()

    def show_page(self, name: str) -> None:
        known = self._texts.get(name)
        if known is None:
            return
        path, text = known
        self.page.setSearchPaths([str(path.parent)])
        self.page.document().setBaseUrl(QUrl.fromLocalFile(str(path)))
        dialect = (
            QTextDocument.MarkdownFeature.MarkdownDialectGitHub
            | QTextDocument.MarkdownFeature.MarkdownNoHTML
        )
        self.page.document().setMarkdown(text, dialect)

    def _next(self) -> None:
        """To the next place that has the first word."""
        words = self.search.text().split()
        if words and not self.page.find(words[0]):
            self.page.moveCursor(self.page.textCursor().MoveOperation.Start)
            self.page.find(words[0])

    def _go(self, url: QUrl) -> None:
        """A page of the guide opens here; another address is only said."""
        target = Path(url.path()).name.removesuffix(".md").removesuffix(".zh")
        name = next((name for name in self._texts if Path(name).name == target), "")
        if name and url.scheme() in ("", "file"):
            self.show_page(name)
        elif url.scheme() in ("http", "https"):
            self.desk.say(self.page, t("help.outside", url=url.toString()), "off")
