"""Every sign that the desk writes is in the font it brings: none is drawn as an empty box."""

from __future__ import annotations

import ast
import unicodedata
from typing import Any

from PySide6.QtGui import QFont, QFontMetrics

from studio.api import catalogue
from tests.contract import source_tree
from ui.theme.fonts import load_fonts


def _texts() -> dict[str, str]:
    found = {
        f"{key} ({code})": text
        for key, both in catalogue().items()
        for code, text in both.items()
        if key.startswith("ui.")
    }
    for file, tree in source_tree.trees().items():
        if not file.startswith("ui/"):
            continue
        for node in source_tree.nodes(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found[f"{file}:{node.lineno}"] = node.value
    return found


def is_seen(sign: str) -> bool:
    """Not a selector that only changes the sign before it (comments are searched for those)."""
    return sign.isprintable() and not sign.isascii() and unicodedata.category(sign)[0] != "M"


def test_the_font_has_every_sign(qapp: Any) -> None:
    metrics = QFontMetrics(QFont(load_fonts()))
    missing = {
        f"{sign!r} U+{ord(sign):04X}": where
        for where, text in _texts().items()
        for sign in text
        if is_seen(sign) and not metrics.inFontUcs4(ord(sign))
    }
    assert missing == {}
