"""``shopcast watch``: how safe it stands, of the engine that runs or of the files alone."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from studio.core.clean import encode_json
from studio.core.errors import StudioError
from studio.core.i18n import translate
from studio.core.paths import data_dir
from studio.governance.audit import Signer
from studio.governance.audit_check import check_logs
from studio.governance.cli import USUAL
from studio.governance.secrets import Secrets
from studio.governance.stores import store_states
from studio.governance.watch.breach import BreachBook
from studio.governance.watch.model import AnchorPlace, ChainState, WatchView
from studio.remote.client import RemoteClient, find_running

Write = Callable[[str], None]


def watch(write: Write, *, as_json: bool) -> bool:
    """Writes it; False when something wants somebody: a broken chain, alarms, open breaches."""
    where = find_running()
    if where is None:
        view = _from_files()
    else:
        with RemoteClient(*where) as client:
            client.run("watch.check")
            told = client.run("watch.show")
        view = msgspec.convert(told, WatchView, strict=False)
    is_quiet = view.chain != "broken" and not (view.alarms or view.breaches or view.audit_lost)
    if as_json:
        write(encode_json({"running": where is not None, "quiet": is_quiet, "watch": view}))
        return is_quiet
    for line in lines_of(view):
        write(line)
    if where is None:
        write(translate("watch.not_running"))
    return is_quiet


def lines_of(view: WatchView) -> list[str]:
    """The watch in words."""
    lines = [translate("watch.chain", state=translate(f"watch.chain_{view.chain}"))]
    if view.anchor_age_s >= 0:
        lines.append(translate("watch.anchor", n=view.anchor_age_s))
    lines += _places(view.anchors)
    lines += [f"{state.file}: {translate(f'stores.is_{state.is_now}')}" for state in view.stores]
    lines += [
        translate("watch.present", who=entry.who, role=entry.role, address=entry.address)
        for entry in view.door.present
    ]
    lines += [
        translate("watch.guesses", address=entry.address, n=entry.count)
        for entry in view.door.guesses
    ]
    clear = view.door.clear
    if clear:
        words = {"until": clear.until_utc, "who": clear.who, "reason": clear.reason}
        lines.append(translate("watch.clear", **words))
    if view.refused:
        lines.append(translate("watch.refused", n=view.refused))
    lines += [translate("watch.record_broken", name=name) for name in view.records_broken]
    if view.records_due:
        lines.append(translate("watch.records_due", n=view.records_due))
    if view.due or view.held:
        lines.append(translate("watch.due", n=view.due, held=view.held))
    lines += [
        translate("watch.breach_open", id=entry.id, at=entry.known_utc, by=entry.latest_by)
        for entry in view.breaches
    ]
    lines += [
        f"{entry.at_utc} {translate(f'watch.alarm.{entry.kind}')} {entry.subject}"
        for entry in view.alarms
    ]
    return lines


def _places(place: AnchorPlace) -> list[str]:
    if not place.folder:
        return [translate("watch.place_none")]
    folder = place.folder + (translate("watch.place_same") if place.is_same_disk else "")
    if place.error:
        words = translate("watch.place_failed", folder=folder, why=place.error, n=place.waiting)
        return [words]
    return [translate("watch.place", folder=folder, at=place.at_utc or "-")]


def _from_files() -> WatchView:
    """What can be told without an engine: chain and breaches."""
    folder = data_dir() / "audit"
    breaches = BreachBook(data_dir() / "privacy" / "breaches.json").all
    still = tuple(breach for breach in breaches if not breach.closed_utc)
    stores = tuple(store_states())
    try:
        report = check_logs(folder, Signer(Secrets()).public)
    except StudioError as error:
        if error.code != "not_found":
            raise
        return WatchView(breaches=still, stores=stores)
    is_broken = any(flaw.what not in USUAL for flaw in report.flaws)
    chain: ChainState = "broken" if is_broken else "whole"
    return WatchView(chain=chain, breaches=still, stores=stores)
