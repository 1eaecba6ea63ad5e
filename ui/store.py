"""The engine's state as this desk last heard it; views listen to the parts they show."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from PySide6.QtCore import QObject, QTimer, Signal

from studio.api import Evidence, logger
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
from studio.outputs.model import AirView, CameraView, PlatformProfile
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
from ui.client import DeskClient, Reply
from ui.i18n import command_titles
from ui.models.air_state import AirState, air_state
from ui.models.commands import CommandInfo, FieldKinds
from ui.models.devices import Devices
from ui.parts import OWN, RowsChange, Unreadable, prepare, read_parts

_log = logger(__name__)
ASK_AGAIN_MS = 500


class Store(QObject):
    """Mirror of the state.

    Attributes:
        own: parts that panels of plugins read, by name.

    Signals:
        changed: (part) has a new value.
        loaded: everything is here after the link was made (anew).
        happened: (name, data) of everything but state and frequent events.
        levels: (levels by source) 15 times a second.
        stats_changed: figures of the last second are here.
    """

    changed = Signal(str)
    loaded = Signal()
    happened = Signal(str, object)
    levels = Signal(object)
    stats_changed = Signal()

    def __init__(self, client: DeskClient) -> None:
        super().__init__()
        self.client = client
        self.scenes = ScenesView()
        self.sources: tuple[SourceView, ...] = ()
        self.sound = SoundView()
        self.shop = ShopState()
        self.stock = StockView()
        self.offers: tuple[OfferView, ...] = ()
        self.cards = CardsView()
        self.coupons: tuple[CouponView, ...] = ()
        self.run_order = RunOrderView()
        self.orders = OrdersView()
        self.games: tuple[DrawView, ...] = ()
        self.effects = EffectsView()
        self.outputs: tuple[OutputStatus, ...] = ()
        self.show = ShowView()
        self.tryon: dict[str, WornView] = {}
        self.engine = EngineView()
        self.air = AirView()
        self.platforms: tuple[PlatformProfile, ...] = ()
        self.comments = CommentsView()
        self.rundown = RundownView()
        self.packs = PacksView()
        self.script = ScriptView()
        self.prompter = PrompterView()
        self.guard = GuardView()
        self.standin = StandInView()
        self.assistant = AssistantView()
        self.nodes = NodesView()
        self.plans = PlansView()
        self.drills = DrillsView()
        self.incidents = IncidentsView()
        self.post = PostView()
        self.brand = BrandKit()
        self.virtualcam = CameraView()
        self.ready = ReadinessView()
        self.rights = RightsView()
        self.audit = AuditView()
        self.watch = WatchView()
        self.privacy = PrivacyView()
        self.keeping = KeepingView()
        self.insight = InsightView()
        self.advice = AdviceView()
        self.pricing = PricingView()
        self.trials = TrialsView()
        self.own: dict[str, Any] = {}
        self.present: set[str] = set()
        self._numbers: dict[str, int] = {}
        self._asked: set[str] = set()
        self.commands: dict[str, CommandInfo] = {}
        self.kinds = FieldKinds()
        self.devices = Devices()
        self.stats: dict[str, Any] = {}
        self.loudness: dict[str, Any] = {}
        self.evidence = Evidence()
        self.is_loaded = False
        client.prepare = prepare
        client.heard.connect(self._heard)
        client.ready.connect(self._ask)

    def has(self, part: str) -> bool:
        """Whether this engine has such a part."""
        return part in self.present

    def source(self, name: str) -> SourceView | None:
        """The source of this name."""
        return next((source for source in self.sources if source.name == name), None)

    def output(self, name: str) -> OutputStatus | None:
        """The output of this name."""
        return next((output for output in self.outputs if output.name == name), None)

    @property
    def is_on_air(self) -> bool:
        """Whether a stream is taken by a server just now."""
        return any(o.kind == "rtmp" and self.evidence.flows(o) for o in self.outputs)

    @property
    def air_state(self) -> AirState:
        """How the streams stand, for every badge that says so."""
        return air_state(self.outputs, self.evidence)

    @property
    def is_trying(self) -> bool:
        """Whether a stream was asked for, whatever became of it."""
        idle = ("idle", "stopped", "failed")
        return any(o.kind == "rtmp" and o.state.value not in idle for o in self.outputs)

    @property
    def is_busy(self) -> bool:
        """Whether anything goes out or is recorded, or tries to."""
        idle = ("idle", "stopped", "failed")
        return any(o.state.value not in idle for o in self.outputs)

    # -- what the engine says ------------------------------------------------------------------

    def _ask(self) -> None:
        for kind, take in (
            ("commands.list", self._take_commands),
            ("kinds.list", self._take_kinds),
            ("state.follow", self._take_all),
            ("stats.get", self._take_stats),
            ("outputs.platforms", self._take_platforms),
        ):
            self._ask_for(kind, take)
        self.look_for_devices()

    def _ask_for(self, kind: str, take: Callable[[Reply], None]) -> None:
        """Asks until it is answered: an engine that is too busy once must not leave this empty."""

        def answered(reply: Reply) -> None:
            if reply.ok:
                take(reply)
            elif reply.code == "unavailable" and self.client.is_up:
                QTimer.singleShot(ASK_AGAIN_MS, self, lambda: self._ask_again(kind, take))

        self.client.call(kind, {}, answered, self)

    def _ask_again(self, kind: str, take: Callable[[Reply], None]) -> None:
        if self.client.is_up:  # one that has come back was asked anew
            self._ask_for(kind, take)

    def _heard(self, name: str, data: object) -> None:
        if not isinstance(data, dict):
            return
        if name == "state.changed":
            for part, value in data["parts"].items():
                self.put(part, value, data["numbers"].get(part))
            for part, change in data["changes"].items():
                self._take_change(part, change)
        elif name == "sound.meters":
            levels = data.get("levels")
            if isinstance(levels, dict):
                loudness = data.get("loudness")
                self.loudness = loudness if isinstance(loudness, dict) else {}
                self.levels.emit(levels)
        elif name == "engine.stats":
            self._take_figures(data.get("figures"))
        else:
            self.happened.emit(name, data)

    def _take_all(self, reply: Reply) -> None:
        whole = reply.result.get("parts") if isinstance(reply.result, dict) else None
        if isinstance(whole, dict):
            self.present &= set(whole)
            self._take_parts(reply)
            self.is_loaded = True
            self.loaded.emit()

    def _take_parts(self, reply: Reply) -> None:
        told = reply.result if reply.ok and isinstance(reply.result, dict) else {}
        numbers = told.get("numbers")
        for part, value in read_parts(told.get("parts")).items():
            self._asked.discard(part)
            self.put(part, value, numbers.get(part) if isinstance(numbers, dict) else None)

    def _take_change(self, part: str, change: object) -> None:
        """Takes what changed of a part; the whole is asked for where it does not fit."""
        if isinstance(change, RowsChange) and self._numbers.get(part) == change.base:
            try:
                now = self.own.get(part) if part in OWN else getattr(self, part)
                self.put(part, change.after(now), change.number)
                return
            except (ValueError, TypeError, AttributeError) as fault:
                _log.warning("a change of %s does not fit: %s", part, fault)
        elif isinstance(change, Unreadable):
            self.put(part, change)
        self._numbers.pop(part, None)
        if part not in self._asked:
            self._asked.add(part)
            self.client.call("state.follow", {"parts": [part]}, self._take_again(part), self)

    def _take_again(self, part: str) -> Callable[[Reply], None]:
        def take(reply: Reply) -> None:
            self._asked.discard(part)
            self._take_parts(reply)

        return take

    def put(self, part: str, value: object, number: int | None = None) -> None:
        """Takes a part's new value; one that cannot be read leaves the old one standing.

        Args:
            number: by which a change of it will call it.
        """
        if isinstance(value, Unreadable):
            self.client.garbage += 1
            _log.warning("part %s could not be read: %s", part, value.why)
            return
        self.present.add(part)
        if number is None:
            self._numbers.pop(part, None)
        else:
            self._numbers[part] = number
        if part == "outputs":
            self.evidence.note(value)  # type: ignore[arg-type]
        if part in OWN:
            if self.own.get(part) != value:
                self.own[part] = value
                self.changed.emit(part)
        elif getattr(self, part) != value or part == "outputs":
            setattr(self, part, value)
            self.changed.emit(part)

    def _take_commands(self, reply: Reply) -> None:
        if reply.ok:
            found: dict[str, CommandInfo] = {}
            for plain in reply.result if isinstance(reply.result, list) else ():
                try:
                    info = msgspec.convert(plain, CommandInfo, strict=False)
                except msgspec.ValidationError as fault:
                    _log.warning("a command could not be read: %s", fault)
                    continue
                found[info.id] = info
            self.commands = found
            command_titles.update((info.id, info.label) for info in found.values())
            self.changed.emit("commands")

    def _take_kinds(self, reply: Reply) -> None:
        if reply.ok:
            try:
                self.kinds = msgspec.convert(reply.result, FieldKinds, strict=False)
            except msgspec.ValidationError as fault:
                _log.warning("kinds could not be read: %s", fault)
            self.changed.emit("kinds")

    def look_for_devices(self) -> None:
        """Asks which cameras and microphones are there now."""
        self.client.call("sources.devices", {}, self._take_devices)

    def _take_devices(self, reply: Reply) -> None:
        if reply.ok and isinstance(reply.result, dict):
            try:
                new = msgspec.convert(reply.result.get("result"), Devices, strict=False)
            except msgspec.ValidationError as fault:
                _log.warning("devices could not be read: %s", fault)
                return
            if new != self.devices:
                self.devices = new
                self.changed.emit("devices")

    def _take_platforms(self, reply: Reply) -> None:
        if reply.ok and isinstance(reply.result, dict):
            try:
                found = reply.result.get("result")
                self.platforms = msgspec.convert(found, tuple[PlatformProfile, ...], strict=False)
            except msgspec.ValidationError as fault:
                _log.warning("platforms could not be read: %s", fault)
            self.changed.emit("platforms")

    def platform(self, id: str) -> PlatformProfile | None:
        """The platform of this id."""
        return next((platform for platform in self.platforms if platform.id == id), None)

    def _take_stats(self, reply: Reply) -> None:
        if reply.ok:
            self._take_figures(reply.result)

    def _take_figures(self, figures: object) -> None:
        if isinstance(figures, dict):
            self.stats = figures
            self.stats_changed.emit()
