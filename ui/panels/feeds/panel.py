"""Where comments come from: each platform with its state, and what it cannot see."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.comments.model import FeedView
from ui.i18n import pick, t
from ui.listen import listen
from ui.models.commands import FieldKind
from ui.panels.base import Panel
from ui.panels.feeds.form import FeedForm
from ui.panels.spot import BOTTOM, Spot
from ui.widgets.basics import Button, Dot, TextLabel, column, row
from ui.widgets.keyed_rows import keep_rows
from ui.widgets.plain import plain

TONES = {"live": "good", "connecting": "off", "failed": "attention", "ended": "off"}


class FeedRow(QWidget):
    """One feed."""

    def __init__(self, panel: FeedsPanel, name: str) -> None:
        super().__init__()
        self._panel, self._name = panel, name
        self._dot = Dot("off")
        self._words = TextLabel(wraps=True)
        self._detail = TextLabel(size=12, tone="muted", wraps=True)
        self.remove = Button("", "quiet", icon="close", clicked=self._remove)
        words = column(gap=1)
        words.addWidget(self._words)
        words.addWidget(self._detail)
        line = row(gap=8, margins=(0, 4, 0, 4))
        line.addWidget(self._dot)
        line.addLayout(words, 1)
        line.addWidget(self.remove)
        self.setLayout(line)

    def show_feed(self, feed: FeedView, kind: FieldKind | None) -> None:
        """Its state in words; what it does not see below."""
        self._dot.set(TONES.get(feed.state, "attention"))
        parts = [pick(kind.label) if kind else feed.kind, t(f"feeds.{_known(feed.state)}"),
                 t("feeds.count", n=feed.count)]  # fmt: skip
        if feed.withdrawn:
            parts.append(t("feeds.withdrawn", n=feed.withdrawn))
        self._words.setText(f"{feed.name} · " + " · ".join(parts))
        spots = [pick((spot.get("zh", ""), spot.get("en", ""))) for spot in feed.blind_spots]
        lines = [feed.error] if feed.error else []
        lines += [t("feeds.blind", what=t("feeds.and").join(spots))] if spots else []
        self._detail.setText("\n".join(lines))
        self._detail.set_tone("attention" if feed.state == "failed" else "muted")
        self._detail.setVisible(bool(lines))
        self.remove.name(t("feeds.remove", name=feed.name))
        self.setAccessibleName(plain(self._words.text()))

    def _remove(self) -> None:
        args = {"name": self._name}
        self._panel.desk.actions.run("feeds.remove", args, origin=self.remove)


class FeedsPanel(Panel):
    """All feeds of the show, and the form of a new one."""

    id = "feeds"
    rank = 28
    spots = {
        "controller": Spot(BOTTOM, 2),
        "technician": Spot(BOTTOM, 2),
        "prepare": Spot(BOTTOM),
    }
    keys = (("Tab", "feeds.key_next"), ("Space", "feeds.key_press"))

    def build(self) -> None:
        self.rows: dict[str, FeedRow] = {}
        self._form: FeedForm | None = None
        self.add_feed = self.tool(Button("", "quiet", icon="plus", clicked=self.open_form))
        self._none = TextLabel(size=12, tone="muted", wraps=True)
        inside = QWidget()
        whole = QVBoxLayout()
        whole.setContentsMargins(12, 6, 10, 6)
        self._place = QVBoxLayout()
        self._lines = QVBoxLayout()
        whole.addLayout(self._place)
        whole.addWidget(self._none)
        whole.addLayout(self._lines)
        whole.addStretch(1)
        inside.setLayout(whole)
        self.add_scroll(inside)
        listen(self, self.desk.store.changed, self._heard)
        self.desk.store.loaded.connect(self._show)

    def retext(self) -> None:
        super().retext()
        self.add_feed.setText(t("feeds.add"))
        self.add_feed.name(t("feeds.add"), t("feeds.add_tip"))
        self._show()

    def open_form(self) -> None:
        """Asks which platform, and for what it needs."""
        if self._form is not None:
            return
        self._form = form = FeedForm(self.desk)
        form.closed.connect(self.close_form)
        self.show_form(form, self._place)
        form.begin()

    def close_form(self) -> None:
        form, self._form = self._form, None
        if form is not None:
            form.hide()
            form.deleteLater()

    def _heard(self, part: str) -> None:
        if part == "comments":
            self._show()

    def _show(self) -> None:
        store = self.desk.store
        feeds = {feed.name: feed for feed in store.comments.feeds}
        kinds = {kind.kind: kind for kind in store.kinds.feeds}
        keep_rows(self._lines, self.rows, list(feeds), partial(FeedRow, self))
        for name, feed in feeds.items():
            self.rows[name].show_feed(feed, kinds.get(feed.kind))
        failed = sum(feed.state == "failed" for feed in feeds.values())
        self.head.show_badge(t("feeds.failed_badge", n=failed) if failed else "", "bad")
        self._none.setText("" if feeds else t("feeds.none"))
        self._none.setVisible(not feeds)


def _known(state: str) -> str:
    return state if state in TONES else "failed"
