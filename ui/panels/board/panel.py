"""The board 数据大屏: figures with what is normal, and what left it: since when, after what."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from studio.insight.model import BoardAlarm, BoardFigure
from ui.client import Reply
from ui.desk import Desk
from ui.format import clock
from ui.i18n import pick, t
from ui.listen import listen
from ui.panels.base import Panel
from ui.panels.board.tile import FigureTile, figure_text
from ui.panels.spot import BOTTOM, RIGHT, Spot
from ui.theme import tokens
from ui.widgets.basics import Button, Dot, TextLabel, column, row
from ui.widgets.flow import Flow
from ui.widgets.keyed_rows import keep_rows

LEAST_SHOWS = 5
OPEN = ("active", "acknowledged", "snoozed")


class AlarmRow(QFrame):
    """One alarm: value, normal, since when, what preceded it, what to do."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk, self._alarm = desk, ""
        self._since = ""
        self.setObjectName("alarm")
        self.dot = Dot("attention")
        self.title = TextLabel(weight=600, wraps=True)
        self.before = TextLabel(size=12, tone="muted", wraps=True)
        self.advice = TextLabel(size=12, wraps=True)
        self.picture = Button("", clicked=self._show_picture)
        self.seen = Button("", "primary", clicked=self._acknowledge)
        self.later = Button("", clicked=self._snooze)
        words = column(gap=2)
        for label in (self.title, self.before, self.advice):
            words.addWidget(label)
        words.addLayout(Flow(self.picture, self.seen, self.later))
        layout = row(self.dot, gap=8, margins=(4, 6, 4, 6))
        layout.addLayout(words, 1)
        self.setLayout(layout)

    def show_alarm(self, alarm: BoardAlarm) -> None:
        """What is known now."""
        self._alarm, self._since = alarm.id, alarm.since_utc
        name, is_new = pick(alarm.label), alarm.state == "active"
        value, normal = (figure_text(v, alarm.unit) for v in (alarm.value, alarm.normal))
        self.dot.set("attention" if is_new else "off")
        since, state = clock(alarm.since_utc), t(f"board.state_{alarm.state}")
        self.title.setText(
            t("board.alarm", name=name, value=value, normal=normal, since=since, state=state)
        )
        told = [
            f"{clock(entry.at_utc)} {t(f'board.before_{entry.kind}')} {entry.what}"
            for entry in alarm.before
        ]
        self.before.setText(t("board.before", what=" · ".join(told)) if told
                            else t("board.before_nothing"))  # fmt: skip
        self.advice.setText(pick(alarm.advice))
        self.advice.setVisible(bool(pick(alarm.advice)))
        self.picture.setText(t("board.picture"))
        self.picture.name(t("board.picture_of", name=name))
        self.seen.setText(t("board.seen"))
        self.seen.name(t("board.seen_of", name=name))
        self.later.setText(t("board.later"))
        self.later.name(t("board.later_of", name=name))
        self.seen.setVisible(is_new)
        self.later.setVisible(is_new)
        self.setAccessibleName(f"{self.title.text()} {self.before.text()}")

    def _show_picture(self) -> None:
        stamp = "".join(sign for sign in self._since if sign.isdigit())
        args = {"when": self._since, "file": f"alarm-{stamp}.png"}
        self._desk.actions.run("insight.moment", args, origin=self.picture, done=self._pictured)

    def _pictured(self, reply: Reply) -> None:
        found = reply.answer
        if reply.ok and isinstance(found, dict):
            self.before.setText(t("board.pictured", file=found.get("file", "")))

    def _acknowledge(self) -> None:
        self._desk.actions.run("insight.acknowledge", {"alarm": self._alarm}, origin=self.seen)

    def _snooze(self) -> None:
        self._desk.actions.run("insight.snooze", {"alarm": self._alarm}, origin=self.later)


class BoardPanel(Panel):
    """Alarms first, then figures that are known, then those that nobody tells."""

    id = "board"
    rank = 30
    spots = {
        "controller": Spot(BOTTOM, 2),
        "technician": Spot(BOTTOM, 2),
        "review": Spot(RIGHT, 1),
    }
    keys = (("Tab", "board.key_next"), ("Space", "board.key_press"))

    def build(self) -> None:
        self._tiles: dict[str, FigureTile] = {}
        self.alarms: dict[str, AlarmRow] = {}
        self._says = TextLabel(tone="muted", wraps=True)
        inside, page = QWidget(), QVBoxLayout()
        page.setContentsMargins(*(tokens.px(side) for side in (10, 8, 10, 8)))
        page.setSpacing(tokens.px(8))
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        page.addWidget(self._says)
        page.addLayout(self._list)
        self._known, self._unknown = QWidget(), QWidget()
        for place in (self._known, self._unknown):
            place.setLayout(Flow(gap=8))
            page.addWidget(place)
        page.addStretch(1)
        inside.setLayout(page)
        self.add_scroll(inside)
        listen(self, self.desk.store.changed, self._changed)

    def retext(self) -> None:
        super().retext()
        self._show()

    def _changed(self, part: str) -> None:
        if part == "insight":
            self._show()

    def _show(self) -> None:
        view = self.desk.store.insight
        alarms = [alarm for alarm in view.alarms if alarm.state in OPEN]
        self._show_alarms(alarms)
        for figure in view.figures:
            self._show_tile(figure)
        if not view.is_on_air:
            says = t("board.off_air")
        elif view.shows < LEAST_SHOWS:
            says = t("board.learning", n=view.shows, least=LEAST_SHOWS)
        else:
            says = t("board.compared", n=view.shows)
        self._says.setText(says)
        known = sum(figure.value is not None for figure in view.figures)
        self.head.count.setText(t("board.count", n=known, of=len(view.figures)))
        active = sum(alarm.state == "active" for alarm in alarms)
        self.head.show_badge(t("board.badge", n=active) if active else "")

    def _show_tile(self, figure: BoardFigure) -> None:
        place = self._unknown if figure.value is None else self._known
        tile = self._tiles.get(figure.id)
        if tile is None:
            tile = self._tiles[figure.id] = FigureTile()
        if tile.parentWidget() is not place:
            layout = place.layout()
            assert layout is not None
            layout.addWidget(tile)
            tile.show()
        tile.show_figure(figure)

    def _show_alarms(self, alarms: list[BoardAlarm]) -> None:
        ids = [alarm.id for alarm in alarms]
        keep_rows(self._list, self.alarms, ids, lambda _: AlarmRow(self.desk))
        for alarm in alarms:
            self.alarms[alarm.id].show_alarm(alarm)
