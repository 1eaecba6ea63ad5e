"""The self-check before air: every line says what was found and how to mend it."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from studio.core.errors import StudioError
from studio.core.reason import Reason
from studio.encoding.model import Codec
from studio.outputs.judging import BLACK_LUMA, disk_verdict, level_verdict
from studio.outputs.model import CheckLine, Verdict
from studio.protocols.rtmp.address import BadAddress, RtmpAddress, backup_key_of, hide_key, parse
from studio.protocols.rtmp.connection import Connection, LinkFault, open_connection
from studio.sender.clip import StandbyClip
from studio.sender.flv import VIDEO_TAG, FlvMux
from studio.sender.meter import FlowMeter
from studio.sender.model import OutputSettings

TRIAL_S = 2.0
_HEAD_ROOM = 1.25
_STEP_S = 0.02
_LISTEN_STEP_S = 0.03
_PHASE_LINE = {"tcp": "reach", "tls": "reach", "publish": "key"}


def _say(key: str, **params: object) -> dict[str, str]:
    return StudioError("failed", key, **params).in_both()


def finding(
    id: str,
    verdict: Verdict,
    output: str = "",
    *,
    reason: Reason | None = None,
    figure: float | None = None,
    **params: object,
) -> CheckLine:
    """A line from the catalogue (``outputs.check_ID_VERDICT``), or from an output's reason."""
    if reason is not None:
        text = _say(reason.key, **reason.params)
    else:
        text = _say(f"outputs.check_{id}_{verdict}", **params)
    is_fine = verdict == "ok"
    mend = {} if is_fine else _say(f"outputs.mend_{id}")
    return CheckLine(id=id, output=output, verdict=verdict, text=text, mend=mend, figure=figure)


async def check_stream(
    settings: OutputSettings, keys: tuple[str, str], clip: bytes, need_kbps: int
) -> list[CheckLine]:
    """Connects as on air, publishes the standby clip for two seconds, measures, says good-bye."""
    found: list[CheckLine] = []
    name = settings.name
    pairs = [(settings.url, keys[0])]
    if settings.backup_url:
        pairs.append((settings.backup_url, backup_key_of(keys[1], keys[0])))
    for url, key in pairs:
        try:
            address = parse(url, key)
        except BadAddress as bad:
            reason = Reason(bad.key, {"url": bad.shown})
            found.append(finding("address", "bad", name, reason=reason))
            continue
        if not address.stream:
            found.append(
                finding("key", "bad", name, reason=Reason("outputs.no_key", {"name": name}))
            )
            continue
        found.append(finding("address", "ok", name, url=hide_key(address.shown)))
        found += await _trial(name, address, settings, clip, need_kbps)
    return found


async def _trial(
    name: str, address: RtmpAddress, settings: OutputSettings, clip: bytes, need_kbps: int
) -> list[CheckLine]:
    phase = "tcp"

    def note(now: str) -> None:
        nonlocal phase
        phase = now

    began = time.monotonic()
    try:
        connection = await open_connection(
            address, settings.ca_file, on_phase=note, codec=settings.codec
        )
    except LinkFault as why:
        failed = _PHASE_LINE.get(phase, "handshake")
        passed = {"reach": [], "handshake": ["reach"], "key": ["reach", "handshake"]}[failed]
        return [
            *(finding(id, "ok", name) for id in passed),
            finding(failed, "bad", name, reason=why.reason),
        ]
    took_ms = (time.monotonic() - began) * 1000
    found = [
        finding("reach", "ok", name, figure=round(took_ms, 1)),
        finding("handshake", "ok", name),
    ]
    try:
        taken_kbps, queue_ms = await _publish(connection, clip, need_kbps, settings.codec)
    finally:
        await connection.close()
    fault = connection.ended.result() if connection.ended.done() else None
    if fault is not None:
        return [*found, finding("key", "bad", name, reason=fault.reason)]
    found.append(finding("key", "ok", name))
    is_enough = queue_ms < 700
    found.append(
        finding(
            "upload",
            "ok" if is_enough else "warn",
            name,
            figure=taken_kbps,
            kbps=taken_kbps,
            need=need_kbps,
        )
    )
    return found


async def _publish(
    connection: Connection, clip_data: bytes, need_kbps: int, codec: Codec
) -> tuple[int, int]:
    """Two seconds of the clip, filled up to a quarter more than the show will need.

    Returns:
        What the server took in kbit/s, and the age of what it had not taken at the end.
    """
    clip = StandbyClip(clip_data)
    mux, player, meter = FlvMux(clip), clip.player(), FlowMeter()
    for header in mux.headers:
        connection.send(header.type, 0, header.payload)
    began, sent = time.monotonic(), 0
    best = queue_ms = 0
    while (elapsed := time.monotonic() - began) < TRIAL_S and connection.is_up:
        want = int(need_kbps * _HEAD_ROOM * 125 * elapsed)
        for unit in player.due(int(elapsed * 1_000_000)):
            for tag in mux.mux(unit):
                if tag.is_header:
                    continue
                payload = tag.payload
                if tag.type == VIDEO_TAG and sent < want:
                    payload += _filler(want - sent, codec)
                sent += connection.send(tag.type, tag.timestamp_ms, payload)
        connection.look()
        meter.look(connection.ledger.sent, connection.ledger.taken, time.monotonic_ns())
        best = max(best, meter.kbps()[1])
        queue_ms = connection.ledger.queue_ms(time.monotonic_ns())
        await asyncio.sleep(_STEP_S)
    return best, queue_ms


def _filler(count: int, codec: Codec) -> bytes:
    """A NAL unit that decoders skip (H.264 7.3.2.7, H.265 7.3.2.8), with its length before it."""
    body = (
        (b"\x0c" if codec == "h264" else b"\x4c\x01")
        + b"\xff" * max(1, min(count, 1 << 19))
        + b"\x80"
    )
    return len(body).to_bytes(4, "big") + body


def check_disk(folder: Path, need_kbps: int, output: str = "") -> CheckLine:
    """How long a recording fits."""
    try:
        free = shutil.disk_usage(folder).free
    except OSError as error:
        reason = Reason("outputs.file_failed", {"file": str(folder), "why": str(error)})
        return finding("disk", "bad", output, reason=reason)
    hours, verdict = disk_verdict(free, need_kbps)
    return finding(
        "disk", verdict, output, figure=round(hours, 1), hours=f"{hours:.1f}", folder=str(folder)
    )


async def check_picture(
    look: Callable[[str], tuple[float | None, float | None]], canvas: str, listen_s: float = TRIAL_S
) -> list[CheckLine]:
    """Is the programme picture not black, and is something heard within ``listen_s``?"""
    luma: float | None = None
    level_db: float | None = None
    until = time.monotonic() + listen_s
    while time.monotonic() < until:
        luma, now_db = look(canvas)
        if now_db is not None:
            level_db = now_db if level_db is None else max(level_db, now_db)
        await asyncio.sleep(_LISTEN_STEP_S)
    found = []
    if luma is None:
        found.append(finding("picture", "unknown", canvas=canvas))
    else:
        is_black = luma < BLACK_LUMA
        found.append(
            finding("picture", "bad" if is_black else "ok", figure=round(luma, 1), canvas=canvas)
        )
    if level_db is None:
        found.append(finding("loudness", "unknown"))
    else:
        verdict = level_verdict(level_db)
        found.append(finding("loudness", verdict, figure=round(level_db, 1), db=round(level_db, 1)))
    return found
