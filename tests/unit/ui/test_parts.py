"""The desk's own maths and words: evidence, faders, times, texts, colours."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from studio.api import catalogue
from studio.sender.evidence import FRESH_S, Evidence
from studio.sender.model import OutputState, OutputStatus
from ui import format as ui_format
from ui.dialogs.palette import score
from ui.format import age_s, db, hms, ms_short, parse_utc, rate, size
from ui.models.commands import CommandInfo
from ui.panels.mixer.meter import BOTTOM_DB, TOP_DB, fader_db, fader_part
from ui.theme import tokens

ROOT = Path(__file__).parents[3]


def _live(acked: int, state: OutputState = OutputState.LIVE) -> OutputStatus:
    return OutputStatus(name="a", state=state, acked_bytes=acked)


def test_an_output_flows_only_while_acknowledged_bytes_grow() -> None:
    evidence = Evidence()
    assert not evidence.flows(_live(0), 0.0)
    evidence.note([_live(0)], 0.0)
    assert not evidence.flows(_live(0), 0.1)  # it says live; nothing was taken
    evidence.note([_live(500_000)], 1.0)
    assert evidence.flows(_live(500_000), 1.5)
    evidence.note([_live(500_000)], 2.0)
    assert not evidence.flows(_live(500_000), 1.0 + FRESH_S + 0.1)


def test_an_output_that_reconnects_does_not_flow_whatever_it_sent() -> None:
    evidence = Evidence()
    evidence.note([_live(0)], 0.0)
    evidence.note([_live(9_000)], 1.0)
    assert not evidence.flows(_live(9_000, OutputState.RECONNECTING), 1.1)


def test_the_rate_is_of_the_last_seconds() -> None:
    evidence = Evidence()
    for second in range(6):
        evidence.note([_live(second * 500_000)], float(second))
    assert evidence.kbps("a") == pytest.approx(4000)
    evidence.note([], 7.0)
    assert evidence.kbps("a") == 0.0


def test_counters_that_start_again_are_no_negative_rate() -> None:
    evidence = Evidence()
    evidence.note([_live(9_000_000)], 0.0)
    evidence.note([_live(100)], 1.0)
    assert evidence.kbps("a") == 0.0


@pytest.mark.parametrize("gain", [-50.0, -24.0, -6.0, 0.0, 6.0, 12.0])
def test_a_fader_finds_its_place_again(gain: float) -> None:
    assert fader_db(fader_part(gain)) == pytest.approx(gain, abs=0.11)


def test_a_fader_ends_where_it_should() -> None:
    assert fader_part(-100.0) == 0.0
    assert fader_db(0.0) == -100.0
    assert fader_part(TOP_DB) == 1.0
    assert fader_part(BOTTOM_DB) == 0.0


def test_numbers_read_as_people_write_them() -> None:
    assert hms(5025) == "01:23:45"
    assert ms_short(134) == "02:14"
    assert db(-2.04) == "\u22122.0"
    assert db(-0.01) == "0.0"
    assert db(-100) == "\u2212∞"
    assert rate(4123) == "4.1 Mb/s"
    assert rate(0) == "–"
    assert size(12_400_000_000) == "12.4 GB"
    assert parse_utc("2026-11-22T16:03:45.325Z") is not None
    assert parse_utc("yesterday") is None


def test_a_command_is_found_by_either_language_and_the_best_comes_first() -> None:
    take = CommandInfo("scenes.take", label=("切出", "Take"), help=("切到直播", "To programme"))
    other = CommandInfo(
        "shop.card", label=("上卡", "Show card"), help=("", "Take it to the picture")
    )
    assert score(take, ["切出"]) > 0
    assert score(take, ["take"]) > score(other, ["take"]) > 0
    assert score(other, ["nothing", "like"]) == 0


def test_every_text_is_there_in_both_languages() -> None:
    known = catalogue()
    missing = set()
    for path in (ROOT / "ui").rglob("*.py"):
        code = path.read_text(encoding="utf-8")
        keys = set(re.findall(r"""(?<![\w.])(?:t|words)\(\s*f?"([a-z_]+\.[a-z_0-9]+)\"""", code))
        keys |= set(re.findall(r"""\("[^"]*", "([a-z]+\.key_[a-z_]+|keys\.[a-z_]+)"\)""", code))
        keys |= {key[3:] for key in re.findall(r'"(ui\.[a-z_]+\.[a-z_]+)"', code)}
        missing |= {key for key in keys if f"ui.{key}" not in known}
    assert missing == set()
    for key, text in known.items():
        if key.startswith("ui."):
            both = [set(re.findall(r"{(\w+)[:}]", text[name])) for name in ("zh", "en")]
            assert both[0] == both[1], key


def test_every_panel_has_its_title_and_its_state_words() -> None:
    known = catalogue()
    for state in OutputState:
        assert f"ui.output_state.{state.value}" in known
    for state in ("ok", "still", "sound", "frozen", "black", "lost", "missing", "opening"):
        assert f"ui.health.{state}" in known


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    """WCAG 2.2, 1.4.3."""
    bright, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        (tokens.TEXT, tokens.PANEL),
        (tokens.TEXT, tokens.RAISED),
        (tokens.TEXT, tokens.SELECTED),
        (tokens.MUTED, tokens.PANEL),
        (tokens.MUTED, tokens.RAISED),
        (tokens.MUTED, tokens.SELECTED),
        (tokens.FAINT, tokens.PANEL),
        (tokens.ATTENTION, tokens.PANEL),
        (tokens.ATTENTION, tokens.RAISED),
        (tokens.ATTENTION, tokens.ATTENTION_SOFT),
        (tokens.NEXT_TEXT, tokens.NEXT_SOFT),
        (tokens.WHITE, tokens.ON_AIR_FILL),
        (tokens.WHITE, tokens.ACCENT_FILL),
        (tokens.ACCENT_TEXT, tokens.ACCENT_FILL),
        (tokens.DARK, tokens.NEXT),
        (tokens.DARK, tokens.ATTENTION),
        ("#FFB3B5", tokens.ON_AIR_SOFT),
    ],
)
def test_text_can_be_read(ink: str, ground: str) -> None:
    assert _contrast(ink, ground) >= 4.5


def test_an_age_is_not_moved_by_a_step_of_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """A question's countdown and how long a product is explained go by the monotonic clock."""

    class Stepped(datetime):
        by = timedelta()

        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) + cls.by

    monkeypatch.setattr(ui_format, "datetime", Stepped)
    at = datetime.now(UTC) - timedelta(seconds=30)
    text = at.isoformat().replace("+00:00", "Z")
    assert age_s(text) == pytest.approx(30, abs=1)
    Stepped.by = timedelta(hours=1)
    assert age_s(text) == pytest.approx(30, abs=1)
    assert age_s(None) is None
    assert age_s("never") is None
