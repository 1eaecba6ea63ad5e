"""Figures that the voice says, heard back by recognition: ``shopcast bench speaking``.

Needs both models (``shopcast voice fetch``). What recognition mishears counts as said wrongly, so
the share is an upper bound. ``SHOPCAST_SPEECH_MOST`` takes so many sentences of each language.
"""

from __future__ import annotations

import os
import random
import re
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from bench.base import BenchReport, Row
from studio.comments.moderation.readings import spelling_of
from studio.core.errors import StudioError
from studio.host.ears.model_files import HEARING
from studio.host.ears.recogniser import SpeechRecogniser
from studio.host.ears.windows import RATE, Sound
from studio.host.voice.model_files import SPEAKING
from studio.host.voice.reading import read_aloud
from studio.host.voice.saying import OUT_RATE, Sayer
from studio.media.spoken import SpokenFile

VOICES = {"zh": ("zf_xiaoxiao", "zm_yunxi", "zf_xiaobei"), "en": ("af_heart", "am_michael")}
COUNT = 100


class FigureSentence(NamedTuple):
    """A sentence, and the figures in it as they are written."""

    text: str
    figures: tuple[str, ...]


def sentences(language: str) -> Iterator[FigureSentence]:
    """Prices, units, ranges, percentages, dates, mixed names: the same from run to run."""
    chance = random.Random(7)
    while True:
        for kind in _KINDS[language]:
            yield kind.made(chance)


def _whole(chance: random.Random) -> int:
    return chance.choice((chance.randint(11, 99), chance.randint(100, 999),
                          chance.randint(1000, 9999)))  # fmt: skip


def _prices(chance: random.Random) -> tuple[str, ...]:
    was, now = sorted((_whole(chance), _whole(chance)), reverse=True)
    return f"¥{was}", f"¥{now}"


def _size(chance: random.Random) -> int:
    return chance.choice((50, 75, 120, 250, 500))


def _span(chance: random.Random, unit: str) -> str:
    low = chance.randint(2, 6)
    return f"{low}-{low + chance.randint(1, 3)}{unit}"


def _share(chance: random.Random) -> str:
    return f"{chance.randint(11, 99)}%"


class SentenceKind(NamedTuple):
    """A sentence with gaps, and what makes the figures that fill them."""

    text: str
    figures: Callable[[random.Random], tuple[str, ...]]

    def made(self, chance: random.Random) -> FigureSentence:
        """One of its sentences."""
        figures = self.figures(chance)
        return FigureSentence(self.text.format(*figures), figures)


_KINDS = {
    "zh": (
        SentenceKind(
            "这款羊绒围巾今天到手价只要{}，喜欢的赶紧下单。", lambda c: (f"{_whole(c)}元",)
        ),
        SentenceKind("原价{}，现在{}。", _prices),
        SentenceKind("这一瓶是{}的大容量。", lambda c: (f"{_size(c)}{c.choice(('ml', 'g'))}",)),
        SentenceKind("拍下以后{}发货，请大家放心。", lambda c: (_span(c, "天"),)),
        SentenceKind("面料里面有{}的羊毛。", lambda c: (_share(c),)),
        SentenceKind("这台iPhone 16 Pro今天只卖{}。", lambda c: (f"{c.randint(3000, 9999)}元",)),
        SentenceKind(
            "活动到{}晚上结束。", lambda c: (f"{c.randint(1, 12)}月{c.randint(1, 28)}日",)
        ),
        SentenceKind(
            "整台机器的重量是{}。", lambda c: (f"{c.randint(1, 9)}.{c.randint(1, 9)}公斤",)
        ),
    ),
    "en": (
        SentenceKind("This cashmere scarf is only {} today.", lambda c: (f"${_whole(c)}",)),
        SentenceKind("The bottle holds {} of lotion.", lambda c: (f"{_size(c)}ml",)),
        SentenceKind(
            "We ship your order in {}, so please be patient.", lambda c: (_span(c, " days"),)
        ),
        SentenceKind("The fabric is made of {} wool.", lambda c: (_share(c),)),
    ),
}


def is_heard(figure: str, heard: str, language: str) -> bool:
    """Does what was heard have the figure, as it is read: "$199" or one hundred ninety nine."""
    if language == "en":
        said, all_of = _words(figure), _words(heard)
    else:
        said, all_of = _syllables(figure), _syllables(heard)
    return any(all_of[at : at + len(said)] == said for at in range(len(all_of) - len(said) + 1))


def _words(text: str) -> list[str]:
    found = re.findall("[a-z]+", read_aloud(text, "en").lower())
    return [re.sub("(?<=it)ers$|(?<=it)re(?=s?$)", "re", word).removesuffix("s")
            for word in found if word != "and"]  # fmt: skip


def _syllables(text: str) -> list[str]:
    """Without tone; 两 is 二, 块 is 元, 号 is 日."""
    plain = read_aloud(text, "zh").translate(str.maketrans("两块塊號号", "二元元日日"))
    return [spelling_of(sign) for sign in plain if spelling_of(sign)]


def run() -> BenchReport:
    """Both languages.

    Raises:
        StudioError: not_found: a model.
    """
    key = HEARING.missing() or SPEAKING.missing()
    if key:
        raise StudioError("not_found", key)
    most = int(os.environ.get("SHOPCAST_SPEECH_MOST", "0")) or COUNT
    sayer = Sayer(SPEAKING.folder())
    rows = [row for language in ("zh", "en") for row in _measured(sayer, language, most)]
    return BenchReport("speaking", "at most 2 % of figures heard wrongly", rows)


def _measured(sayer: Sayer, language: str, most: int) -> Iterator[Row]:
    ears = SpeechRecogniser(HEARING.folder(), language)
    figures = wrong = 0
    spoken_s, made_s = 0.0, 0.0
    for number, sentence in zip(range(most), sentences(language), strict=False):
        voices = VOICES[language]
        began = time.process_time()
        made = sayer.say(sentence.text, language, voices[number % len(voices)])
        made_s += time.process_time() - began
        spoken_s += made.seconds
        heard = ears.hear(_as_heard(made)).text
        for figure in sentence.figures:
            figures += 1
            if not is_heard(figure, heard, language):
                wrong += 1
                print(f"{sentence.text} | {heard}", flush=True)
    share = 100 * wrong / max(1, figures)
    yield Row(f"{language} figures heard wrongly, of {figures}", share, None, "%", 2.0)
    yield Row(f"{language} processor for a second of speech", made_s / spoken_s, None, "s", 1.0)


def _as_heard(made: SpokenFile) -> Sound:
    """At 16 kHz, with half a second of silence at both ends."""
    mono = made.samples()[:, 0]
    step = OUT_RATE // RATE
    low = mono[: len(mono) // step * step].reshape(-1, step).mean(axis=1)
    quiet = np.zeros(RATE // 2, np.float32)
    heard: Sound = np.concatenate((quiet, low, quiet)).astype(np.float32)
    return heard
