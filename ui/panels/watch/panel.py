"""Security watch: what wants somebody first, then who is in, how old proofs are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.governance.watch.model import AnchorPlace, Breach, StoreState, WatchView
from ui.format import clock, day_clock
from ui.i18n import said, t
from ui.listen import listen
from ui.panels.base import Panel
from ui.panels.spot import BOTTOM, Spot
from ui.widgets.basics import Button, clear
from ui.widgets.hold import HoldButton
from ui.widgets.pop_form import PopForm
from ui.widgets.state_line import state_line

MOST_LINES = 60
OLD_ANCHOR_S = 180
"""A checkpoint is signed each minute."""
BREACH: dict[str, Any] = {
    "type": "object",
    "properties": {
        "what": {"type": "string", "default": "", "x-zh": "发生了什么", "x-en": "What happened"},
    },
}


class WatchPanel(Panel):
    """How safe it stands."""

    id = "watch"
    rank = 83
    spots = {"technician": Spot(BOTTOM, 2)}
    keys = (("Tab", "watch.key_next"), ("Space", "watch.key_press"))

    def build(self) -> None:
        self._shown: object = None
        self.check = self.tool(Button("", clicked=self._check))
        self.breach = self.tool(Button("", "quiet", clicked=self._open_breach))
        inside, page = QWidget(), QVBoxLayout()
        page.setContentsMargins(12, 6, 10, 6)
        self.lines = QVBoxLayout()
        page.addLayout(self.lines)
        page.addStretch(1)
        inside.setLayout(page)
        self.add_scroll(inside)
        listen(self, self.desk.store.changed, self._heard)
        if self.desk.anchors is not None:
            listen(self, self.desk.anchors.changed, self._show)

    def retext(self) -> None:
        super().retext()
        self.check.setText(t("watch.check"))
        self.check.name(t("watch.check"), t("watch.check_tip"))
        self.breach.setText(t("watch.breach"))
        self.breach.name(t("watch.breach"), t("watch.breach_tip"))
        self._shown = None
        self._show()

    def _heard(self, part: str) -> None:
        if part == "watch":
            self._show()

    def _show(self) -> None:
        view = self.desk.store.watch
        doubts = self.desk.anchors.words if self.desk.anchors else []
        if self._shown == (view, doubts):
            return
        self._shown = view, doubts
        waits = len(view.breaches) + len(view.alarms) + (view.chain == "broken") + len(doubts)
        self.head.show_badge(t("watch.waits", n=waits) if waits else "", "attention")
        clear(self.lines)
        for breach in view.breaches:
            self.lines.addWidget(self._breach(breach))
        for words in doubts:  # what this desk itself saw, whatever the engine says
            self.lines.addWidget(state_line("attention", words))
        for tone, words in list(_lines(view))[:MOST_LINES]:
            self.lines.addWidget(state_line(tone, words))

    def _breach(self, breach: Breach) -> QWidget:
        told = ", ".join(t(f"watch.{whom}") for whom in breach.told) or t("watch.nobody")
        words = t("watch.breach_line", what=breach.what, at=day_clock(breach.known_utc),
                  by=day_clock(breach.latest_by), told=told)  # fmt: skip
        buttons: list[Button] = []
        for whom in ("authority", "persons"):
            if whom not in breach.told:
                told_it = t(f"watch.told_{whom}")
                button = Button(told_it, clicked=partial(self._told, breach.id, whom))
                button.name(told_it)
                buttons.append(button)
        if "authority" in breach.told:
            close = HoldButton(t("watch.close"), held=partial(self._close, breach.id))
            close.name(t("watch.close"))
            buttons.append(close)
        return state_line("attention", words, *buttons)

    def _check(self) -> None:
        self.desk.actions.run("watch.check", {}, origin=self.check)

    def _told(self, id: str, whom: str) -> None:
        self.desk.actions.run("watch.told", {"id": id, "whom": whom}, origin=self.breach)

    def _close(self, id: str) -> None:
        self.desk.actions.run("watch.close", {"id": id}, origin=self.breach)

    def _open_breach(self) -> None:
        PopForm(self.breach, t("watch.breach"), BREACH, {}, self._save_breach).open()

    def _save_breach(self, given: dict[str, Any]) -> None:
        args = {"what": str(given.get("what", "")).strip()}
        self.desk.actions.run("watch.breach", args, origin=self.breach)


def _lines(view: WatchView) -> Iterator[tuple[str, str]]:
    """Tone and words, what needs a person first."""
    tones = {"whole": "good", "broken": "attention"}
    if view.chain == "broken":
        yield "attention", said("watch.chain", {"state": said("watch.chain_broken")})
    for alarm in reversed(view.alarms):
        words = {"what": said(f"watch.alarm.{alarm.kind}"), "subject": alarm.subject}
        yield "attention", t("watch.alarm_line", at=clock(alarm.at_utc), **words)
    if view.audit_lost:
        yield "attention", t("watch.lost", n=view.audit_lost)
    for guess in view.door.guesses:
        yield "attention", said("watch.guesses", {"address": guess.address, "n": guess.count})
    if view.unmasked:
        yield "attention", t("watch.unmasked", who=", ".join(view.unmasked))
    if view.chain != "broken":
        state = said(f"watch.chain_{view.chain}")
        yield tones.get(view.chain, "off"), said("watch.chain", {"state": state})
    if view.anchor_age_s >= 0:
        tone = "good" if view.anchor_age_s < OLD_ANCHOR_S else "attention"
        yield tone, said("watch.anchor", {"n": view.anchor_age_s})
    yield _place(view.anchors)
    yield from _stores(view.stores)
    for entry in view.door.present:
        words = {"who": entry.who, "role": t(f"role.{entry.role}"), "address": entry.address}
        yield "good" if entry.is_here else "off", said("watch.present", words)
    yield "off", said("watch.refused", {"n": view.refused})
    for name, count in view.door.limits.items():
        if count:
            yield "off", t("watch.limit", what=t(f"watch.limit_{name}"), n=count)
    if view.door.clear:
        clear = view.door.clear
        words = {"until": day_clock(clear.until_utc), "who": clear.who, "reason": clear.reason}
        yield "attention", said("watch.clear", words)
    if view.door.certificate_until:
        yield "off", t("watch.certificate", at=day_clock(view.door.certificate_until))
    yield "attention" if view.due else "off", said("watch.due", {"n": view.due, "held": view.held})
    for name in view.records_broken:
        yield "attention", said("watch.record_broken", {"name": name})
    if view.records_due:
        yield "attention", said("watch.records_due", {"n": view.records_due})
    if view.requests:
        tone = "attention" if view.late else "off"
        yield tone, t("watch.requests", n=view.requests, late=view.late)
    for red in reversed(view.red):
        words = {"command": red.command, "who": red.origin, "reason": red.reason or "-"}
        yield "off", t("watch.red", at=clock(red.at_utc), **words)


def _stores(stores: Sequence[StoreState]) -> Iterator[tuple[str, str]]:
    """Databases that are not encrypted or cannot be read, by name; else how many are well."""
    for state in stores:
        if state.is_now in ("clear", "unreadable"):
            yield "attention", f"{state.file}: {said(f'stores.is_{state.is_now}', {})}"
    well = sum(state.is_now in ("sealed", "older") for state in stores)
    if well:
        older = sum(state.is_now == "older" for state in stores)
        yield "good", said("watch.stores_older" if older else "watch.stores",
                           {"n": well, "older": older})  # fmt: skip


def _place(place: AnchorPlace) -> tuple[str, str]:
    """Where the anchors outside are, and how old the newest is."""
    if not place.folder:
        return "off", said("watch.place_none", {})
    same = said("watch.place_same", {}) if place.is_same_disk else ""
    folder = place.folder + same
    if place.error:
        words = {"folder": folder, "why": place.error, "n": place.waiting}
        return "attention", said("watch.place_failed", words)
    at = clock(place.at_utc) if place.at_utc else "-"
    tone = "good" if place.at_utc and not place.is_same_disk else "off"
    return tone, said("watch.place", {"folder": folder, "at": at})
