"""What people read is what 场控 say: no word that was left behind comes back (docs/words.md)."""

from __future__ import annotations

import ast
import re

import pytest

from studio.api import catalogue
from tests.contract.source_tree import nodes, trees

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
