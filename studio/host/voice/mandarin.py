"""Chinese signs to the phonemes of Kokoro, by way of pinyin with tones.

Word by word, as the model was taught: initials and finals in the IPA that stands below (after
misaki, Apache-2.0, and pinyin-to-ipa, MIT), a tone as an arrow behind the vowel.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping

_INITIALS = {
    "b": "p", "p": "pʰ", "m": "m", "f": "f", "d": "t", "t": "tʰ", "n": "n", "l": "l", "g": "k",
    "k": "kʰ", "h": "x", "j": "ʨ", "q": "ʨʰ", "x": "ɕ", "zh": "ꭧ", "ch": "ꭧʰ", "sh": "ʂ",
    "r": "ɻ", "z": "ʦ", "c": "ʦʰ", "s": "s", "": "",
}  # fmt: skip
_FINALS = {
    "a": "a0", "ai": "ai0", "an": "a0n", "ang": "a0ŋ", "ao": "au0", "e": "ɤ0", "ei": "ei0",
    "en": "ə0n", "eng": "ə0ŋ", "i": "i0", "ia": "ja0", "ian": "jɛ0n", "iang": "ja0ŋ",
    "iao": "jau0", "ie": "je0", "in": "i0n", "iou": "jou0", "ing": "i0ŋ", "iong": "jʊ0ŋ",
    "ong": "ʊ0ŋ", "ou": "ou0", "u": "u0", "uei": "wei0", "ua": "wa0", "uai": "wai0",
    "uan": "wa0n", "uen": "wə0n", "uang": "wa0ŋ", "ueng": "wə0ŋ", "uo": "wo0", "o": "wo0",
    "v": "y0", "ve": "ɥe0", "van": "ɥɛ0n", "vn": "y0n", "er": "ɚ0", "io": "jɔ0",
}  # fmt: skip
_TONES = {"1": "→", "2": "↗", "3": "↓", "4": "↘", "5": ""}
_SYLLABLE = re.compile(r"(zh|ch|sh|[bpmfdtnlgkhjqxrzcs]?)([a-zê]+?)([1-5]?)")
_BUZZED = ("zh", "ch", "sh", "r", "z", "c", "s")
_SHORT = {"iu": "iou", "ui": "uei", "un": "uen"}
_NUMBER = "(?:百分之|千分之)?[零一二两三四五六七八九十百千万亿]{2,}(?:点[零一二三四五六七八九]+)?"
LETTERS_ZH = {
    "a": "ei1", "b": "bi4", "c": "xi1", "d": "di4", "e": "yi4", "f": "ai2 fu1", "g": "ji4",
    "h": "ei2 chi5", "i": "ai4", "j": "jie4", "k": "kai4", "l": "ai2 le5", "m": "ai2 mu5",
    "n": "en1", "o": "ou1", "p": "pi4", "q": "kiu4", "r": "a4", "s": "ai2 si1", "t": "ti4",
    "u": "you1", "v": "wei1", "w": "da2 bu5 liu5", "x": "ai4 ke4 si1", "y": "wai4", "z": "zei4",
}  # fmt: skip
"""Letters as they are named among Chinese words."""
HAN = re.compile(r"[\u3400-\u9fff]+")


def syllable(pinyin: str) -> str:
    """ "hang2" → xa↗ŋ; "" for what is no syllable.

    Args:
        pinyin: without y and w made finals or with, ü as v or ü, its tone behind it.
    """
    written = pinyin.replace("ü", "v").replace("u:", "v")
    found = _SYLLABLE.fullmatch(_strict(written))
    if found is None:
        return ""
    initial, final, tone = found[1], _SHORT.get(found[2], found[2]), found[3] or "5"
    if initial in ("j", "q", "x") and final.startswith("u"):
        final = "v" + found[2][1:]
    if initial in _BUZZED and final == "i":
        said = "ɨ0"
    else:
        said = "ɔ0" if not initial and final == "o" else _FINALS.get(final, "")
    return _INITIALS[initial] + said.replace("0", _TONES[tone]) if said else ""


def _strict(written: str) -> str:
    """Finals that are spelled with y and w as they are said: yi → i, yue → ve, wei → uei."""
    if written.startswith("yu"):
        return "v" + written[2:]
    if written.startswith("y"):
        rest = written[1:]
        return (
            rest if rest.startswith("i") else "i" + ("ou" + rest[2:] if rest[:2] == "ou" else rest)
        )
    if written.startswith("w"):
        return written[1:] if written.startswith("wu") else "u" + written[1:]
    return written


@functools.cache
def letters_zh() -> dict[str, str]:
    """Phonemes of `LETTERS_ZH`."""
    return {letter: "".join(map(syllable, named.split())) for letter, named in LETTERS_ZH.items()}


def phonemes_zh(run: str, own: Mapping[str, str]) -> str:
    """Phonemes of a run of Chinese signs, words parted by spaces.

    Args:
        run: Chinese signs alone.
        own: words with their pinyin ("hang2 zhang3"), before all others; longest first.
    """
    said: list[str] = []
    for word in _words(run, own):
        spoken = own[word].split() if word in own else _pinyin(word)
        said.append("".join(map(syllable, spoken)))
    return " ".join(word for word in said if word)


def _words(run: str, own: Mapping[str, str]) -> list[str]:
    """Numbers and words of one's own are words; the rest is parted by the library."""
    from rjieba import cut

    known = "|".join(map(re.escape, sorted(own, key=len, reverse=True)))
    apart = re.compile(f"({known})|({_NUMBER})" if known else f"(\\0)|({_NUMBER})")
    words: list[str] = []
    at = 0
    for found in apart.finditer(run):
        words += [*cut(run[at : found.start()]), found[0]]
        at = found.end()
    return [*words, *cut(run[at:])]


@functools.lru_cache(maxsize=4096)
def _pinyin(word: str) -> tuple[str, ...]:
    from pypinyin import Style, lazy_pinyin

    return tuple(lazy_pinyin(word, style=Style.TONE3, neutral_tone_with_five=True))
