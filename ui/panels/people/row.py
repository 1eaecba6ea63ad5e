"""One line of the people panel: a person, a request that waits, full rights to be reviewed."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QFrame

from studio.governance.rights.model import AskedView, GlassView, OperatorView
from ui.desk import Desk
from ui.format import clock, day_clock
from ui.i18n import pick, t
from ui.theme import tokens
from ui.widgets.basics import Button, Dot, TextLabel, column, row
from ui.widgets.hold import HoldButton


class PeopleRow(QFrame):
    """Two lines of words at a state, and what can be done about it."""

    def __init__(self, tone: str, name: str, about: str, *buttons: Button) -> None:
        super().__init__()
        self.setObjectName("offer")
        words = column(gap=1)
        words.addWidget(TextLabel(name, weight=600, elides=True))
        words.addWidget(TextLabel(about, size=12, tone="muted", wraps=True))
        line = row(Dot(tone), gap=8, margins=(12, 4, 10, 4))
        line.addLayout(words, 1)
        for button in buttons:
            line.addWidget(button)
        self.setLayout(line)
        self.setMinimumHeight(tokens.px(46))
        self.setAccessibleName(f"{name}, {about}")


def asked_row(desk: Desk, view: AskedView) -> PeopleRow:
    """A red command that waits for a second person."""
    label = pick(view.label)
    about = [t("people.asked_by", name=_person(view.asked_by)), view.reason, view.words]
    about.append(t("people.until", at=clock(view.until)))

    def answer(command: str) -> None:
        desk.actions.run(command, {"id": view.id}, origin=line)

    yes = HoldButton(t("people.agree"), held=partial(answer, "rights.agree"))
    yes.name(t("people.agree_of", what=label))
    no = Button(t("people.refuse"), "quiet", clicked=partial(answer, "rights.refuse"))
    no.name(t("people.refuse_of", what=label))
    line = PeopleRow("attention", label, " · ".join(filter(None, about)), no, yes)
    return line


def glass_row(view: GlassView, review: Button) -> PeopleRow:
    """Full rights that somebody took, and nobody has looked at yet."""
    about = t("people.glass_about", reason=view.reason, at=day_clock(view.at_utc),
              until=clock(view.until), n=len(view.commands))  # fmt: skip
    review.name(t("people.review_of", name=view.operator))
    return PeopleRow("attention", t("people.glass", name=view.operator), about, review)


def person_row(view: OperatorView, *buttons: Button) -> PeopleRow:
    """Somebody, with their scope and devices."""
    operator = view.operator
    about = [t(f"role.{operator.role}")]
    if operator.only:
        about.append(t("people.only", what=" ".join(operator.only)))
    if operator.without:
        about.append(t("people.without", what=" ".join(operator.without)))
    if operator.shows:
        about.append(t("people.shows", what=", ".join(operator.shows)))
    if not operator.data:
        about.append(t("people.no_personal"))
    if operator.may_break_glass:
        about.append(t("people.may_glass"))
    if operator.until:
        is_over = operator.left_s <= 0
        key = "people.ended" if is_over else "people.until"
        about.append(t(key, at=day_clock(operator.until)))
    about.append(
        t("people.devices", what=", ".join(view.devices)) if view.devices
        else t("people.no_devices")
    )  # fmt: skip
    tone = "attention" if view.has_glass else "good" if view.is_here else "off"
    name = f"{operator.name} · {t('people.here')}" if view.is_here else operator.name
    return PeopleRow(tone, name, " · ".join(about), *buttons)


def _person(name: str) -> str:
    """Who asked; whoever is at this machine has no name of their own."""
    return t(f"people.at_{name}") if name in ("here", "owner") else name
