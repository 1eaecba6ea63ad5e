"""Recall, false alarms and delay of the guard on speech: ``shopcast bench hearing``.

``SHOPCAST_SPEECH`` names a folder with ``kokoro.onnx``, ``vocab.json`` and ``voices/`` (see
docs/benchmarks.md) and needs ``misaki[zh]``; sentences are read once and kept in ``read/`` there.
``SHOPCAST_SPEECH_MOST`` takes so many of each kind.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import numpy as np

from bench.base import BenchReport, Row
from bench.hearing.sentences import SaidLine, lines, sheet
from bench.hearing.speech import VOICES, KokoroReader, noisy
from studio.app.listen_cli import SheetPacks, goods_of
from studio.core.errors import StudioError
from studio.host.ears.model_files import HEARING
from studio.host.ears.windows import HOP, Sound
from studio.host.ears.windows import RATE as HEARD_RATE
from studio.host.ears.wire import EarsRequest
from studio.host.ears.worker import heard_lines
from studio.host.guard.hints import hints_of
from studio.host.guard.judge import HeardClaims, TwiceHeard, judge
from studio.host.guard.model import FactSheet
from studio.host.packs.files import all_packs
from studio.host.packs.model import PacksPart
from studio.host.packs.service import armed_packs, matcher_for

AFTER_S = 3.0


@dataclass(slots=True)
class Spoken:
    """A sentence in the sound: where it begins and ends, and what the guard said."""

    line: SaidLine
    begin_s: float
    end_s: float
    alarms: list[float] = field(default_factory=list)


def run() -> BenchReport:
    """Both languages; a third of the sentences with music or noise beside them, 10 dB below.

    Raises:
        StudioError: not_found: the model, or the folder of voices.
    """
    key = HEARING.missing()
    folder = os.environ.get("SHOPCAST_SPEECH", "")
    if key or not folder:
        raise StudioError("not_found", key or "bench.no_speech")
    most = int(os.environ.get("SHOPCAST_SPEECH_MOST", "0")) or 10_000
    rows: list[Row] = []
    for language in ("zh", "en"):
        chosen = [line for line in dict.fromkeys(lines()) if line.language == language]
        wrong = [line for line in chosen if line.is_wrong][:most]
        right = [line for line in chosen if not line.is_wrong][:most]
        rows += list(_measured(language, Path(folder), [*wrong, *right]))
    return BenchReport("hearing", "at most 5 % missed, one false alarm in 30 min, 2 s", rows)


def _measured(language: str, folder: Path, chosen: list[SaidLine]) -> Iterator[Row]:
    sound, spoken = _sound(folder, chosen)
    began = time.process_time()
    _listen(language, sound, spoken)
    load = (time.process_time() - began) / (len(sound) / HEARD_RATE)
    for name, is_unseen in (("seen", False), ("unseen", True)):
        wrong = [s for s in spoken if s.line.is_wrong and s.line.is_unseen == is_unseen]
        found = sum(bool(s.alarms) for s in wrong)
        share = 100 - 100 * found / max(1, len(wrong))
        yield Row(f"{language} missed, {name}, of {len(wrong)}", share, None, "%", 5.0)
    late = [s.alarms[0] - s.end_s for s in spoken if s.line.is_wrong and s.alarms]
    clean = [s for s in spoken if not s.line.is_wrong]
    minutes = sum(s.end_s - s.begin_s for s in clean) / 60
    false = sum(bool(s.alarms) for s in clean)
    most = max(1.0, minutes / 30)
    yield Row(f"{language} false alarms in {minutes:.1f} min", float(false), None, "", most)
    if late:
        p95 = float(np.percentile(late, 95))
        yield Row(f"{language} alarm after the last syllable, p95", p95, None, "s", 2.0)
    yield Row(f"{language} load", load, None, "cores", 0.7)


def _sound(folder: Path, chosen: list[SaidLine]) -> tuple[Sound, list[Spoken]]:
    kept = folder / "read"
    kept.mkdir(exist_ok=True)
    reader: KokoroReader | None = None
    parts: list[Sound] = []
    spoken: list[Spoken] = []
    at, chance = 0, np.random.default_rng(1)
    for line in chosen:
        digest = hashlib.sha256(line.text.encode()).digest()
        file = kept / f"{digest.hex()[:16]}.npy"
        if not file.exists():
            reader = reader or KokoroReader(folder)
            voices = VOICES[line.language]
            pace = 0.95 + 0.3 * digest[2] / 255
            read = reader.read(line.text, line.language, voices[digest[1] % len(voices)], pace)
            np.save(file, read / (np.abs(read).max() + 1e-9) * np.float32(0.5))
        said: Sound = np.load(file)
        loud = np.nonzero(np.abs(said) > 0.02)[0]
        begin, end = at + int(loud[0]), at + int(loud[-1])
        if digest[3] % 3 == 0:
            said = noisy(said, "music" if digest[4] % 2 else "noise", 10.0, digest[5])
        pause = np.zeros(int(HEARD_RATE * chance.uniform(0.6, 1.6)), np.float32)
        spoken.append(Spoken(line, begin / HEARD_RATE, end / HEARD_RATE))
        parts += [said, pause]
        at += len(said) + len(pause)
    whole = np.concatenate([*parts, np.zeros(HEARD_RATE * 2, np.float32)])
    whole += chance.standard_normal(len(whole)).astype(np.float32) * np.float32(0.0005)
    return whole, spoken


def _listen(language: str, sound: Sound, spoken: list[Spoken]) -> None:
    facts = msgspec.convert(sheet(language), FactSheet)
    goods = goods_of(facts)
    packs = SheetPacks(matcher_for(armed_packs(PacksPart(facts.places), all_packs()[0])), goods)
    twice, claims = TwiceHeard(), HeardClaims()
    request = EarsRequest(str(HEARING.folder()), language, hints_of(goods, language))
    hops = (sound[at : at + HOP] for at in range(0, len(sound), HOP))
    for heard in heard_lines(request, hops):
        current = max((s for s in spoken if s.begin_s <= heard.at_s), key=lambda s: s.begin_s,
                      default=None)  # fmt: skip
        if not heard.text or current is None:
            continue
        found = judge(heard.text, current.line.product, goods, packs, facts.places, is_heard=True)
        for judged in twice.confirmed(
            heard.at_s, heard.text, found,
            begins_clean=heard.begins_clean, ends_clean=heard.ends_clean,
        ):  # fmt: skip
            if claims.fresh(heard.at_s, judged)[1]:
                _give(spoken, spoken.index(current), heard.at_s)


def _give(spoken: list[Spoken], at: int, at_s: float) -> None:
    """An alarm belongs to the sentence before where that was wrong and is just over."""
    before = spoken[at - 1] if at else None
    if before and before.line.is_wrong and not before.alarms and at_s - before.end_s < AFTER_S:
        before.alarms.append(at_s)
    else:
        spoken[at].alarms.append(at_s)
