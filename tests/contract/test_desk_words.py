"""What people read is what 场控 say: no word that was left behind comes back (docs/words.md)."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator

import pytest

import ui.panels
from studio.api import catalogue
from tests.contract.source_tree import nodes, trees
from ui import i18n
from ui.widgets.schema_form import choice_words, label_of

LEFT = {
    "zh": "切出|上卡|下卡|淡变|总线|(?<!延)迟帧|断流预算|垫片顶住|推流目的地|排练|剪片段|打标记",
    "en": r"\b[Mm]end\b(?!\})|Gap budget|\bExplain\b",
}


@pytest.mark.parametrize("language", LEFT)
def test_no_text_of_the_catalogue_says_them(language: str) -> None:
    word = re.compile(LEFT[language])
    said = {key: text[language] for key, text in catalogue().items() if word.search(text[language])}
    assert said == {}


def test_no_label_or_help_in_the_code_says_them() -> None:
    word = re.compile(LEFT["zh"])
    said = [
        f"{path}:{node.lineno}: {node.value}"
        for path, tree in trees().items()
        for node in nodes(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if word.search(node.value)
    ]
    assert said == []


def test_a_count_never_has_a_fixed_plural() -> None:
    """``{n} actions`` is "1 actions" for one: `{n:action|actions}` says both."""
    fixed = {
        key: entry["en"]
        for key, entry in catalogue().items()
        if re.search(r"\{(n|count|rows|items|files|entries)\} ([a-z]+ )?[a-z]{2,}s\b", entry["en"])
    }
    assert set(fixed) <= {"games.beacon", "ui.games.beacon"}, fixed


TYPED = {"ui.trials.arms_tip"}
"""Says how a command is typed."""


def test_no_text_of_the_desk_itself_has_the_id_of_a_command() -> None:
    """Those of the engine, which a command line reads too, are entitled where a desk shows them."""
    ids = {
        node.args[0].value
        for tree in trees().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "command" and node.args
        if isinstance(node.args[0], ast.Constant)
    }
    assert len(ids) > 300
    said = {
        key: text
        for key, text in catalogue().items()
        if key.startswith("ui.") and key not in TYPED
        if set(re.findall(r"[a-z_]+\.[a-z_]+", text["zh"] + " " + text["en"])) & ids
    }
    assert said == {}


def test_a_notice_calls_commands_by_their_titles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(i18n.command_titles, "replay.hold", ("保持回放", "Hold the replay"))
    monkeypatch.setattr(i18n.language, "code", "en")
    assert i18n.entitled("Switch on replay.hold.") == 'Switch on "Hold the replay".'
    assert i18n.pick(("没有（replay.hold）", "none (replay.hold)")) == 'none ("Hold the replay")'
    monkeypatch.setattr(i18n.language, "code", "zh")
    assert i18n.pick(("请先 replay.hold。", "")) == "请先 “保持回放”。"
    for typed in ("shopcast do replay.hold is_on=true", "a.replay.hold", "replay.holder"):
        assert i18n.entitled(typed) == typed


def fields(schema: object) -> Iterator[tuple[str, dict[str, object]]]:
    """Every field of a form's schema, with what is inside of it."""
    if isinstance(schema, dict):
        inside = schema.get("properties")
        if isinstance(inside, dict):
            yield from ((name, part) for name, part in inside.items() if isinstance(part, dict))
        for part in schema.values():
            yield from fields(part)


@pytest.mark.parametrize("code", ["zh", "en"])
def test_every_field_of_a_panels_form_has_words(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names and choices: no ``owner``, no ``object_ads``."""
    monkeypatch.setattr(i18n.language, "code", code)
    found, bare = 0, []
    for info in pkgutil.walk_packages(ui.panels.__path__, "ui.panels."):
        for value in vars(importlib.import_module(info.name)).values():
            for name, part in fields(value):
                found += 1
                words = [(name, label_of(name, part))]
                own = part.get("x-words", {})
                words += [
                    (choice, choice_words(str(choice), own)) for choice in part.get("enum", ())
                ]
                bare += [f"{info.name}: {raw}" for raw, said in words if raw == said]
    assert found > 40
    assert bare == []
