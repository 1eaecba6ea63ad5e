"""Clicks on a page of one's own: read, counted by place, nothing kept of who clicked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from studio.app.imports import ImportCall, import_files
from studio.core.clock import utc_of
from studio.core.i18n import translate
from studio.insight.analysis.load import rebuild
from studio.insight.cli import do_clicks
from studio.insight.imports.store import ExportStore, store_path
from studio.insight.shape.clicks import COLUMNS, MOST_MAPS, MOST_ROWS, click_maps
from studio.insight.shape.find import find_shape
from tests.unit.insight.made_shows import BEGAN_S, DAY_S, made_journal

HEAD = "time,page,x,y,width,height,what"
SHOW_S = BEGAN_S + DAY_S + 300


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOPCAST_DATA", str(tmp_path))
    monkeypatch.setenv("SHOPCAST_LANG", "en")


def take(folder: Path, text: str) -> dict[str, object]:
    file = folder / "clicks.csv"
    file.write_text(text, encoding="utf-8")
    said: list[str] = []
    import_files([str(file)], ImportCall(as_json=True), said.append)
    answer: dict[str, object] = json.loads(said[0])
    return answer


def row(seconds: float, page: str, place: tuple[int, int], what: str = "") -> str:
    return f'"{utc_of(SHOW_S + seconds)}","{page}","{place[0]}","{place[1]}","360","720","{what}"'


def test_batches_one_after_the_other_are_one_file(tmp_path: Path) -> None:
    batch = "\n".join([HEAD, row(1, "/live", (10, 10), "buy"), row(2, "/live", (10, 10), "buy")])
    again = "\n".join([HEAD, row(3, "/live?user=anna#18612345678", (200, 700))])
    answer = take(tmp_path, f"{batch}\n{again}\n")
    assert answer["kind"] == "clicks"
    assert answer["rows"] == answer["new"] == 3
    assert answer["errors"] == []
    assert take(tmp_path, f"{batch}\n{again}\n")["new"] == 0
    store = ExportStore()
    kept = store.full_rows("clicks")
    store.close()
    # What may name a person is gone.
    assert {kept_row.data["page"] for kept_row in kept} == {"/live"}
    said = b"".join(path.read_bytes() for path in store_path().parent.iterdir())
    assert b"18612345678" not in said


def test_two_clicks_in_one_place_and_moment_are_two(tmp_path: Path) -> None:
    twice = "\n".join([HEAD, row(1, "/", (10, 10)), row(1, "/", (10, 10))])
    assert take(tmp_path, twice)["new"] == 2


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ("/,400,10,360,720", "outside_page"),
        ("/,-1,10,360,720", "outside_page"),
        ("/,0,0,0,0", "no_page_size"),
        ("/,nan,10,360,720", "left_out"),
        ("/,ten,10,360,720", "not_a_number"),
        (",1,1,360,720", "left_out"),
    ],
)
def test_what_is_no_click_is_named(tmp_path: Path, cells: str, why: str) -> None:
    good = row(1, "/", (1, 1))
    answer = take(tmp_path, f"{HEAD}\n{utc_of(SHOW_S)},{cells},x\n{good}\n")
    assert answer["new"] == 1
    (fault,) = answer["errors"]  # type: ignore[misc]
    assert fault["row"] == 2
    assert fault["why"] == translate(f"imports.row.{why}", "en", value=fault["value"])


def test_the_map_is_of_the_show_alone(tmp_path: Path) -> None:
    journal = made_journal(tmp_path / "journal.db", 2, minutes=20)
    rows = [row(n, "/live", (5, 5), "buy") for n in range(4)] + [row(9, "/live", (355, 715))]
    rows += [row(-3 * DAY_S, "/live", (100, 100)), row(5, "/other", (1, 1))]
    take(tmp_path, "\n".join([HEAD, *rows]))
    rebuild(journal, store_path(), tmp_path / "analysis.duckdb")
    first, second = find_shape(tmp_path / "analysis.duckdb", "last").clicks
    assert (first.page, first.screen, first.clicks, first.idle) == ("/live", "phone", 5, 1)
    assert (len(first.values), len(first.values[0])) == (48, COLUMNS)
    assert first.values[0][0] == 4
    assert first.values[-1][-1] == 1
    assert [(target.name, target.clicks) for target in first.targets] == [("buy", 4)]
    assert second.page == "/other"
    said: list[str] = []
    do_clicks("last", said.append, as_json=False)
    assert "/live" in said[0]
    assert said[1].startswith("|@")
    do_clicks("last", said.append, as_json=True)
    assert json.loads(said[-1])["clicks"][0]["clicks"] == 5


def test_every_click_is_in_one_cell_whatever_the_pages() -> None:
    clicks = [
        ("/", x * width, y * height, width, height, "")
        for width, height in ((320.0, 50_000.0), (1.0, 1.0), (800.0, 600.0), (1920.0, 5.0))
        for x in (0.0, 0.5, 1.0)
        for y in (0.0, 0.5, 1.0)
    ]
    maps = click_maps(clicks)
    assert sum(found.clicks for found in maps) == len(clicks)
    for found in maps:
        assert sum(map(sum, found.values)) == found.clicks
        assert 1 <= len(found.values) <= MOST_ROWS
    many = [(f"/{n}", 1.0, 1.0, 800.0, 600.0, "a") for n in range(50)]
    assert len(click_maps(many)) == MOST_MAPS
    assert click_maps([]) == ()
