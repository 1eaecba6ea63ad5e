"""What comes in as text and is none is mended at the door, and JSON that always can be written.

Python keeps half a surrogate pair in a text (half an emoji, a file name in another encoding), and
fails later, where it is written: in the state, the journal, the note for the next engine. So
whatever reads from outside reads through here. NUL is taken out (files, feeds) or refused
(commands); the line and paragraph separators U+2028 and U+2029, which split lines in some
readers and not in others, become line breaks.
"""

from __future__ import annotations

import codecs
import json
import re
import unicodedata
from typing import Any

from studio.core.often import CHINESE, KOREAN, share

Plain = Any
"""Plain data: dict, list, str, int, float, bool or None."""

REPLACEMENT = "\ufffd"
_ODD = re.compile("[\x00\u2028\u2029\ud800-\udfff]")
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_LONE = re.compile("[\ud800-\udfff]")
_ODD_ESCAPE = re.compile(r"\\u(?:0000|202[89]|d[89a-f])", re.IGNORECASE)
_ODD_CONTROL = re.compile("[\x01-\x08\x0b\x0d-\x1a\x1c-\x1f]")
_ODD_BYTES = re.compile(b"\xe2\x80[\xa8\xa9]")


def clean_text(text: str, *, keep_nul: bool = False) -> str:
    """``text`` as it can be kept, shown and written anywhere; itself when it is so already.

    Args:
        keep_nul: for who refuses it instead.
    """
    if _ODD.search(text) is None:
        return text
    text = _PAIR.sub(lambda pair: _joined(pair[0]), text)
    text = _LONE.sub(REPLACEMENT, text).replace("\u2028", "\n").replace("\u2029", "\n")
    return text if keep_nul else text.replace("\x00", "")


def _joined(pair: str) -> str:
    return pair.encode("utf-16-le", "surrogatepass").decode("utf-16-le")


def clean_data(value: Plain, *, keep_nul: bool = False) -> Plain:
    """Plain data with every text in it cleaned, keys too (see `clean_text`)."""
    if isinstance(value, str):
        return clean_text(value, keep_nul=keep_nul)
    if isinstance(value, dict):
        return {
            clean_data(key, keep_nul=keep_nul): clean_data(inner, keep_nul=keep_nul)
            for key, inner in value.items()
        }
    if type(value) in (list, tuple):
        return type(value)(clean_data(inner, keep_nul=keep_nul) for inner in value)
    return value


def has_nul(value: Plain) -> bool:
    """Whether a NUL stands in a text of it."""
    if isinstance(value, str):
        return "\x00" in value
    if isinstance(value, dict):
        return any(has_nul(key) or has_nul(inner) for key, inner in value.items())
    return isinstance(value, list | tuple) and any(has_nul(inner) for inner in value)


def may_be_odd(frame: str | bytes) -> bool:
    """Whether a frame of JSON (text) or msgpack (bytes) may hold what `clean_data` mends."""
    if isinstance(frame, bytes):
        return _ODD_BYTES.search(frame) is not None
    return _ODD.search(frame) is not None or _ODD_ESCAPE.search(frame) is not None


def read_json(text: str | bytes) -> Plain:
    """Plain data from JSON of a file, a feed or a caller, cleaned.

    Raises:
        ValueError: no JSON or nested too deep (json.JSONDecodeError), not UTF-8
            (UnicodeDecodeError).
    """
    if isinstance(text, bytes):
        text = text.decode("utf-8-sig")
    try:
        found = json.loads(text)
        return clean_data(found) if may_be_odd(text) else found
    except RecursionError:
        raise json.JSONDecodeError("nested too deep", text[:1], 0) from None


def encode_json(value: Any) -> str:
    """JSON of structs and plain data, short; a text that cannot be written is cleaned first."""
    import msgspec  # the command line starts without it

    try:
        return msgspec.json.encode(value).decode()
    except UnicodeEncodeError:
        return msgspec.json.encode(clean_data(msgspec.to_builtins(value), keep_nul=True)).decode()


def write_json(value: Plain, **more: Any) -> str:
    """JSON of plain data in one line; a text that cannot be written is cleaned first.

    Args:
        more: for `json.dumps`.
    """
    text = json.dumps(value, ensure_ascii=False, **more)
    return text if _LONE.search(text) is None else clean_text(text, keep_nul=True)


def lines_of(text: str) -> list[str]:
    """Its lines by line feeds alone: a separator inside a JSON text splits no line."""
    return [line.removesuffix("\r") for line in text.split("\n")]


def decode_words(data: bytes) -> str:
    """The words of a text file that somebody wrote, whichever program wrote it.

    With a byte order mark as it says; else UTF-16 where every second byte is nothing, UTF-8 where
    it is that, EUC-KR where its syllables are those of every day and the signs of GBK are not,
    GBK (GB 18030) where what is not ASCII comes in its pairs; then the reading of
    UTF-16, Big5, Shift-JIS or EUC-KR whose signs are in common use, where there is one, and
    Windows' Latin otherwise, also where its letters stand beside small ones of ASCII and none of
    the Chinese signs is in common use. A sign that was cut off at the end is left out, so are NULs
    and other controls.
    """
    for mark, name in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe\0\0", "utf-32-le"),
                       (b"\0\0\xfe\xff", "utf-32-be"), (b"\xff\xfe", "utf-16-le"),
                       (b"\xfe\xff", "utf-16-be")):  # fmt: skip
        if data.startswith(mark):
            return _words(_cut(data[len(mark) :], name))
    even, odd = data[0:400:2].count(0), data[1:400:2].count(0)
    half = min(len(data), 400) // 2
    if half >= 2 and max(even, odd) > 0.4 * half and min(even, odd) < 0.1 * half:
        ways = ("utf-16-be", "utf-16-le") if even > odd else ("utf-16-le", "utf-16-be")
        return _words(max((_cut(data, way) for way in ways), key=_plain_share))
    words = _cut(data, "utf-8")
    if "\ufffd" not in words and _has_signs(words, data):
        # Two signs of UTF-16 look like four of ASCII, but among many some are controls.
        is_odd = len(data) >= 4 and _ODD_CONTROL.search(words.replace("\r\n", "\n")) is not None
        pairs = [_cut(data, way) for way in ("utf-16-le", "utf-16-be")] if is_odd else []
        return _words(next((pair for pair in pairs if _in_use(pair) == 1.0), words))
    chinese = _cut(data, "gb18030") if _is_chinese(data) else "\ufffd"
    korean = _cut(data, "euc_kr") if len(data) >= LEAST_KOREAN else "\ufffd"
    if "\ufffd" not in korean and share(korean, KOREAN) > max(0.4, 2 * share(chinese, CHINESE)):
        return _words(korean)
    if "\ufffd" not in chinese and _in_use(chinese) >= SURE:
        return _words(chinese)
    readings = [words for name in _possible(data) if "\ufffd" not in (words := _cut(data, name))]
    best = max(readings, key=_in_use, default="")
    if _in_use(best) >= SURE:
        is_japanese = best == _cut(data, "shift_jis")
        return _words(best.replace("\\", "¥") if is_japanese else best)  # JIS X 0201: 5C is the yen
    is_latin = "\ufffd" in chinese or not _has_signs(chinese, data) or _is_latin(data, chinese)
    return _words(data.decode("cp1252", "replace") if is_latin else chinese)


LEAST_KOREAN = 8
"""Bytes of a text of which Korean and Chinese are told apart by what is written often."""
MARKS = frozenset("—…“”‘’·×°①②③④⑤⑥⑦⑧⑨⑩ⅠⅡⅢⅣⅤ★☆●○◎◆◇■□▲△▼▽※→←↑↓♥♡♪✓❤✨￥€")
"""Signs that stand among words of East Asia and are none."""
SURE = 0.9
"""Of the signs of a reading, how many are in common use where it is the right one."""
LEAST_HIGH = 0.3
"""Of the bytes of Chinese, Japanese or Korean words, how many are no ASCII; of Latin ones fewer."""


def _has_signs(words: str, data: bytes) -> bool:
    """Was anything but ASCII read, where there is any? One byte cut off proves no encoding."""
    return not words.isascii() or data.isascii()


_LETTER = "[À-ÖØ-öø-ÿŒœŠšŽž]"
_LATIN = re.compile(
    rf"[A-Za-z]{_LETTER}+[a-z]|[a-z]{_LETTER}(?!{_LETTER})|(?<!{_LETTER}){_LETTER}[a-z]"
)
"""Within a word, or one alone; two after a word may well be a Chinese sign."""
_WORD = re.compile(r"[A-ZÀ-ÖØ-Þ]?[a-zß-öø-ÿ]+")


def _is_latin(data: bytes, chinese: str) -> bool:
    """Words of Europe, whose letters are pairs of GBK by chance, signs that hardly anyone uses."""
    is_common = any(_is_common(sign) for sign in chinese if sign > "\x7f")
    return not is_common and _LATIN.search(data.decode("cp1252", "replace")) is not None


def _possible(data: bytes) -> list[str]:
    """What a text may be that is neither UTF-8 nor, by its bytes, GBK."""
    is_wide = len(data) >= 4 and len(data) % 2 == 0
    is_word = _WORD.fullmatch(data.decode("cp1252", "replace")) is not None
    wide = ["utf-16-le", "utf-16-be"] if is_wide and not is_word else []
    least = LEAST_HIGH * len(data)
    return wide + [
        name for name in ("big5", "shift_jis", "euc_kr") if _bytes_of_signs(data, name) >= least
    ]


def _bytes_of_signs(data: bytes, name: str) -> int:
    """Of a text in this encoding, how many bytes are no ASCII; the second of a sign may look so."""
    return len(data) - sum(sign <= "\x7f" for sign in _cut(data, name))


def _plain_share(words: str) -> float:
    """Of the signs, how many are ASCII that is seen, line ends, or in common use in East Asia."""
    plain = sum(
        1.0 if " " <= sign <= "~" or sign in "\r\n\t" else _is_common(sign) for sign in words
    )
    return plain / max(1, len(words))


def _in_use(words: str) -> float:
    """Of the signs that are no ASCII, how many are in common use in East Asia; 0 of less than two.

    Signs of the first level of GB 2312 or Big5, kana, syllables of KS X 1001, full-width marks,
    numbers in circles, arrows, stars and emoji.
    """
    signs = [sign for sign in words if sign > "\x7f"]
    if len(signs) < 2:
        return 0.0
    return sum(map(_is_common, signs)) / len(signs)


def _is_common(sign: str) -> float:
    if "\u3000" <= sign <= "\u30ff" or "\uff01" <= sign <= "\uff5e":
        return 1.0
    if sign in MARKS or "\U0001f300" <= sign <= "\U0001faff":
        return 1.0
    for name, first, last in (("gb2312", 0xB0, 0xD7), ("big5", 0xA4, 0xC6)):
        coded = sign.encode(name, "ignore")
        if coded and first <= coded[0] <= last:
            return 1.0
    is_korean = "\uac00" <= sign <= "\ud7a3" and sign.encode("euc_kr", "ignore")
    return 0.95 if is_korean else 0.0  # so many syllables: of two readings it is the other one


def _cut(data: bytes, name: str) -> str:
    """Decoded without the sign at the end that was cut off."""
    words = codecs.getincrementaldecoder(name)("replace").decode(data)
    return clean_text(words)


def _is_chinese(data: bytes) -> bool:
    """Do most bytes that are not ASCII come in pairs of GB 2312 (both of them 0xA1 or more)?"""
    high = sum(byte >= 0x80 for byte in data)
    pairs = sum(len(run) // 2 for run in re.findall(rb"[\xa1-\xfe]{2,}", data))
    return 2 * pairs >= 0.6 * high


def _words(text: str) -> str:
    return "".join(sign for sign in text if sign in "\n\t\r" or unicodedata.category(sign) != "Cc")
