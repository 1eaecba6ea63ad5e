"""Packs, their rules, and what they find, as plain data."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

PackId = Annotated[str, msgspec.Meta(min_length=1, max_length=40, pattern=r"^[a-z0-9-]+$")]
Level = Literal["alarm", "look"]
"""Alarm: must not be said; look: needs a proof, or a person's judgement."""
Place = Literal["cn", "eu", "uk", "us", "any"]
Check = Literal["", "pieces"]
"""Pieces: what is found is a number of pieces left, and right where the stock says the same."""
MOST_RULES, MOST_WORDS, MOST_PATTERNS = 400, 2_000, 100


class PackText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text in both languages."""

    zh: str = ""
    en: str = ""

    def pair(self) -> tuple[str, str]:
        """As it stands in the state."""
        return self.zh, self.en


class PackSource(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a pack's rules come from.

    Attributes:
        date: of the law or of the page's version.
        read: when somebody last compared the pack with the official text; "" is never.
    """

    name: str
    date: str = ""
    url: str = ""
    read: str = ""


class PackRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One rule.

    Attributes:
        article: of the law, as it is cited.
        why, advice: what is wrong with it, and what to say instead.
        means: kinds of claims that a sentence can mean without any of its words
            (`studio.host.guard.meaning.KINDS`).
        goods: words of categories that it is about; none is all goods.
        words: found in the text without spaces and signs; ``latin`` as whole words.
        patterns: on the text without spaces and signs; ``raw`` on the text in lower case.
        sound: words that are also found as they sound.
        exceptions: (file: "except") what is found inside one of these does not count.
        hits, clean: sentences that must be found, and that must not.
    """

    id: str
    article: str = ""
    why: PackText = PackText()
    advice: PackText = PackText()
    level: Level = "alarm"
    means: tuple[str, ...] = ()
    goods: tuple[str, ...] = ()
    check: Check = ""
    words: tuple[str, ...] = ()
    latin: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    raw: tuple[str, ...] = ()
    sound: tuple[str, ...] = ()
    exceptions: tuple[str, ...] = msgspec.field(name="except", default=())
    hits: tuple[str, ...] = ()
    clean: tuple[str, ...] = ()


class RulePack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The rules of one law or platform.

    Attributes:
        begins, until: (file: "from", "until") days on which they hold; "" is no end.
    """

    id: str
    label: PackText = PackText()
    place: Place = "any"
    version: str = ""
    begins: str = msgspec.field(name="from", default="")
    until: str = ""
    sources: tuple[PackSource, ...] = ()
    rules: tuple[PackRule, ...] = ()


class Alarm(msgspec.Struct, frozen=True):
    """Something that must not be said, or needs a proof.

    Attributes:
        said: the words, as they stand in the text.
        start, end: where.
        pieces: that were named, of a rule that checks them; -1 is none.
    """

    rule: str
    pack: str
    article: str
    level: Level
    said: str
    start: int
    end: int
    why: tuple[str, str]
    advice: tuple[str, str]
    by_sound: bool = False
    pieces: int = -1


class PackFault(msgspec.Struct, frozen=True):
    """What is wrong with a pack: a key of the catalogue with its values, and where."""

    place: str
    why: str
    params: dict[str, str] = {}


class TextFinding(msgspec.Struct, frozen=True):
    """An alarm in a text of the show.

    Attributes:
        place: path of the text in show.json.
        product: the product it is of, "" for none.
        dismissed_by: who said that it may stand; "" is nobody.
    """

    place: str
    text: str
    alarm: Alarm
    product: str = ""
    dismissed_by: str = ""


class Dismissal(msgspec.Struct, frozen=True):
    """A person took responsibility for words in a text; another text is looked at anew."""

    rule: str
    text: str
    by: str
    utc: str = ""


class PacksPart(msgspec.Struct, frozen=True):
    """What the show keeps.

    Attributes:
        places: whose laws hold for its viewers.
        off: packs that are not armed, though their place holds.
    """

    places: tuple[Place, ...] = ("cn",)
    off: tuple[PackId, ...] = ()
    dismissed: tuple[Dismissal, ...] = ()


class PackView(msgspec.Struct, frozen=True):
    """A pack as desks see it; ``is_unread``: nobody compared it with the official text."""

    id: str
    label: tuple[str, str]
    place: Place
    version: str
    begins: str
    until: str
    rules: int
    is_armed: bool
    is_out_of_date: bool = False
    is_unread: bool = False
    fault: str = ""


class PacksView(msgspec.Struct, frozen=True):
    """The packs there are, and what they find in the texts of the show."""

    places: tuple[Place, ...] = ()
    packs: tuple[PackView, ...] = ()
    findings: tuple[TextFinding, ...] = ()
    more: int = 0
