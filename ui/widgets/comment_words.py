"""A comment in words: what it is about, why it is held, what can be done with it."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from PySide6.QtGui import QFontDatabase

from studio.comments.model import EntryView, SentencesView
from ui.i18n import language, t


@dataclass(frozen=True, slots=True)
class Act:
    """A button in a row."""

    id: str
    words: str
    kind: str = ""


def known_words(group: str, name: str) -> str:
    """The catalogue's words for a name the engine uses; the name itself where it has none."""
    words = t(f"{group}.{name}")
    return name if words == f"ui.{group}.{name}" else words


def category_words(entry: EntryView) -> str:
    """What a comment is about, or why it is held."""
    about = entry.category or entry.topic
    return known_words("category", about) if about else ""


def acts_of(entry: EntryView, is_pinned: bool = False) -> list[Act]:
    """What can be done with a comment, or with all of a fold."""
    if entry.state == "held":
        block = t("comments.block_same", n=entry.count) if entry.count > 1 else t("comments.block")
        return [Act("release", t("comments.release") + " A"),
                Act("block", block + " B"),
                Act("mute", _mute_words(entry) + " M")]  # fmt: skip
    if entry.state == "blocked":
        return [Act("release", t("comments.release") + " A")]
    if is_pinned:
        first = Act("unpin", t("comments.unpin") + " P", "on")
    else:
        first = Act("pin", t("comments.pin") + " P")
    answer = Act("answer", t("comments.answer") + " R")
    return [first, *([] if entry.answered else [answer]), Act("mute", _mute_words(entry) + " M")]


def _mute_words(entry: EntryView) -> str:
    if entry.authors > 1:
        return t("comments.mute_all", n=entry.authors)
    return t("comments.mute")


def person_words(name: str) -> str:
    """Who decided or looks; whoever sits at this machine has no name of their own."""
    return t(f"people.at_{name}") if name in ("here", "owner") else name


_MAKES_EMOJI = "\u20e3\u200d\ufe0e\ufe0f"  # keycap, joiner, ways to draw


@functools.lru_cache(maxsize=2000)
def drawable(text: str) -> str:
    """``text`` without what this machine has no glyph for: no boxes."""
    if not any(_is_emoji(sign) for sign in text) or _has_emoji():
        return text
    return "".join(sign for sign in text if not _is_emoji(sign)).strip() or "…"


def _is_emoji(sign: str) -> bool:
    """An emoji, or what makes its neighbour one; a rare Chinese character is none."""
    return "\U0001f000" <= sign < "\U00020000" or sign in _MAKES_EMOJI or sign >= "\U000e0000"


@functools.cache
def _has_emoji() -> bool:
    return any("emoji" in name.lower() for name in QFontDatabase.families())


def reason_words(entry: EntryView) -> str:
    """Why it is held: what was written → what it means · rule."""
    reason = entry.reason
    if reason is None or entry.state not in ("held", "blocked"):
        return ""
    parts = []
    written = entry.text[slice(*reason.span)] if reason.span else ""
    if written and reason.matched and written.lower() != reason.matched.lower():
        parts.append(t("comments.restored", written=_near(written), read=_near(reason.matched)))
    parts.append(reason.text.get(language.code) or reason.text.get("en", ""))
    if reason.rule:
        parts.append(t("comments.rule", id=reason.rule))
    return " · ".join(part for part in parts if part)


def _near(text: str) -> str:
    return text if len(text) <= 24 else text[:23] + "…"


TELLING = ("absent", "failed", "starting")
"""States of the sentence model in which rules alone decide."""


def sentences_words(view: SentencesView) -> str:
    """How the sentence model is, in one line."""
    if not view.is_on:
        return t("comments.sentences_off")
    return t(
        f"comments.sentences_{view.state}", ms=view.ms, passed=view.passed, doubted=view.doubted
    )
