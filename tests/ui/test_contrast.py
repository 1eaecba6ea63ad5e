"""Every text and every mark of the desk can be told from what it stands on."""

from __future__ import annotations

import pytest

from ui.theme import tokens

TEXT_ON = {
    "TEXT": ("BACKGROUND", "PANEL", "RAISED", "HOVER", "SELECTED", "NEXT_SOFT", "LINE"),
    "MUTED": ("BACKGROUND", "PANEL", "RAISED", "HOVER", "SELECTED", "ON_AIR_SOFT"),
    "FAINT": ("BACKGROUND", "PANEL", "RAISED", "SELECTED"),
    "ACCENT_TEXT": ("PANEL", "RAISED", "ACCENT_FILL"),
    "NEXT_TEXT": ("PANEL", "RAISED", "NEXT_SOFT"),
    "ATTENTION": ("BACKGROUND", "PANEL", "RAISED", "SELECTED", "ATTENTION_SOFT"),
    "WHITE": ("ACCENT_FILL", "ON_AIR_FILL", "ON_AIR_HOVER", "ON_PROGRAMME"),
    "DARK": ("NEXT", "ATTENTION"),
}
MARK_ON = {
    "ACCENT": ("BACKGROUND", "PANEL", "RAISED"),
    "ON_AIR": ("BACKGROUND", "PANEL", "RAISED"),
    "ON_PROGRAMME": ("BACKGROUND", "PANEL"),
    "NEXT": ("BACKGROUND", "PANEL", "RAISED"),
}
PAIRS = [
    (pen, ground, least)
    for table, least in ((TEXT_ON, 4.5), (MARK_ON, 3.0))
    for pen, grounds in table.items()
    for ground in grounds
]


def _light(name: str) -> float:
    """Relative luminance, as WCAG 2 defines it."""
    colour = tokens.colour(getattr(tokens, name))
    parts = (colour.redF(), colour.greenF(), colour.blueF())
    red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(("pen", "ground", "least"), PAIRS)
def test_it_can_be_read(pen: str, ground: str, least: float) -> None:
    low, high = sorted((_light(pen), _light(ground)))
    assert (high + 0.05) / (low + 0.05) >= least
