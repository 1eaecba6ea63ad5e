"""What the programme's badge says and the colour around it: one answer for every monitor."""

from __future__ import annotations

from typing import NamedTuple

from ui import client as link
from ui.format import ms_short
from ui.i18n import t
from ui.models.air_state import Air
from ui.store import Store
from ui.theme import tokens


class ProgrammeState(NamedTuple):
    """How the programme is marked.

    Attributes:
        tone: of the badge.
        edge: colour around the picture; one that nobody can vouch for has none.
    """

    words: str
    tone: str
    edge: str


def programme_state(store: Store, state: str) -> ProgrammeState:
    """Red while it is seen to be on air, amber while that was so and is not.

    Args:
        state: of the link.
    """
    if state != link.LIVE:
        return ProgrammeState(t(f"link.{state}"), "attention_soft", tokens.LINE)
    air, seconds = store.air_state
    if air is Air.LIVE:
        return ProgrammeState("● " + t("onair.live"), "on_air", tokens.ON_AIR)
    if air is Air.STARTING:
        return ProgrammeState(f"● {t('onair.starting_short')}", "off", tokens.ON_PROGRAMME)
    if air is Air.LOST:
        words = f"▲ {t('onair.lost')} {ms_short(seconds)}"
        return ProgrammeState(words, "attention", tokens.ATTENTION)
    if air is Air.TRYING:
        return ProgrammeState(t("onair.trying"), "attention_soft", tokens.ON_PROGRAMME)
    return ProgrammeState(t("onair.rehearsal"), "off", tokens.ON_PROGRAMME)
