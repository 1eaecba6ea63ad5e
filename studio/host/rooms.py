"""The services of the host's room, in the order in which they load."""

from __future__ import annotations

from typing import Any

from studio.audio.tap import SoundTap
from studio.core.command import Bus
from studio.core.event import Events
from studio.core.service import Service
from studio.core.state import State
from studio.host.assistant.service import AssistantService
from studio.host.ears.link import EarsLink
from studio.host.guard.service import GuardService
from studio.host.nodes.service import NodeService
from studio.host.packs.service import PackService
from studio.host.prompter.service import PrompterService
from studio.host.rundown.service import RundownService
from studio.host.script.service import ScriptService
from studio.host.standin.service import Composed, StandInService
from studio.host.voice.link import VoiceLink
from studio.shop.card.book import CardBook
from studio.shop.catalogue import Catalogue
from studio.shop.offers.book import OfferBook

HOST_SERVICES: tuple[type[Service], ...] = (
    RundownService, ScriptService, PackService, PrompterService, GuardService,
    StandInService, AssistantService, NodeService,
)  # fmt: skip


class HostTexts:
    """The texts that the host's room and the shop have now."""

    def __init__(
        self,
        catalogue: Catalogue,
        offers: OfferBook,
        rundown: RundownService,
        script: ScriptService,
    ) -> None:
        self._catalogue, self._offers = catalogue, offers
        self._rundown, self._script = rundown, script

    def text_parts(self) -> dict[str, Any]:
        """By their keys in show.json."""
        return {
            "shop": self._catalogue.state,
            "offers": self._offers.part,
            "rundown": self._rundown.part,
            "script": self._script.part,
        }


def host_services(
    catalogue: Catalogue,
    offers: OfferBook,
    cards: CardBook,
    tap: SoundTap,
    composed: Composed,
    bus: Bus,
    events: Events,
    state: State,
) -> tuple[Service, ...]:
    """All of them, wired."""
    rundown = RundownService(catalogue, events, state)
    script = ScriptService(catalogue, offers, state)
    cards.facts_of = script.card_facts
    texts = HostTexts(catalogue, offers, rundown, script)
    prompter = PrompterService(rundown, script, catalogue, events, state)
    packs = PackService(texts, catalogue, state)
    guard = GuardService(
        packs, script, catalogue, prompter, EarsLink(tap), events, state, asks_meaning=True
    )
    standin = StandInService(composed, guard, script, catalogue, bus, VoiceLink(), events, state)
    assistant = AssistantService(prompter, guard, catalogue, state)
    nodes = NodeService(rundown, catalogue, script, state)
    return (rundown, script, packs, prompter, guard, standin, assistant, nodes)
