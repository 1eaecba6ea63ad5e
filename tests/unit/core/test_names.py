"""A name can be read, fits on a button, and is what it looks like."""

from __future__ import annotations

import pytest

from studio.core.errors import StudioError
from studio.core.names import LONGEST, check_name, free_name, tidy_name


@pytest.mark.parametrize(
    "name",
    [
        "主播",
        "Nahaufnahme 2",
        "👩‍👩‍👧 家庭",
        "סצנה",
        "مشهد",
        "é",
        "𠮷野家",
        "x" * LONGEST,
        "🎥",
        " a ",
        "0",
    ],
)
def test_every_script_is_welcome(name):
    assert check_name(name) == name
    assert tidy_name(name) == name.strip()


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("", "names.blank"),
        ("   ", "names.blank"),
        ("\u3000\u00a0", "names.blank"),
        ("\u200b\ufeff", "names.blank"),
        ("\u3164", "names.blank"),
        ("\n", "names.blank"),
        ("two\nlines", "names.sign"),
        ("tab\tbed", "names.sign"),
        ("nul\0", "names.sign"),
        ("esc\x1b[31m", "names.sign"),
        ("line\u2028break", "names.sign"),
        ("safe\u202egnp.exe", "names.sign"),
        ("a\u2066b\u2069", "names.sign"),
        ("half \ud83d", "names.sign"),
        ("x" * (LONGEST + 1), "names.long"),
    ],
)
def test_what_deceives_or_cannot_be_seen_is_refused(name, key):
    with pytest.raises(StudioError) as caught:
        check_name(name)
    assert caught.value.key == key
    for language in ("zh", "en"):
        said = caught.value.in_language(language)
        assert len(said) < 300
        assert not any(sign in said for sign in "\n\0\x1b\u202e\u2066")
    tidy = tidy_name(name)
    assert not tidy or check_name(tidy) == tidy


def test_a_free_name_is_never_too_long():
    long = "x" * 150
    first = free_name(long, ())
    second = free_name(long, {first})
    assert check_name(first) != check_name(second)
    assert free_name("Logo", {"Logo", "Logo 2"}) == "Logo 3"
