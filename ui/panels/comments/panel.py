"""What viewers say: the good ones first, the doubtful ones with their reason."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QMenu

from studio.comments.model import EntryView
from ui.client import Reply
from ui.i18n import t
from ui.listen import listen
from ui.panels.base import Panel
from ui.panels.comments.claim import RowClaim
from ui.panels.comments.crawl import CrawlBar, CrawlButton
from ui.panels.comments.list_view import CommentList
from ui.panels.comments.mutes import MutedList
from ui.panels.comments.quick import QuickMenu
from ui.panels.comments.veto import VetoBar
from ui.panels.spot import BOTTOM, LEFT, RIGHT, Spot
from ui.theme import tokens
from ui.widgets.basics import Button, Segments, TextLabel, column, holder, row
from ui.widgets.comment_words import drawable, sentences_words
from ui.widgets.pop_form import PopForm

MUTE_MIN = 10
VETO_S = (0, 3, 5, 10)


class CommentsPanel(Panel):
    """Three lists: best, held, all; beside them who is muted, while anybody is."""

    id = "comments"
    rank = 90
    spots = {
        "controller": Spot(RIGHT),
        "streamer": Spot(RIGHT),
        "technician": Spot(BOTTOM, 0),
        "vertical": Spot(LEFT, 0, 0.6),
        "review": Spot(RIGHT, 1, 0.5),
    }
    place = RIGHT
    keys = (("↑ ↓ J K", "comments.key_choose"), ("P", "comments.key_pin"),
            ("R", "comments.key_answer"), ("A", "comments.key_release"),
            ("B", "comments.key_block"), ("M", "comments.key_mute"))  # fmt: skip

    def build(self) -> None:
        self.tabs = Segments(gap=2)
        self.tabs.chosen.connect(lambda _: self.refresh(is_other=True))
        self.head.tools.addWidget(self.tabs)
        self.crawl = CrawlButton(self.desk)
        self.tool(self.crawl)
        self._pinned = TextLabel(size=12, elides=True)
        self.unpin = Button("", clicked=lambda: self._run("comments.unpin", {}))
        bar = column(gap=0)
        self.pin_bar = holder(bar, "pinned")
        inner = holder(self._pin_layout(), "")
        bar.addWidget(inner)
        self.pin_bar.setStyleSheet(f"#pinned {{ background: {tokens.NEXT_SOFT}; }}")
        self.end_slow = Button("", "attention", clicked=self._end_slow)
        self.end_slow.hide()
        self.list = CommentList()
        self.list.acted.connect(self._act)
        self.list.waiting.connect(self._wait)
        self.list.asked.connect(self._ask)
        self.meaning = TextLabel(size=11, tone="muted", elides=True)
        self.meaning.setContentsMargins(*(tokens.px(v) for v in (12, 3, 12, 3)))
        self._fresh = Button("", "primary", clicked=self._to_top)
        self._fresh.hide()
        self._note = TextLabel(size=12, tone="muted", wraps=True)
        self._note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._note.setContentsMargins(*(tokens.px(v) for v in (16, 20, 16, 20)))
        self.add(self._note)
        self.add(self.list, 1)
        self.muted = MutedList(self.desk)
        self.muted.hide()
        self.add(self.muted, 1)
        # Below the list: what comes and goes here moves no row under the mouse.
        self.add(self.meaning)
        self.add(self._fresh)
        self.add(self.end_slow)
        self.waiting = VetoBar(self.desk)
        self.add(self.waiting)
        self.add(self.pin_bar)
        self.crawling = CrawlBar(self.desk)
        self.add(self.crawling)
        listen(
            self,
            self.desk.store.changed,
            lambda part: self.refresh() if part == "comments" else None,
        )
        self.desk.store.loaded.connect(self.refresh)
        self.claim = RowClaim(self.desk, self.list, lambda: self.tabs.value == "held")
        self._tick = QTimer(self)
        self._tick.timeout.connect(self.list.viewport().update)
        self._tick.start(5000)

    def _pin_layout(self) -> QHBoxLayout:
        made = row(gap=8, margins=(12, 5, 8, 5))
        made.addWidget(self._pinned, 1)
        made.addWidget(self.unpin)
        return made

    def retext(self) -> None:
        super().retext()
        self.unpin.setText(t("comments.unpin"))
        self.end_slow.setText(t("comments.slow"))
        self.end_slow.name(t("comments.slow"), t("comments.slow_tip"))
        self.unpin.name(t("comments.unpin"))
        self.list.setAccessibleName(t("comments.title"))
        self.list.retext()
        self.crawl.retext()
        self.refresh()

    def refresh(self, *, is_other: bool = False) -> None:
        part = self.desk.store.comments
        counts = part.counts
        self.tabs.offer([
            ("best", t("comments.best") + f" {counts.best}"),
            ("held", t("comments.held") + f" {counts.held}"),
            ("all", t("comments.all")),
            *([("muted", t("comments.muted", n=len(part.muted)))] if part.muted else []),
        ])  # fmt: skip
        if not self.tabs.value:
            self.tabs.set("best")
        held = self.tabs.button("held")
        if held is not None:
            held.setStyleSheet(f"color: {tokens.ATTENTION};" if counts.held else "")
        entries = {"best": part.best, "held": part.held}.get(self.tabs.value, part.all)
        shows_muted = self.tabs.value == "muted"
        self.muted.setVisible(shows_muted)
        self.list.setVisible(not shows_muted)
        self.muted.show_mutes(part.muted if shows_muted else ())
        self.list.show_entries(entries, is_other=is_other)
        self.end_slow.setVisible(part.is_slow)
        self.meaning.setText(sentences_words(part.sentences))
        self.meaning.setVisible(self.tabs.value == "held" and self.desk.store.has("comments"))
        self.waiting.show_waiting(part.waiting)
        self.crawling.show_crawl(part.crawl)
        pinned = part.pinned
        self.pin_bar.setVisible(pinned is not None)
        self.list.set_pinned(pinned.id if pinned is not None else "")
        if pinned is not None:
            self._pinned.setText(
                t("comments.on_picture", author=pinned.author, text=drawable(pinned.text))
            )
        broken = [f.name for f in part.feeds if f.state in ("lost", "failed", "error")]
        if not self.desk.store.has("comments"):
            words = t("comments.none_here") if self.desk.store.is_loaded else ""
        elif not entries and not shows_muted:
            words = t(f"comments.empty_{self.tabs.value}")
        else:
            words = ""
        if broken:
            words = t("comments.feed_lost", names=", ".join(broken)) + (
                "\n" + words if words else ""
            )
        self._note.setText(words)
        self._note.setVisible(bool(words))

    def _end_slow(self) -> None:
        self._run("comments.slow", {"on": False})

    def _wait(self, count: int) -> None:
        self._fresh.setVisible(count > 0)
        self._fresh.setText("↑ " + t("comments.fresh", n=count))

    def _to_top(self) -> None:
        self.list.scrollToTop()
        self.list.catch_up()

    def _act(self, entry: object, act: str) -> None:
        if not isinstance(entry, EntryView):
            return
        if act == "unpin":
            self._run("comments.unpin", {})
        elif act == "mute":
            args = {"id": entry.id, "minutes": MUTE_MIN, "seen": entry.state}
            self._run("comments.mute", args)
        elif act in ("release", "block"):
            self._run(f"comments.{act}", {"id": entry.id, "seen": entry.state})
        else:
            self._run(f"comments.{act}", {"id": entry.id})

    def _ask(self, entry: object, at: QPoint) -> None:
        """The menu of a row: decisions about many, each with its number before it is made."""
        if not isinstance(entry, EntryView):
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if any(feed.can_reply for feed in self.desk.store.comments.feeds):
            menu.addAction(t("comments.reply")).triggered.connect(partial(self._reply, entry))
            menu.addMenu(QuickMenu(self.desk, entry, menu, self.list))
            menu.addSeparator()
        which = self.tabs.value if self.tabs.value in ("held", "best") else "all"
        groups: list[tuple[str, dict[str, object]]] = []
        if entry.reason is not None and entry.reason.rule:
            groups.append(("comments.all_of_rule", {"rule": entry.reason.rule}))
        groups.append(("comments.all_of_author", {"author": entry.who}))
        if which == "held":
            groups.append(("comments.all_of_list", {}))
        for words, wanted in groups:
            meant = {"which": which, **wanted}
            part = menu.addMenu(t(words, n="…"))
            for act in ("block", "release"):
                part.addAction(t(f"comments.{act}")).triggered.connect(
                    partial(self._run, "comments.bulk", {"action": act, **meant})
                )
            self.desk.actions.run(
                "comments.bulk", {"action": "count", **meant}, origin=part, is_quiet=True,
                done=partial(_count, part, words),
            )  # fmt: skip
        window = menu.addMenu(t("comments.veto_window"))
        for seconds in VETO_S:
            words = t("comments.veto_s", n=seconds) if seconds else t("comments.veto_off")
            action = window.addAction(words)
            action.setCheckable(True)
            action.setChecked(self.desk.store.comments.veto_s == seconds)
            args: dict[str, object] = {"seconds": seconds}
            action.triggered.connect(partial(self._run, "comments.veto_window", args))
        menu.popup(at)

    def _reply(self, entry: EntryView, _: bool = False) -> None:
        """Asks for the words that go back to the platform."""
        schema = {"type": "object", "properties": {
            "text": {"type": "string", "default": "", "x-zh": t("comments.reply_text"),
                     "x-en": t("comments.reply_text")}}}  # fmt: skip
        title = t("comments.reply_to", author=entry.author)
        PopForm(self.list, title, schema, {}, partial(self._send, entry.id)).open()

    def _send(self, id: str, given: dict[str, Any]) -> None:
        text = str(given.get("text", "")).strip()
        if text:
            command = "comments.quick_reply" if "{" in text else "comments.reply"
            self._run(command, {"id": id, "text": text})

    def _run(self, command: str, args: dict[str, object], _: bool = False) -> None:
        self.desk.actions.run(command, args, origin=self.list)


def _count(menu: QMenu, words: str, reply: Reply) -> None:
    """How many it would be; with none there is nothing to choose."""
    found = reply.answer
    count = found["comments"] if isinstance(found, dict) else 0
    menu.setTitle(t(words, n=count))
    menu.setEnabled(count > 0)
