"""Mouth shapes from the phonemes of the voice, as long as the voice holds them."""

from __future__ import annotations

from collections.abc import Iterable

from studio.media.spoken import CLOSED

_OF = {
    "a": "aɑæʌɐIW",
    "e": "eɛəɜɚɤAᵊdtnlkɡŋxhðθɾ",
    "i": "ijyɪɨsʦʨɕzfvᵻɥ",
    "o": "oɔɒOQY",
    "u": "uwʊɻɹʂꭧʃʒʧʤr",
    CLOSED: "bpm,.!?;:…—“”",
}
"""Consonants by what the lips do: closed, spread, rounded, or a little open."""
_SHAPES = {sign: shape for shape, signs in _OF.items() for sign in signs}
_HELD = "→↗↓↘ˈˌːʰʲ̃"
"""Tones, stress and the like: the mouth stays as it is."""
SHORT_GAP = 2


def mouths_of_phonemes(signs: Iterable[str], lengths: Iterable[int]) -> str:
    """One sign each step: as many as the sound has steps.

    Args:
        signs: phonemes; "" is silence.
        lengths: of each, in steps.
    """
    made: list[str] = []
    last = CLOSED
    for sign, length in zip(signs, lengths, strict=True):
        if sign == " ":
            shape = last if length <= SHORT_GAP else CLOSED
        elif sign and sign in _HELD:
            shape = last
        else:
            shape = _SHAPES.get(sign, CLOSED)
        made.append(shape * length)
        last = shape
    return "".join(made)
