"""JSON from outside is read, and JSON for others written, where odd text is mended."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from studio.core.clean import clean_data, clean_text, encode_json, lines_of, read_json, write_json
from tests.contract import source_tree

HOME = "studio/core/clean.py"
# file: why it reads JSON by itself
READ = {
    "studio/comments/moderation/normalise.py": "a table of ours",
    "studio/comments/ranking.py": "a table of ours",
    "studio/core/i18n.py": "the catalogue of ours",
    "studio/core/life.py": "a note of ours; standard library only",
    "studio/insight/journal.py": "what it wrote itself, through write_json",
    "studio/shop/games/verify.py": "runs by itself with the standard library alone",
    "studio/insight/record_check.py": "runs by itself with the standard library alone",
    "studio/remote/place.py": "a port and a key of ours",
    "studio/protocols/obs_ws.py": "cleaned right behind it, NUL left for the bus to refuse",
    "studio/governance/secrets.py": "sealed by ourselves",
    "studio/governance/signing.py": "compared with its signature, a name twice is refused",
    "studio/show/obs_import.py": "names are tidied and told, texts go through obs_values.text",
    "studio/sources/grab_child.py": "words of our own process",
    "studio/sources/browser/child.py": "words of our own process",
    "studio/app/supervisor.py": "lines of our own engine, ASCII",
    "ui/layouts.py": "the desk's own layouts, ASCII",
    "ui/prompters.py": "where the desk's own prompter was opened last, ASCII",
}


def _readers() -> Iterator[str]:
    for file, tree in source_tree.trees().items():
        if file == HOME or file.startswith(("bench", "tools/")):
            continue
        if any(name in ("json.loads", "json.load") for name, _ in source_tree.calls(tree)):
            yield file


def test_json_from_outside_is_read_in_one_way() -> None:
    assert set(_readers()) == set(READ), "use studio.core.clean.read_json, or say why not in READ"


def test_text_that_stays_in_the_program_is_written_in_one_way() -> None:
    """`ensure_ascii=False` fails on half a pair; stdout's own escapes are for the command line."""
    allowed = {HOME, "studio/core/life.py", "studio/app/cli.py", "studio/comments/cli.py"}
    for file, tree in source_tree.trees().items():
        if file in allowed or file.startswith(("bench", "tools/")):
            continue
        for name, call in source_tree.calls(tree):
            if name in ("json.dumps", "json.dump"):
                assert source_tree.keyword(call, "ensure_ascii") is None, f"{file}:{call.lineno}"


@pytest.mark.parametrize(
    ("odd", "mended"),
    [
        ("half \ud83d", "half \ufffd"),
        ("\udcff", "\ufffd"),
        ("\ud83d\udc57", "\U0001f457"),
        ("a\x00b", "ab"),
        ("a\u2028b\u2029c", "a\nb\nc"),
        ("橱窗 👗", "橱窗 👗"),
    ],
)
def test_what_is_mended(odd: str, mended: str) -> None:
    assert clean_text(odd) == mended
    assert clean_data({odd: [odd, (odd,)]}) == {mended: [mended, (mended,)]}
    for written in (write_json([odd]), encode_json([odd])):
        written.encode("utf-8")
        assert read_json(written) == [mended]


def test_a_separator_splits_no_line() -> None:
    assert lines_of("a\u2028b\r\nc\x0bd\n") == ["a\u2028b", "c\x0bd", ""]


def test_too_deep_is_no_json() -> None:
    with pytest.raises(ValueError, match="nested too deep"):
        read_json("[" * 100_000)
