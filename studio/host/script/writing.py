"""Scripts out of templates and facts; a missing fact is a gap that everybody sees."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping

import msgspec
from msgspec.structs import replace

from studio.core.clean import read_json
from studio.core.errors import StudioError
from studio.core.i18n import translate
from studio.core.paths import assets_dir
from studio.host.numbers import number_of, spoken_zh
from studio.host.script.model import (
    USUAL_SPEED,
    Audience,
    Fact,
    FactUse,
    GoodsKind,
    LineState,
    LineView,
    ProductScript,
    ProductScriptView,
    Scene,
    ScriptLine,
    ScriptTemplate,
    TemplateFile,
    TemplateLine,
)

FIELD = re.compile(r"\{([a-z][a-z_0-9]*)\}")
_DIGITS = re.compile(r"\d+")
_PAUSES = re.compile(r"[，。！？；：,.!?;:]")
PAUSE_S = 0.25


@functools.cache
def templates(language: str) -> TemplateFile:
    """The templates of a language that come with the studio.

    Raises:
        StudioError: invalid, of a file that was altered.
    """
    path = assets_dir() / "scripts" / f"{'zh' if language == 'zh' else 'en'}.json"
    try:
        return msgspec.convert(read_json(path.read_bytes()), TemplateFile)
    except (OSError, json.JSONDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise StudioError("invalid", "script.templates", path=str(path), why=str(error)) from None


def template_for(language: str, kind: GoodsKind, audience: Audience) -> ScriptTemplate:
    """The template of a kind of goods for an audience."""
    return next(
        template
        for template in templates(language).templates
        if (template.kind, template.audience) == (kind, audience)
    )


def generated(
    product: str,
    facts: Mapping[str, Fact],
    kind: GoodsKind,
    audience: Audience,
    scene: Scene,
    language: str,
) -> ProductScript:
    """A script for a product out of its facts."""
    template = template_for(language, kind, audience)
    lines = [_line(entry, facts, language) for entry in template.lines]
    opening = next((s for s in templates(language).scenes if s.id == scene), None)
    if opening is not None:
        lines.insert(0, ScriptLine("scene", opening.say, opening.say))
    return ProductScript(
        product, template.id, scene, audience, "zh" if language == "zh" else "en", template.pace,
        tuple(lines),
    )  # fmt: skip


def _line(entry: TemplateLine, facts: Mapping[str, Fact], language: str) -> ScriptLine:
    """The first way to say it whose facts are there; else a gap in the last one, the simplest."""
    ways = [way for way in entry.say if all(name in facts for name in FIELD.findall(way))]
    pattern = ways[0] if ways else entry.say[-1]
    line = ScriptLine(entry.id, "", pattern, star=entry.star, cue=entry.cue)
    return rendered(line, facts, language)


def rendered(line: ScriptLine, facts: Mapping[str, Fact], language: str) -> ScriptLine:
    """A line with the facts as they are now; what is missing is a gap in the text."""
    if not line.pattern:
        return _worded(line, facts)
    names = list(dict.fromkeys(FIELD.findall(line.pattern)))

    def put(found: re.Match[str]) -> str:
        fact = facts.get(found[1])
        return fact.value if fact else gap_text(found[1], language)

    used = [facts[name] for name in names if name in facts]
    return replace(
        line,
        text=FIELD.sub(put, line.pattern),
        facts=tuple(FactUse(f.name, f.value, f.source, f.is_live) for f in used),
        missing=tuple(name for name in names if name not in facts),
        offer=next((fact.offer for fact in used if fact.offer), ""),
    )


def _worded(line: ScriptLine, facts: Mapping[str, Fact]) -> ScriptLine:
    """A sentence that a person wrote, with values that have changed put in where they stood."""
    text, uses = line.text, []
    for use in line.facts:
        now = facts.get(use.name)
        if now is not None and now.value != use.value:
            text = text.replace(use.value, now.value)
            use = replace(use, value=now.value)
        uses.append(use)
    return replace(line, text=text, facts=tuple(uses))


def gap_text(name: str, language: str) -> str:
    """What stands where a fact is missing: 〔缺：材质〕."""
    return translate("script.gap", language, what=fact_label(name, language))


def fact_label(name: str, language: str) -> str:
    """A fact's name as people say it."""
    found = re.fullmatch(r"(point)(\d+)", name)
    label = translate(f"script.fact.{found[1] if found else name}", language)
    label = name if label.startswith("script.fact.") else label
    return f"{label} {found[2]}" if found else label


def changes(line: ScriptLine, facts: Mapping[str, Fact], language: str) -> str:
    """What of a line is no longer so: "price: 199元 → 189元"; "" when it all holds."""
    said = []
    for use in line.facts:
        now = facts.get(use.name)
        if now is None:
            said.append(f"{fact_label(use.name, language)}: {use.value} → –")
        elif now.value != use.value and not now.is_live:
            said.append(f"{fact_label(use.name, language)}: {use.value} → {now.value}")
    return "; ".join(said)


def line_view(line: ScriptLine, facts: Mapping[str, Fact], language: str, speed: float) -> LineView:
    """A line as it is now: live facts put in, stale ones pointed out, with its length."""
    changed = changes(line, facts, language)
    if not changed and line.pattern and any(use.is_live for use in line.facts):
        line = rendered(line, facts, language)
    state: LineState = "stale" if changed else "gap" if line.missing else "ready"
    return LineView(line, state, round(spoken_s(line.text, language, speed), 1), changed)


def script_view(
    script: ProductScript,
    name: str,
    facts: Mapping[str, Fact],
    speed: float,
    *,
    is_draft: bool = False,
) -> ProductScriptView:
    """A product's script as it is now, with its length and what is to be done about it.

    Args:
        name: of the product.
        speed: of the host, as `spoken_s` takes it, without the script's own pace.
    """
    pace = speed * script.pace
    lines = tuple(line_view(line, facts, script.language, pace) for line in script.lines)
    return ProductScriptView(
        script.product, name, script.audience, script.scene, script.template,
        round(sum(view.seconds for view in lines)), sum(bool(view.line.star) for view in lines),
        sum(view.state == "gap" for view in lines), sum(view.state == "stale" for view in lines),
        lines, is_draft,
    )  # fmt: skip


def spoken_s(text: str, language: str, speed: float) -> float:
    """How long a host takes to say a text.

    Args:
        speed: signs (zh) or words (en) a second; 0 is the usual one.
    """
    pace = speed or USUAL_SPEED["zh" if language == "zh" else "en"]
    pauses = len(_PAUSES.findall(text)) * PAUSE_S
    if language == "zh":
        spoken = _DIGITS.sub(lambda found: spoken_zh(number_of(found[0][:15]) or 0), text)
        signs = sum(1 for sign in spoken if "\u4e00" <= sign <= "\u9fff")
        words = len(re.findall(r"[A-Za-z]+", spoken))
        return (signs + 2 * words) / pace + pauses
    return len(re.findall(r"[\w'’.,$€£]*\w", text)) / pace + pauses
