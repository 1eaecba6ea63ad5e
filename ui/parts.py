"""The parts of the engine's state as structs: read whole, or from what changed of them.

All of it is called in the link's thread, so that the window does not wait for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, get_args

import msgspec

from studio.api import WHOLE_PART as WHOLE
from studio.api import read_steps, rows_after
from studio.audio.model import SoundView
from studio.comments.model import CommentsView
from studio.governance.keeping.model import KeepingView
from studio.governance.model import AuditView, PrivacyView
from studio.governance.rights.model import RightsView
from studio.governance.watch.model import WatchView
from studio.host.assistant.model import AssistantView
from studio.host.guard.model import GuardView
from studio.host.nodes.model import NodesView
from studio.host.packs.model import PacksView
from studio.host.prompter.model import PrompterView
from studio.host.rundown.model import RundownView
from studio.host.script.model import ScriptView
from studio.host.standin.model import StandInView
from studio.insight.advice.model import AdviceView
from studio.insight.model import InsightView
from studio.insight.pricing.model import PricingView
from studio.insight.trials.model import TrialsView
from studio.outputs.model import AirView, CameraView
from studio.plans.drills.model import DrillsView
from studio.plans.incidents.model import IncidentsView
from studio.plans.model import PlansView
from studio.plans.post.model import PostView
from studio.scenes.model import ScenesView
from studio.sender.model import OutputStatus
from studio.shop.card.model import CardsView
from studio.shop.coupons.model import CouponView
from studio.shop.effects.model import EffectsView
from studio.shop.games.model import DrawView
from studio.shop.model import ShopState, WornView
from studio.shop.offers.model import OfferView
from studio.shop.orders.model import OrdersView
from studio.shop.run_order.model import RunOrderView
from studio.shop.stock.model import StockView
from studio.show.model import BrandKit, EngineView, ShowView
from studio.show.readiness.model import ReadinessView
from studio.sources.model import SourceView

PARTS: dict[str, Any] = {
    "scenes": ScenesView,
    "sources": tuple[SourceView, ...],
    "sound": SoundView,
    "shop": ShopState,
    "cards": CardsView,
    "stock": StockView,
    "offers": tuple[OfferView, ...],
    "coupons": tuple[CouponView, ...],
    "run_order": RunOrderView,
    "orders": OrdersView,
    "games": tuple[DrawView, ...],
    "effects": EffectsView,
    "outputs": tuple[OutputStatus, ...],
    "show": ShowView,
    "tryon": dict[str, WornView],
    "engine": EngineView,
    "air": AirView,
    "comments": CommentsView,
    "rundown": RundownView,
    "packs": PacksView,
    "script": ScriptView,
    "prompter": PrompterView,
    "guard": GuardView,
    "standin": StandInView,
    "assistant": AssistantView,
    "nodes": NodesView,
    "plans": PlansView,
    "drills": DrillsView,
    "incidents": IncidentsView,
    "post": PostView,
    "brand": BrandKit,
    "virtualcam": CameraView,
    "ready": ReadinessView,
    "rights": RightsView,
    "audit": AuditView,
    "watch": WatchView,
    "privacy": PrivacyView,
    "keeping": KeepingView,
    "insight": InsightView,
    "advice": AdviceView,
    "pricing": PricingView,
    "trials": TrialsView,
}

# msgspec looks at a struct's types when it first meets it, and two threads that meet one at the
# same moment crash the process: the link's thread and the window's both read parts. So they are
# all met here, before there is a second thread.
OWN: set[str] = set()
_KNOWN = [msgspec.json.Decoder(kind) for kind in PARTS.values()]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A part that is not of the shape it should be."""

    why: str


def read_parts(plain: object) -> dict[str, Any]:
    """Parts of the state as structs; what is unknown is left out."""
    found: dict[str, Any] = {}
    for part, value in plain.items() if isinstance(plain, dict) else ():
        if part in PARTS:
            try:
                found[part] = msgspec.convert(value, PARTS[part], strict=False)
            except (msgspec.ValidationError, TypeError) as fault:
                found[part] = Unreadable(str(fault))
    return found


@dataclass(frozen=True, slots=True)
class RowsChange:
    """What makes a part's new value of the one with the number ``base``.

    Attributes:
        fields: decoded, by name.
        lists: steps with decoded rows, by field (`studio.core.part_rows`).
    """

    base: int
    number: int
    fields: dict[str, Any]
    lists: dict[str, list[Any]]

    def after(self, value: Any) -> Any:
        """The new value.

        Raises:
            ValueError: it does not fit.
        """
        if WHOLE in self.lists:
            return rows_after(value, self.lists[WHOLE])
        rows = {name: rows_after(getattr(value, name), steps) for name, steps in self.lists.items()}
        return msgspec.structs.replace(value, **self.fields, **rows)


def read_changes(plain: object) -> dict[str, Any]:
    """Changes of parts with decoded rows; what is unknown is left out."""
    read: dict[str, Any] = {}
    for part, change in plain.items() if isinstance(plain, dict) else ():
        if part in PARTS:
            try:
                read[part] = _read_change(part, change)
            except (ValueError, TypeError, KeyError, AttributeError) as fault:
                read[part] = Unreadable(str(fault))
    return read


def _read_change(part: str, change: dict[str, Any]) -> RowsChange:
    kind = PARTS[part]
    lists = change["lists"]
    if WHOLE in lists:
        steps = {WHOLE: read_steps(lists[WHOLE], get_args(kind)[0])}
        return RowsChange(int(change["base"]), int(change["number"]), {}, steps)
    kinds = {field.name: field.type for field in msgspec.structs.fields(kind)}
    return RowsChange(
        int(change["base"]),
        int(change["number"]),
        {
            name: msgspec.convert(value, kinds[name], strict=False)
            for name, value in change["fields"].items()
            if name in kinds
        },
        {
            name: read_steps(steps, get_args(kinds[name])[0])
            for name, steps in lists.items()
            if name in kinds
        },
    )


def prepare(name: str, data: dict[str, Any]) -> object:
    """Reads changed parts in the link's thread."""
    if name != "state.changed":
        return data
    numbers = data.get("numbers")
    return {
        "parts": read_parts(data.get("parts")),
        "numbers": numbers if isinstance(numbers, dict) else {},
        "changes": read_changes(data.get("changes")),
    }


def add_part(part: str, kind: type) -> bool:
    """Reads one more part of the state, for a panel of a plugin; before the link is made.

    Returns:
        False where it is read as something else already.
    """
    if part in PARTS:
        return PARTS[part] is kind
    _KNOWN.append(msgspec.json.Decoder(kind))
    PARTS[part] = kind
    OWN.add(part)
    return True
