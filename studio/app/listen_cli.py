"""``shopcast listen``: what is said in a recording or a text, held against packs and facts."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Literal

import msgspec

from studio.app.check import read
from studio.comments.sentences.judge import has_library
from studio.core.bounded import read_bounded
from studio.core.clean import read_json, write_json
from studio.core.errors import StudioError
from studio.core.i18n import system_language, translate
from studio.core.instants import utc_now
from studio.host.cues import TimedText, timed_texts
from studio.host.ears.windows import RATE, Sound
from studio.host.ears.wire import EarsRequest, HeardLine
from studio.host.guard.claim import Known
from studio.host.guard.hints import hints_of
from studio.host.guard.judge import HeardClaims, Judged, TwiceHeard, judge, product_named
from studio.host.guard.meaning import MeaningJudge, claims_meant
from studio.host.guard.model import FactSheet
from studio.host.packs.files import all_packs
from studio.host.packs.matcher import LintContext, PackMatcher
from studio.host.packs.model import Alarm, PacksPart
from studio.host.packs.service import armed_packs, matcher_for, replace_heard
from studio.host.packs.texts import about
from studio.host.script.facts import check_own, facts_of
from studio.media.channels import settle_channels
from studio.show.keeper import OpenShow

Write = Callable[[str], None]
MOST_BYTES = 8_000_000
TEXTS = frozenset((".srt", ".vtt", ".txt", ".md"))


class SheetPacks:
    """The packs of some places, for the goods of a sheet."""

    def __init__(self, matcher: PackMatcher, goods: Mapping[str, Known]) -> None:
        self._matcher, self._goods = matcher, goods

    def alarms(self, text: str, product: str = "", *, is_heard: bool = False) -> list[Alarm]:
        """What they find."""
        around = replace_heard(self._around(product), is_heard=is_heard)
        return self._matcher.alarms(text, around)

    def meant(self, kind: str, text: str, span: tuple[int, int], product: str) -> Alarm | None:
        """A sentence that means a claim of some kind, under a rule of these packs."""
        return self._matcher.meant(kind, text, span, self._around(product))

    def _around(self, product: str) -> LintContext:
        known = self._goods.get(product)
        return about(known.product) if known else LintContext()


def read_sheet(path: Path | None) -> FactSheet:
    """The facts: a file of the form of `FactSheet`, or a show.

    Raises:
        StudioError: not_found, invalid, with the place.
    """
    if path is None:
        return FactSheet()
    if path.is_dir():
        return sheet_of(read(path))
    try:
        sheet = msgspec.convert(read_json(read_bounded(path, MOST_BYTES)), FactSheet)
    except OSError as error:
        why = error.strerror or str(error)
        raise StudioError("not_found", "guard.no_facts", path=str(path), why=why) from None
    except (ValueError, msgspec.ValidationError) as error:
        raise StudioError("invalid", "guard.bad_facts", path=path.name, why=str(error)) from None
    _check(sheet, path.name)
    return sheet


def sheet_of(show: OpenShow) -> FactSheet:
    """The facts of a show."""
    part, shop = show.parts["script"], show.parts["shop"]
    places = show.parts["packs"].places
    language: Literal["zh", "en"] = "en" if show.head.language == "en" else "zh"
    return FactSheet(
        shop.products, part.facts, show.parts["offers"].offers, shop.explaining, places, language
    )


def _check(sheet: FactSheet, name: str) -> None:
    """Facts that say nothing, contradict each other or are of no product are named."""
    said: dict[tuple[str, str], str] = {}
    ids = {product.id for product in sheet.products}
    for number, fact in enumerate(sheet.facts):
        place = f"{name}: facts[{number}]"
        if fact.product not in ids:
            raise StudioError("invalid", "guard.fact_of_nothing", place=place, id=fact.product)
        check_own(fact)
        other = said.setdefault((fact.product, fact.name), fact.value)
        if other != fact.value:
            raise StudioError(
                "invalid", "guard.contradiction", place=place, name=fact.name, a=other,
                b=fact.value,
            )  # fmt: skip


def goods_of(sheet: FactSheet) -> dict[str, Known]:
    """Its products with what holds today."""
    today = utc_now().date()
    return {
        product.id: Known(
            product,
            facts_of(product, sheet.offers, None, sheet.facts, sheet.language, today),
        )
        for product in sheet.products
    }


class Listening:
    """Sentences in, lines out: the form that programs read.

    Args:
        meaning: is asked what sentences mean in which nothing was found; None asks nothing.
    """

    def __init__(
        self, sheet: FactSheet, write: Write, *, as_json: bool, meaning: MeaningJudge | None = None
    ) -> None:
        self._goods, self._places = goods_of(sheet), sheet.places
        self.language = sheet.language
        packs = armed_packs(PacksPart(sheet.places), all_packs()[0])
        self._packs = SheetPacks(matcher_for(packs), self._goods)
        self._write, self._as_json = write, as_json
        self._claims, self._product = HeardClaims(), sheet.explaining
        self._twice = TwiceHeard()
        self._meaning = meaning
        self.alarms = 0

    def hints(self) -> str:
        """Words that a recogniser may expect."""
        return hints_of(self._goods, self.language)

    def hear(self, at_s: float, text: str) -> None:
        """Writes a sentence, and each new alarm."""
        self._tell_text(at_s, text, is_final=True)
        self._raise(at_s, self._judged(text))

    def hear_window(self, line: HeardLine) -> None:
        """A window of recognised speech: what two of them have is told."""
        self._tell_text(line.at_s, line.text, is_final=line.is_over)
        found = self._twice.confirmed(
            line.at_s, line.text, self._judged(line.text),
            begins_clean=line.begins_clean, ends_clean=line.ends_clean,
        )  # fmt: skip
        self._raise(line.at_s, found)

    def _judged(self, text: str) -> list[Judged]:
        self._product = product_named(text, self._goods, self._product)
        found = judge(text, self._product, self._goods, self._packs, self._places, is_heard=True)
        if self._meaning is not None:
            found += claims_meant(
                self._meaning, text, found, self._product, self._goods, self._packs
            )
        return found

    def _raise(self, at_s: float, found: Iterable[Judged]) -> None:
        for judged in found:
            _, is_new = self._claims.fresh(at_s, judged)
            if is_new:
                self.alarms += 1
                self._tell(at_s, judged)

    def _tell_text(self, at_s: float, text: str, *, is_final: bool) -> None:
        if self._as_json:
            self._write(write_json({"at": round(at_s, 2), "text": text, "final": is_final}))

    def _tell(self, at_s: float, judged: Judged) -> None:
        chinese = system_language() == "zh"
        why, advice = judged.why[not chinese], judged.advice[not chinese]
        words = f"{why} ({judged.article})" if judged.article else why
        if self._as_json:
            self._write(write_json({
                "at": round(at_s, 2), "alarm": words, "rule": judged.rule, "said": judged.said,
                "fact": judged.fact, "advice": advice,
            }))  # fmt: skip
            return
        self._write(translate(
            "guard.cli.alarm", at=f"{at_s:.1f}", said=judged.said, why=words, advice=advice
        ))  # fmt: skip


def listen(path: Path, facts: Path | None, write: Write, *, as_json: bool) -> bool:
    """``shopcast listen FILE``: a text, subtitles or a recording.

    Returns:
        Whether there was no alarm.

    Raises:
        StudioError: not_found, invalid, unavailable.
    """
    meaning, why = None, translate("guard.cli.no_meaning")
    try:
        meaning = MeaningJudge() if has_library() else None
    except StudioError as error:  # packs and facts judge all the same
        why = error.in_language()
    listening = Listening(read_sheet(facts), write, as_json=as_json, meaning=meaning)
    if meaning is None:
        write(why) if not as_json else print(why, file=sys.stderr)
    if path.suffix.lower() in TEXTS:
        for timed in _texts(path):
            listening.hear(timed.end_s, timed.text)
    else:
        _listen_sound(path, listening)
    if not listening.alarms and not as_json:
        write(translate("packs.cli.clean"))
    return not listening.alarms


def _texts(path: Path) -> Iterable[TimedText]:
    """A text or subtitles; those of speech that was recognised are read by their sound too."""
    try:
        return list(timed_texts(read_bounded(path, MOST_BYTES)))
    except OSError as error:
        why = error.strerror or str(error)
        raise StudioError("not_found", "packs.unreadable", path=str(path), why=why) from None


def _listen_sound(path: Path, listening: Listening) -> None:
    """A recording, recognised here as the studio does it live.

    Raises:
        StudioError: not_found, invalid: the file, the model.
    """
    from studio.host.ears.model_files import HEARING
    from studio.host.ears.worker import heard_lines

    request = EarsRequest(str(HEARING.folder()), listening.language, listening.hints())
    for line in heard_lines(request, _pieces_of(path)):
        if line.text:
            listening.hear_window(line)


def _pieces_of(path: Path) -> Iterator[Sound]:
    """The sound of a file as 16 kHz, in hops, with silence after it: the last words too.

    Raises:
        StudioError: invalid: it is no recording, or broken somewhere in it.
    """
    import av
    import numpy as np

    try:
        with av.open(str(path)) as media:
            if not media.streams.audio:
                raise StudioError("invalid", "guard.no_sound", path=path.name, why="no audio")
            settle_channels(media, media.streams.audio[0])
            to_16k = av.AudioResampler(format="flt", layout="mono", rate=RATE)
            for frame in media.decode(audio=0):
                for made in to_16k.resample(frame):
                    yield np.asarray(made.to_ndarray(), np.float32).reshape(-1)
    except (av.FFmpegError, OSError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise StudioError("invalid", "guard.no_sound", path=path.name, why=why) from None
    yield np.zeros(RATE * 2, np.float32)
