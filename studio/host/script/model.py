"""Facts, templates, lines and scripts as plain data."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

Star = Literal["", "price", "proof", "scarcity", "call"]
Cue = Literal["", "card", "offer"]
LineState = Literal["ready", "gap", "stale"]
GoodsKind = Literal["fashion", "food", "electronics", "general"]
Audience = Literal["young", "family", "older"]
Scene = Literal["living_room", "family", "outdoors", ""]
LineId = Annotated[str, msgspec.Meta(min_length=1, max_length=60, pattern=r"^[\w-]+$")]
FactName = Annotated[str, msgspec.Meta(min_length=1, max_length=40, pattern=r"^[a-z][a-z_0-9]*$")]
FactText = Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
ProductKey = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Speed = Annotated[float, msgspec.Meta(ge=0.5, le=15.0)]
MOST_FACTS, MOST_LINES, MOST_SCRIPTS = 5_000, 60, 2_000
USUAL_SPEED = {"zh": 4.5, "en": 2.6}
"""Signs a second in Chinese, words a second in English."""


class ScriptLabel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A label in both languages."""

    zh: str = ""
    en: str = ""


class Fact(msgspec.Struct, frozen=True):
    """One thing that is known of a product.

    Attributes:
        value: as it is said, with its unit.
        source: "catalogue", "offer:ID", or what a person named.
        until: last day it holds; "" is no end.
        is_live: it changes by itself (pieces in stock): lines are written anew, never stale.
    """

    name: str
    value: str
    unit: str = ""
    source: str = "catalogue"
    until: str = ""
    offer: str = ""
    is_live: bool = False


class OwnFact(msgspec.Struct, frozen=True):
    """A fact that a person entered: composition, origin, care, …; with where it stands."""

    product: ProductKey
    name: FactName
    value: FactText
    unit: Annotated[str, msgspec.Meta(max_length=40)] = ""
    source: Annotated[str, msgspec.Meta(max_length=200)] = ""
    until: Annotated[str, msgspec.Meta(max_length=10)] = ""


class TemplateLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sentence with facts to be put in; of several ways the first whose facts are there."""

    id: str
    say: tuple[str, ...]
    star: Star = ""
    cue: Cue = ""


class ScriptTemplate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The sentences for a kind of goods and an audience; ``pace`` is times the host's speed."""

    id: str
    kind: GoodsKind
    audience: Audience
    lines: tuple[TemplateLine, ...]
    label: ScriptLabel = ScriptLabel()
    pace: float = 1.0


class SceneOpening(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is said first in a place."""

    id: Scene
    say: str
    label: ScriptLabel = ScriptLabel()


class TemplateFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The templates of one language."""

    language: Literal["zh", "en"]
    templates: tuple[ScriptTemplate, ...]
    scenes: tuple[SceneOpening, ...] = ()


class FactUse(msgspec.Struct, frozen=True):
    """A fact as a line used it: another value now makes the line stale."""

    name: str
    value: str
    source: str = "catalogue"
    is_live: bool = False


class ScriptLine(msgspec.Struct, frozen=True):
    """One sentence.

    Attributes:
        pattern: with the names of its facts; "" of a sentence that a person wrote.
        facts: it rests on; ``offer`` it names.
        missing: facts that are not there: the line is a gap and is not to be said.
        star: it is a conversion point ★, of this kind; ``cue`` comes with it.
    """

    id: LineId
    text: Annotated[str, msgspec.Meta(max_length=2_000)]
    pattern: Annotated[str, msgspec.Meta(max_length=2_000)] = ""
    facts: tuple[FactUse, ...] = ()
    offer: str = ""
    missing: tuple[str, ...] = ()
    star: Star = ""
    cue: Cue = ""


class ProductScript(msgspec.Struct, frozen=True):
    """What is said about one product."""

    product: ProductKey
    template: str = ""
    scene: Scene = ""
    audience: Audience = "young"
    language: Literal["zh", "en"] = "zh"
    pace: float = 1.0
    lines: tuple[ScriptLine, ...] = ()


class ScriptPart(msgspec.Struct, frozen=True):
    """What the show keeps.

    Attributes:
        speed: of this host, in signs (zh) or words (en) a second; 0 is the usual one.
        settings: of an endpoint that may phrase: url, model, token (a reference); empty for none.
    """

    facts: tuple[OwnFact, ...] = ()
    scripts: tuple[ProductScript, ...] = ()
    speed: Annotated[float, msgspec.Meta(ge=0, le=15.0)] = 0.0
    audience: Audience = "young"
    scene: Scene = ""
    settings: dict[str, str] = {}


class LineView(msgspec.Struct, frozen=True):
    """A line as desks see it.

    Attributes:
        changed: "price: 199元 → 189元", of a stale one.
    """

    line: ScriptLine
    state: LineState = "ready"
    seconds: float = 0.0
    changed: str = ""


class ProductScriptView(msgspec.Struct, frozen=True):
    """The script of a product, or a draft of one."""

    product: str
    name: str
    audience: Audience
    scene: Scene
    template: str
    seconds: int = 0
    stars: int = 0
    gaps: int = 0
    stale: int = 0
    lines: tuple[LineView, ...] = ()
    is_draft: bool = False


class ScriptView(msgspec.Struct, frozen=True):
    """All scripts of the show, and drafts that wait to be accepted.

    Attributes:
        phraser: host name of the endpoint that may phrase; "" for none.
    """

    audience: Audience = "young"
    scene: Scene = ""
    speed: float = 0.0
    scripts: tuple[ProductScriptView, ...] = ()
    drafts: tuple[ProductScriptView, ...] = ()
    facts: int = 0
    phraser: str = ""
