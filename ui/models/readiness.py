"""Is this show ready for air? Each line from what is known, with the panel where it is mended."""

from __future__ import annotations

import math
import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from studio.outputs.model import CheckLine
from studio.sender.model import OutputState
from ui.format import db
from ui.i18n import pick, t
from ui.models.outputs import is_record, reason_of

if TYPE_CHECKING:
    from ui.store import Store

WINDOW_S = 10.0
QUIET_DB, LOUD_DB = -32.0, -10.0
SILENCE_DB = -55.0
DISK_GB = 10.0


@dataclass(frozen=True, slots=True)
class Check:
    """One line.

    Attributes:
        tone: good, attention or off (not known yet).
        mend: id of the panel where it is put right, "" for none.
        name: what it is about, where the catalogue has no word for its id.
    """

    id: str
    tone: str
    text: str
    mend: str = ""
    name: str = ""


class ReadinessListener:
    """Remembers the programme's level over the last seconds."""

    def __init__(self) -> None:
        self._heard: deque[tuple[float, float]] = deque()

    def hear(self, levels: object) -> None:
        """Takes in one set of levels."""
        found = levels.get("programme") if isinstance(levels, dict) else None
        rms = found.get("rms") if isinstance(found, dict) else None
        if not isinstance(rms, (list, tuple)) or not rms:
            return
        now = time.monotonic()
        loud = [float(v) for v in rms if isinstance(v, (int, float))]
        if loud:
            self._heard.append((now, max(loud)))
        while self._heard and now - self._heard[0][0] > WINDOW_S:
            self._heard.popleft()

    def level_db(self) -> float | None:
        """Mean level (power) of what was not silence; None while nothing is known."""
        if not self._heard or time.monotonic() - self._heard[-1][0] > 2.0:
            return None
        spoken = [level for _, level in self._heard if level > SILENCE_DB]
        if not spoken:
            return -100.0
        return 10 * math.log10(sum(10 ** (level / 10) for level in spoken) / len(spoken))


def checks(store: Store, listener: ReadinessListener) -> list[Check]:
    """All lines, in the order one goes through them."""
    found = [
        _camera(store),
        _sound(listener),
        _loudness(listener),
        _scenes(store),
        _disk(store),
        _destination(store),
        _upload(store),
        _stock(store),
        _plans(store),
        _show(store),
    ]
    proven = [_line(line) for line in store.air.check.lines if line.output]
    return [*found, *proven]


def _line(line: CheckLine) -> Check:
    """One line of the engine's own check of a destination."""
    tone = "good" if line.is_ok else "off" if line.verdict in ("unknown", "skip") else "attention"
    text = f"{pick(line.text)} {'' if line.is_ok else pick(line.mend)}".strip()
    return Check(f"{line.output}/{line.id}", tone, text, "outputs", line.output)


def _camera(store: Store) -> Check:
    live = [s for s in store.sources if s.kind in ("camera", "stream", "screen") and s.has_video]
    bad = [s.name for s in store.sources if s.health and s.health.needs_look]
    if bad:
        return Check("camera", "attention", t("ready.source_bad", names=", ".join(bad)), "sources")
    if not live and store.devices.cameras:
        name = store.devices.cameras[0].name
        return Check("camera", "attention", t("ready.camera_found", name=name), "sources")
    if not live:
        return Check("camera", "off", t("ready.no_camera"), "sources")
    return Check("camera", "good", t("ready.camera", names=", ".join(s.name for s in live)))


def _sound(listener: ReadinessListener) -> Check:
    level = listener.level_db()
    if level is None:
        return Check("sound", "off", t("ready.sound_unknown"), "mixer")
    if level <= SILENCE_DB:
        return Check("sound", "attention", t("ready.silent"), "mixer")
    return Check("sound", "good", t("ready.sound"))


def _loudness(listener: ReadinessListener) -> Check:
    level = listener.level_db()
    if level is None or level <= SILENCE_DB:
        return Check("loudness", "off", t("ready.loudness_unknown"), "mixer")
    words = db(level)
    if level > LOUD_DB:
        return Check("loudness", "attention", t("ready.too_loud", db=words), "mixer")
    if level < QUIET_DB:
        return Check("loudness", "attention", t("ready.too_quiet", db=words), "mixer")
    return Check("loudness", "good", t("ready.loudness", db=words))


def _scenes(store: Store) -> Check:
    purposes = {scene.purpose for scene in store.scenes.scenes}
    if "standby" not in purposes:
        return Check("scenes", "attention", t("ready.no_standby"), "")
    return Check("scenes", "good", t("ready.scenes", n=len(store.scenes.scenes)))


def _disk(store: Store) -> Check:
    free = store.stats.get("disk_free_gb")
    if not isinstance(free, (int, float)):
        return Check("disk", "off", t("ready.disk_unknown"))
    tone = "good" if free >= DISK_GB else "attention"
    key = "ready.disk" if free >= DISK_GB else "ready.disk_low"
    return Check("disk", tone, t(key, gb=f"{free:.0f}"))


def _destination(store: Store) -> Check:
    streams = [o for o in store.outputs if not is_record(o)]
    if not streams:
        return Check("destination", "attention", t("ready.no_destination"), "outputs")
    refused = [o for o in streams if o.state in (OutputState.REFUSED, OutputState.FAILED)]
    if refused:
        return Check("destination", "attention", reason_of(refused[0]), "outputs")
    names = ", ".join(o.name for o in streams)
    if all(store.evidence.flows(o) for o in streams):
        return Check("destination", "good", t("ready.destination_proven", names=names))
    return Check("destination", "off", t("ready.destination", names=names), "outputs")


def _upload(store: Store) -> Check:
    flowing = [o for o in store.outputs if not is_record(o) and store.evidence.flows(o)]
    if not flowing:
        return Check("upload", "off", t("ready.upload_unknown"), "outputs")
    total = sum(store.evidence.kbps(o.name) for o in flowing) / 1000
    if any(o.queue_ms > 1000 for o in flowing):
        return Check("upload", "attention", t("ready.upload_slow", mbps=f"{total:.1f}"), "outputs")
    return Check("upload", "good", t("ready.upload", mbps=f"{total:.1f}"))


def _stock(store: Store) -> Check:
    products = store.shop.products
    if not products:
        return Check("stock", "off", t("ready.no_products"), "products")
    if store.stock.error:
        return Check("stock", "attention", store.stock.error, "products")
    out = [p.name for p in products if p.stock == 0]
    unknown = [p.name for p in products if p.stock is None]
    if out:
        return Check("stock", "attention", t("ready.sold_out", names=", ".join(out)), "products")
    if unknown:
        names = ", ".join(unknown)
        return Check("stock", "off", t("ready.stock_unknown", names=names), "products")
    return Check("stock", "good", t("ready.stock", n=len(products)))


def _plans(store: Store) -> Check:
    waiting = [p for p in store.plans.plans if p.needs_accept]
    if waiting:
        return Check("plans", "attention", t("ready.plans_wait", n=len(waiting)), "plans")
    auto = [p for p in store.plans.plans if p.auto and p.enabled]
    if not auto:
        return Check("plans", "attention", t("ready.no_plans"), "plans")
    return Check("plans", "good", t("ready.plans", n=len(auto)))


def _show(store: Store) -> Check:
    if store.show.error:
        return Check("show", "attention", store.show.error)
    if store.show.is_readonly:
        return Check("show", "off", t("ready.demo"))
    return Check("show", "good", t("ready.saved", name=store.show.name))
