"""Effects in words: an answer for the desk and the command line, a section of a report."""

from __future__ import annotations

from collections.abc import Sequence

from studio.core import report_html as html
from studio.core.i18n import translate
from studio.core.report_html import Cell
from studio.insight.advice.goods import words
from studio.insight.effects.model import ActionEffect
from studio.insight.model import Answer, AnswerColumn

COLUMNS = ("what", "owner", "done", "figure", "before", "band", "after", "verdict")


def effect_answer(effects: Sequence[ActionEffect], language: str) -> Answer:
    """A table of them."""
    columns = tuple(AnswerColumn(name, words(f"effects.head_{name}")) for name in COLUMNS)
    rows = tuple(tuple(effect_row(effect, language)) for effect in effects)
    return Answer("effects", words("effects.title"), columns, rows)


def effect_row(effect: ActionEffect, language: str) -> list[Cell]:
    """One of them; what is not known is None."""
    action, is_zh = effect.action, language == "zh"
    label = effect.label.zh if is_zh else effect.label.en
    unit = f" ({_unit(effect.unit)})" if effect.unit else ""
    band = None
    if effect.low is not None and effect.high is not None:
        band = f"{_shown(effect.low, effect)} – {_shown(effect.high, effect)}"
    return [
        action.what, action.owner, action.done_utc[:10] or None, f"{label}{unit}" or None,
        _counted(effect.before, effect.count_before, effect, language), band,
        _counted(effect.after, effect.count_after, effect, language),
        translate(f"effects.{effect.verdict}", language),
    ]  # fmt: skip


def effect_section(effects: Sequence[ActionEffect], language: str) -> str:
    """For the page of a report; each figure opens the shows it was made of."""
    heads = [translate(f"effects.head_{name}", language) for name in COLUMNS]
    title = translate("effects.title", language)
    if not effects:
        return html.section(title, html.paragraph(translate("effects.none", language)))
    parts = [html.table(heads, [effect_row(effect, language) for effect in effects])]
    names = [translate(f"effects.head_{name}", language) for name in ("show", "began", "value")]
    for effect in effects:
        if effect.shows:
            rows: list[Sequence[Cell]] = [
                (show.airing, show.began_utc[:16].replace("T", " "),
                 _shown(show.value, effect) + ("" if show.is_after else " ·"))
                for show in effect.shows
            ]  # fmt: skip
            said = translate("effects.rows", language, what=effect.action.what)
            parts.append(html.folded(said, html.table(names, rows)))
    parts.append(html.paragraph(translate("effects.hint", language), is_muted=True))
    return html.section(title, *parts)


def _counted(value: float | None, shows: int, effect: ActionEffect, language: str) -> Cell:
    if value is None:
        return None
    return translate("effects.mean", language, value=_shown(value, effect), n=shows)


def _shown(value: float, effect: ActionEffect) -> str:
    scaled = value / 100 if effect.unit.startswith("cents") else value
    return f"{scaled:,.2f}".rstrip("0").rstrip(".")


def _unit(unit: str) -> str:
    return unit.removeprefix("cents").lstrip("/") if unit.startswith("cents") else unit
