"""What the guard heard and what it alarms at, as plain data."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from studio.host.packs.model import Level, PackText, Place
from studio.host.script.model import OwnFact
from studio.shop.model import Product
from studio.shop.offers.model import Offer

EarsState = Literal["off", "absent", "starting", "listening", "failed"]
"""Not asked for; no model there, or no whole one; being started; hears; could not be kept alive."""
MeaningState = Literal["idle", "absent", "starting", "ready", "failed"]
"""Not asked yet; no model on this machine; being started; answers; could not be kept alive."""
MOST_SHOWN = 30


class FactRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What it means that a sentence and the facts differ.

    Attributes:
        articles: of the law, by place.
        advice: what to say instead; "{fact}" is what the facts say.
    """

    id: str
    articles: dict[str, str]
    why: PackText
    advice: PackText


class FactWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file of rules about facts, and the words by which claims are known.

    Attributes:
        materials, places: names of one thing in a group, the first one stands for it.
        regions: parts of the first place.
    """

    rules: tuple[FactRule, ...]
    materials: tuple[tuple[str, ...], ...]
    places: tuple[tuple[str, ...], ...]
    regions: tuple[str, ...]


class FactSheet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What ``shopcast listen`` compares with, as a file.

    Attributes:
        products, facts, offers: as in a show's ``shop``, ``script`` and ``offers``.
        explaining: id of the product that is spoken of first.
        places: whose laws hold.
    """

    products: tuple[Product, ...] = ()
    facts: tuple[OwnFact, ...] = ()
    offers: tuple[Offer, ...] = ()
    explaining: str = ""
    places: tuple[Place, ...] = ("cn",)
    language: Literal["zh", "en"] = "zh"


class ClaimAlarm(msgspec.Struct, frozen=True):
    """Something that was said and must not be, or needs a proof.

    Attributes:
        id: counts within a run of the engine.
        at_s: seconds since hearing began, or of the file.
        rule: "pack/rule", or "fact/price" and the like.
        said: the words; ``sentence`` they stood in.
        fact: what the facts say; "" where they say nothing of it.
        dismissed_by: who said that it was nothing; "" is nobody.
        times: it was said within the last seconds.
    """

    id: int
    at_s: float
    at_utc: str
    rule: str
    article: str
    level: Level
    said: str
    sentence: str
    fact: str
    why: tuple[str, str]
    advice: tuple[str, str]
    product: str = ""
    by_sound: bool = False
    dismissed_by: str = ""
    times: int = 1


class GuardPart(msgspec.Struct, frozen=True):
    """What the show keeps.

    Attributes:
        armed: words that are heard are looked at.
        listens: the ears recognise speech, where their model is there.
        source: the strip that they listen to; "" is the programme.
    """

    armed: bool = True
    listens: bool = False
    source: Annotated[str, msgspec.Meta(max_length=200)] = ""


class GuardView(msgspec.Struct, frozen=True):
    """The guard as desks see it.

    Attributes:
        ears: whether something recognises speech here.
        ears_error: what is wrong with it and what to do, in both languages.
        heard: the last words.
        alarms: the latest first; dismissed ones too.
        open: alarms of the last minutes that nobody dismissed.
        meaning: how the model is that is asked what sentences mean.
    """

    armed: bool = True
    listens: bool = False
    source: str = ""
    ears: EarsState = "off"
    ears_error: tuple[str, str] = ("", "")
    heard: str = ""
    alarms: tuple[ClaimAlarm, ...] = ()
    open: int = 0
    meaning: MeaningState = "idle"
