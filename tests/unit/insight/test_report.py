"""Reports: one file without network, every figure with its rows, CSV that a spreadsheet reads."""

from __future__ import annotations

import csv
import json
import re
from contextlib import closing
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path

import pytest

from studio.core.errors import StudioError
from studio.core.report_pdf import PdfPart, make_pdf, pdf_request
from studio.governance.database import open_database
from studio.insight.analysis.baseline import find_baseline
from studio.insight.analysis.load import rebuild
from studio.insight.experiments import coin, commitment, ideas, plan_day
from studio.insight.metrics import metrics
from studio.insight.report import write_report
from tests.unit.insight.made_shows import made_journal


@pytest.fixture(scope="module")
def analysis(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    journal = made_journal(folder / "journal.db", 6)
    rebuild(journal, folder / "none.db", folder / "analysis.duckdb")
    return folder / "analysis.duckdb"


class Links(HTMLParser):
    """Everything that would be fetched, and whether tags are closed."""

    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.fetched += [f"{tag} {name}" for name, _ in attributes if name in ("src", "href")]
        if tag not in ("meta", "line", "rect", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in ("line", "rect"):
            assert self.open.pop() == tag


@pytest.mark.parametrize("at", ["2h", "24h", "48h", "7d"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_one_file_that_fetches_nothing(
    analysis: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str, language: str
) -> None:
    monkeypatch.setenv("SHOPCAST_LANG", language)
    files = write_report(analysis, "last", at, tmp_path)  # type: ignore[arg-type]
    text = files.html.read_text(encoding="utf-8")
    links = Links()
    links.feed(text)
    assert (links.fetched, links.open) == ([], [])
    assert "default-src 'none'" in text
    assert not re.search(r"https?://|@import|url\((?!data:)|<script", text)
    assert ("五次为什么" in text or "five whys" in text) == (at == "7d")
    assert text.count("<details>") >= 12
    for file in files.tables:
        raw = file.read_bytes()
        assert raw.startswith(b"\xef\xbb\xbf")
        for row in csv.reader(raw.decode("utf-8-sig").splitlines()):
            assert not any(cell.startswith(("=", "@")) for cell in row)


def test_figures_are_sums_of_the_show_and_unknown_is_empty(
    analysis: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOPCAST_LANG", "en")
    files = write_report(analysis, "6", "7d", tmp_path)
    table = next(file for file in files.tables if file.name.endswith("figures.csv"))
    rows = list(csv.reader(table.read_text(encoding="utf-8-sig").splitlines()))
    values = {row[0]: row[2] for row in rows[1:]}
    assert set(values) == set(metrics())
    assert values["likes"] == "" == values["roi"]  # nobody told
    rate = 100 * float(values["clicked"]) / float(values["product_seen"])
    assert float(values["click_rate"]) == pytest.approx(rate)
    steps = next(file for file in files.tables if file.name.endswith("waterfall.csv"))
    lines = list(csv.reader(steps.read_text(encoding="utf-8-sig").splitlines()))[1:]
    before, *parts, now = (float(line[1].lstrip("'")) for line in lines)
    assert before + sum(parts) == pytest.approx(now, abs=0.05)


def test_what_is_not_there_is_said(analysis: Path, tmp_path: Path) -> None:
    for show, file in (("春季", analysis), ("last", tmp_path / "none.duckdb")):
        with pytest.raises(StudioError):
            write_report(file, show, "7d", tmp_path)


def test_a_name_with_markup_stays_text(tmp_path: Path) -> None:
    journal = made_journal(tmp_path / "journal.db", 1, 16)
    base = open_database(journal)
    base.execute("UPDATE entries SET show = '<script>alert(1)</script>', sku = '<img src=x>'")
    base.close()
    rebuild(journal, tmp_path / "none.db", tmp_path / "a.duckdb")
    text = write_report(tmp_path / "a.duckdb", "1", "7d", tmp_path).html.read_text("utf-8")
    assert "<script" not in text
    assert "<img" not in text


def test_no_table_says_who_somebody_is(tmp_path: Path) -> None:
    journal = made_journal(tmp_path / "journal.db", 1, 16)
    secret = "ask 13812345678"
    with closing(open_database(journal)) as base:
        base.execute("UPDATE entries SET show = ?, scene = ?, sku = ?", (secret,) * 3)
    rebuild(journal, tmp_path / "none.db", tmp_path / "a.duckdb")
    files = write_report(tmp_path / "a.duckdb", "1", "7d", tmp_path)
    for file in (files.html, *files.tables):
        assert "13812345678" not in file.read_text("utf-8"), file.name
    assert any("138****5678" in file.read_text("utf-8") for file in files.tables)
    part = PdfPart("t", ("h",), [(secret,)])
    assert "13812345678" not in pdf_request("en", secret, secret, [part]).data


def test_own_shows_say_what_is_normal(analysis: Path) -> None:
    found = find_baseline(analysis)
    assert found.shows == 6
    assert {"comments", "units", "sold_cents", "entered", "clicked"} <= set(found.metrics)
    at = found.metrics.index("comments")
    assert 3 < found.profile[at][0] < 8  # in ten seconds
    assert all(limit > 0 for pair in found.limit for limit in pair)


def test_a_plan_comes_from_the_weakest_step_and_says_what_it_needs() -> None:
    rates = {"enter_rate": 31.0, "product_seen_rate": 70.0, "click_rate": 15.0, "pay_rate": 12.0}
    normal = {**rates, "click_rate": 25.0}
    plan = plan_day(rates, normal)
    assert plan.step == "click_rate"
    assert 1 <= len(plan.tests) <= 3
    for test in plan.tests:
        assert test.pairs or test.viewers
        assert test.stop == 20
        assert test.idea.guards
    assert plan_day({}, {}).step == ""
    assert plan_day({}, {}).tests == ()
    by_viewer = plan_day({"pay_rate": 3.0}, {}).tests
    assert any(test.viewers > 1000 for test in by_viewer)
    for idea in ideas():
        assert idea.step in metrics()
        assert set(idea.guards) <= set(metrics())


def test_the_coin_is_fixed_before_the_show() -> None:
    tosses = coin(b"secret", 400)
    assert tosses == coin(b"secret", 400) != coin(b"other", 400)
    assert 150 < sum(tosses) < 250
    assert commitment(b"secret") != commitment(b"other")


def test_paper_is_the_same_tables_and_nothing_told_is_markup(
    analysis: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOPCAST_LANG", "zh")
    hostile = [('#image("/etc/passwd")', 1.5), ("$x$ *b* =bag", None)]
    rows = hostile + [("行", number) for number in range(200)]
    data = pdf_request("zh", "# t", "#sub", [PdfPart("商品", ("货号", "件"), rows)], "还有 {n} 行")
    part = json.loads(data.data)["parts"][0]
    assert part["rows"][0] == ['#image("/etc/passwd")', "1.5"]
    assert (len(part["rows"]), part["more"]) == (120, 82)
    if find_spec("typst") is None:
        with pytest.raises(StudioError, match="requirements-pdf.lock"):
            write_report(analysis, "last", "7d", tmp_path, with_pdf=True)
        return
    assert make_pdf(data).startswith(b"%PDF")
    files = write_report(analysis, "last", "7d", tmp_path, with_pdf=True)
    assert files.pdf is not None
    assert files.pdf.read_bytes().startswith(b"%PDF")
