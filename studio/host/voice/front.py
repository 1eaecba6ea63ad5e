"""Text to pieces of phonemes that the model says well: the front end of the voice."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from studio.core.clean import read_json
from studio.core.paths import assets_dir
from studio.host.voice.english import LATIN, EnglishWords
from studio.host.voice.kokoro import MOST_TOKENS
from studio.host.voice.mandarin import HAN, letters_zh, phonemes_zh
from studio.host.voice.reading import read_aloud

DICTIONARIES = ("us_gold.json", "us_silver.json")
_MARKS = {
    "，": ", ", "、": ", ", "。": ". ", "！": "! ", "？": "? ", "：": ": ", "；": "; ", "…": "… ",
    "—": ", ", "～": ", ", "~": ", ", "《": " “", "》": "” ", "「": " “", "」": "” ", "【": " “",
    "】": "” ", "“": " “", "”": "” ", "（": ", ", "）": ", ", "(": ", ", ")": ", ", "·": " ",
    ",": ", ", ".": ". ", "!": "! ", "?": "? ", ":": ": ", ";": "; ", "/": ", ", "|": ", ",
    "★": " ", "\n": ". ", "-": " ", "_": " ", "'": "", "’": "",
}  # fmt: skip
_PIECES = re.compile(rf"(?P<han>{HAN.pattern})|(?P<latin>{LATIN.pattern})|(?P<mark>.)", re.DOTALL)
_SENTENCE = re.compile(r"(?<=[.!?…;])\s+")
_CLAUSE = re.compile(r"(?<=[,:])\s+")


class FrontEnd:
    """Says how a text is said.

    Args:
        folder: with the dictionaries of the model.
        own: words of one's own: Chinese ones with pinyin, Latin ones with how they are said;
            they come before those of the studio (assets/voice/words.json).
    """

    def __init__(self, folder: Path, own: Mapping[str, str] | None = None) -> None:
        words = own_words(read_json((assets_dir() / "voice" / "words.json").read_bytes()))
        words.update(own or {})
        self._han = {word: said for word, said in words.items() if HAN.fullmatch(word)}
        latin = {word.lower(): said for word, said in words.items() if word not in self._han}
        dictionary = english_dictionary(folder)
        self._latin = {
            "zh": EnglishWords(dictionary, latin, letters_zh()),
            "en": EnglishWords(dictionary, latin),
        }

    def pieces(self, text: str, language: str) -> list[str]:
        """Phonemes, sentence by sentence, each at most as long as the model says well.

        Args:
            text: as it is written.
            language: "zh" or "en": how numbers are said.
        """
        whole = self.phonemes(read_aloud(text, language), language)
        return [piece for sentence in _SENTENCE.split(whole) for piece in _fitting(sentence)]

    def phonemes(self, said: str, language: str) -> str:
        """Of a text without figures; letters are named as in the language."""
        words = self._latin[language]
        made: list[str] = []
        for found in _PIECES.finditer(said):
            if found.lastgroup == "han":
                made.append(phonemes_zh(found[0], self._han))
            elif found.lastgroup == "latin":
                made.append(f" {words.say(found[0])} ")
            else:
                made.append(_MARKS.get(found[0], " "))
        joined = re.sub(r"\s+([,.!?;:…])", r"\1", re.sub(r"\s+", " ", "".join(made)))
        return re.sub(r"([,.!?;:…])(?:\s*[,.;:])+", r"\1", joined).strip(" ,;:")


def own_words(raw: Any) -> dict[str, str]:
    """A file of words: {"zh": {…}, "latin": {…}} or flat; what is no text is left out."""
    if not isinstance(raw, dict):
        return {}
    flat = {**raw, **raw.get("zh", {}), **raw.get("latin", {})}
    return {str(word): said for word, said in flat.items() if isinstance(said, str) and word}


def _fitting(sentence: str) -> Iterator[str]:
    """Parts of a sentence that are short enough: at commas, else between words, else anywhere."""
    if len(sentence) <= MOST_TOKENS:
        if sentence.strip(" ,.;:!?…“”"):
            yield sentence
        return
    for mark in (_CLAUSE, re.compile(r"\s+")):
        parts = mark.split(sentence)
        if len(parts) > 1:
            held = ""
            for part in parts:
                if held and len(held) + 1 + len(part) > MOST_TOKENS:
                    yield from _fitting(held)
                    held = ""
                held = f"{held} {part}".strip()
            yield from _fitting(held) if len(held) < len(sentence) else _cut(held)
            return
    yield from _cut(sentence)


def _cut(text: str) -> Iterator[str]:
    for at in range(0, len(text), MOST_TOKENS):
        yield text[at : at + MOST_TOKENS]


def english_dictionary(folder: Path) -> dict[str, str]:
    """Words with their phonemes, from the files of misaki in a folder; gold before silver."""
    words: dict[str, str] = {}
    for name in reversed(DICTIONARIES):
        for word, said in cast(Any, read_json((folder / name).read_bytes())).items():
            words[word] = said if isinstance(said, str) else said.get("DEFAULT") or ""
    return {word: said for word, said in words.items() if said}
