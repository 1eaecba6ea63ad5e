"""Latin words to the phonemes of Kokoro: from its dictionary, by their parts, or spelled."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping

LETTERS = {
    "a": "ˈA", "b": "bˈi", "c": "sˈi", "d": "dˈi", "e": "ˈi", "f": "ˈɛf", "g": "ʤˈi", "h": "ˈAʧ",
    "i": "ˈI", "j": "ʤˈA", "k": "kˈA", "l": "ˈɛl", "m": "ˈɛm", "n": "ˈɛn", "o": "ˈO", "p": "pˈi",
    "q": "kjˈu", "r": "ˈɑɹ", "s": "ˈɛs", "t": "tˈi", "u": "jˈu", "v": "vˈi", "w": "dˈʌbᵊlju",
    "x": "ˈɛks", "y": "wˈI", "z": "zˈi",
}  # fmt: skip
LATIN = re.compile(r"[A-Za-zÀ-ɏ]+(?:['’][A-Za-z]+)*")
LONGEST_SPELLED = 5
LEAST_PART = 3
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_HISSED = ("s", "z", "ʃ", "ʒ", "ʧ", "ʤ")
_SILENT = ("p", "t", "k", "f", "θ")


class EnglishWords:
    """How Latin words are said.

    Args:
        dictionary: word → phonemes, as the model was taught.
        own: word in small letters → how to say it: words of the dictionary, or letters.
        letters: names of the letters.
    """

    def __init__(
        self,
        dictionary: Mapping[str, str],
        own: Mapping[str, str],
        letters: Mapping[str, str] = LETTERS,
    ) -> None:
        self._dictionary, self._own, self._letters = dictionary, own, letters
        self.say = functools.lru_cache(maxsize=4096)(self._say)

    def _say(self, word: str) -> str:
        own = self._own.get(word.lower())
        if own is not None:
            return " ".join(self._word(part) for part in own.split())
        return self._word(word)

    def _word(self, word: str) -> str:
        if len(word) == 1:
            is_article = word == "a" and self._letters is LETTERS
            return "ɐ" if is_article else self._letters.get(word.lower(), "")
        if word.isupper() and len(word) <= LONGEST_SPELLED:
            return self._known(word) or self._spelled(word)
        whole = self._known(word) or self._ending(word.lower())
        if whole:
            return whole
        parts = _CAMEL.split(word)
        if len(parts) > 1:
            return " ".join(self._word(part) for part in parts)
        return self._two(word.lower()) or by_rules(word.lower()) or self._spelled(word)

    def _known(self, word: str) -> str:
        plain = word.replace("’", "'")
        for form in (plain, plain.lower(), plain.capitalize()):
            if form in self._dictionary and not (word.isupper() and form != plain
                                                 and len(word) <= 2):  # fmt: skip
                return self._dictionary[form]
        return ""

    def _ending(self, word: str) -> str:
        """A known word with 's, s, ed or ing behind it."""
        for ending in ("'s", "es", "s"):
            stem = self._known(word.removesuffix(ending)) if word.endswith(ending) else ""
            if stem:
                if stem.endswith(_HISSED):
                    return stem + "ᵻz"
                return stem + ("s" if stem.endswith(_SILENT) else "z")
        if word.endswith("ed"):
            stem = self._known(word[:-2]) or self._known(word[:-1])
            if stem:
                if stem.endswith(("t", "d")):
                    return stem + "ᵻd"
                return stem + ("t" if stem.endswith((*_SILENT, "s", "ʃ", "ʧ")) else "d")
        if word.endswith("ing"):
            stem = self._known(word[:-3]) or self._known(word[:-3] + "e")
            return stem + "ɪŋ" if stem else ""
        return ""

    def _spelled(self, word: str) -> str:
        return " ".join(self._letters[sign] for sign in word.lower() if sign in self._letters)

    def _two(self, word: str) -> str:
        """Two known words in one: skincare."""
        for at in range(len(word) - LEAST_PART, LEAST_PART - 1, -1):
            first, second = self._known(word[:at]), self._known(word[at:])
            if first and second:
                return first + second.replace("ˈ", "ˌ")
        return ""


_RULES = (
    ("tion", "ʃən"), ("sch", "ʃ"), ("igh", "I"), ("eau", "O"), ("oo", "u"), ("ee", "i"),
    ("ea", "i"), ("ai", "A"), ("ay", "A"), ("oa", "O"), ("ou", "W"), ("ow", "W"), ("oi", "Y"),
    ("oy", "Y"), ("au", "ɔ"), ("aw", "ɔ"), ("ar", "ɑɹ"), ("er", "əɹ"), ("ir", "ɜɹ"),
    ("or", "ɔɹ"), ("ur", "ɜɹ"), ("ch", "ʧ"), ("sh", "ʃ"), ("th", "θ"), ("ph", "f"), ("wh", "w"),
    ("ck", "k"), ("ng", "ŋ"), ("qu", "kw"), ("ce", "sɛ"), ("ci", "sɪ"), ("cy", "si"),
    ("ge", "ʤɛ"), ("gi", "ʤɪ"), ("a", "æ"), ("b", "b"), ("c", "k"), ("d", "d"), ("e", "ɛ"),
    ("f", "f"), ("g", "ɡ"), ("h", "h"), ("i", "ɪ"), ("j", "ʤ"), ("k", "k"), ("l", "l"),
    ("m", "m"), ("n", "n"), ("o", "O"), ("p", "p"), ("r", "ɹ"), ("s", "s"), ("t", "t"),
    ("u", "u"), ("v", "v"), ("w", "w"), ("x", "ks"), ("y", "i"), ("z", "z"),
)  # fmt: skip
_VOWELS = re.compile("[aeiouy]")


def by_rules(word: str) -> str:
    """By the usual sound of letters, stressed on the first vowel; "" for what cannot be said."""
    if not _VOWELS.search(word) or re.search(r"[^aeiouy]{5}", word):
        return ""
    bare = re.sub(r"(?<=[^aeiou])e$", "", re.sub(r"([^aeiou])\1", r"\1", word))
    said, at = "", 0
    while at < len(bare):
        for letters, sound in _RULES:
            if bare.startswith(letters, at):
                said += sound
                at += len(letters)
                break
        else:
            at += 1
    vowel = re.search("[AIOQWYaeiouæɑɔəɛɜɪʊʌ]", said)
    return f"{said[: vowel.start()]}ˈ{said[vowel.start() :]}" if vowel else said
