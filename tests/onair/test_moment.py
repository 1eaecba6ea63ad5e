"""A journal entry opens its picture, within one frame, also in the engine after a killed one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.line.ask import ask
from bench.line.chain import BenchChain
from studio.core.paths import project_dir
from studio.insight.analysis.load import rebuild
from studio.insight.journal import open_to_read
from studio.insight.moment import Instant, find_instant, find_recording, frame_at, recordings
from studio.insight.strip.find import find_strip
from studio.insight.strip.shots import HIGH, find_shots
from studio.media.picture_file import read_picture
from tests.onair.studio import small_show
from tests.waiting import until

pytestmark = [
    pytest.mark.onair,
    pytest.mark.timeout(120),
    pytest.mark.skipif(os.name == "nt", reason="needs signals"),
]
FPS = 10
WHITE = 180


def show_with_a_flash(folder: Path) -> Path:
    show = json.loads((small_show(folder) / "show.json").read_text(encoding="utf-8"))
    white = {"top": "#ffffff", "bottom": "#ffffff"}
    show["sources"].append({"name": "white", "kind": "colour", "settings": white})
    show["scenes"]["scenes"].append({"name": "Flash", "items": [{"id": 1, "source": "white"}]})
    (folder / "show.json").write_text(json.dumps(show), encoding="utf-8")
    return folder


def taken(journal: Path, scene: str) -> list[tuple[int, str, str]]:
    """(number, time, scene on air) of each cut to ``scene``."""
    base = open_to_read(journal)
    try:
        return base.execute(
            "SELECT id, at_utc, scene FROM entries WHERE name = 'scenes.taken' "
            "AND data LIKE ? ORDER BY id",
            (f'%"scene":"{scene}"%',),
        ).fetchall()
    finally:
        base.close()


def flash(chain: BenchChain, journal: Path, number: int) -> None:
    remote = str([line for _, line in chain.lines if "remote" in line][-1]["remote"])

    def recorded(what: str) -> None:
        shown = ask(remote, "state.get", parts=["outputs"])["outputs"][0]["packets"]
        until(
            lambda: (
                ask(remote, "state.get", parts=["outputs"])["outputs"][0]["packets"] > shown + 30
            ),
            what,
        )

    recorded("what comes before the flash")
    ask(remote, "scenes.take", scene="Flash", transition="cut")
    ask(remote, "guard.hear", text="this coat is wool")
    recorded("the flash")
    ask(remote, "scenes.take", scene="One", transition="cut")
    until(lambda: len(taken(journal, "One")) >= number, "the cut back is in the journal")
    recorded("what comes after it")


def luma(instant: Instant, frames: float, folder: Path) -> float:
    """Brightness of the picture so many frames after a moment."""
    moved = instant._replace(engine_us=instant.engine_us + round(frames * 1e6 / FPS))
    return float(frame_at(find_recording(moved, recordings([folder]))).y.mean())


def test_an_entry_opens_its_picture_within_one_frame(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = {"SHOPCAST_RUNTIME": "run", "SHOPCAST_DATA": "data", "SHOPCAST_CONFIG": "config"}
    around = {name: str(tmp_path / folder) for name, folder in names.items()}
    film, journal = tmp_path / "film.mkv", tmp_path / "data" / "journal.db"
    chain = BenchChain(
        "run", str(show_with_a_flash(tmp_path / "flash.show")), "--record", str(film),
        "--port", "0", "--password", "", environment=around,
    )  # fmt: skip
    try:
        chain.flows("record")
        flash(chain, journal, 1)
        seen = len(chain.lines)
        chain.kill(chain.pid())
        chain.event("back_on_air", after=seen)
        chain.flows("record", after=seen)
        flash(chain, journal, 2)
    finally:
        chain.close()
    cuts = taken(journal, "Flash")
    assert [scene for _, _, scene in cuts] == ["Flash", "Flash"]
    runs = set()
    for id, at_utc, _ in cuts:
        instant = find_instant(journal, str(id))
        runs.add(instant.run)
        assert luma(instant, -1, tmp_path) < WHITE  # before the cut
        assert luma(instant, 2, tmp_path) > WHITE  # the next tick, and one frame more
        by_time = find_instant(journal, at_utc)
        assert abs(by_time.engine_us - instant.engine_us) <= 2_000
    assert len(runs) == 2

    # The same stand along the show's axis: what was said, and small pictures.
    monkeypatch.setenv("SHOPCAST_DATA", str(tmp_path / "data"))
    analysis = tmp_path / "analysis.duckdb"
    rebuild(journal, tmp_path / "none.db", analysis)
    strip = find_strip(analysis, "last", journal=journal)
    assert [line.text for line in strip.speech] == ["this coat is wool"] * 2
    assert all(0 < line.at_s < 60 * strip.minutes for line in strip.speech)
    shots = find_shots(analysis, journal, "last", 12, tmp_path)
    assert 6 <= len(shots) <= 12  # some stand where the killed engine recorded nothing
    assert all(read_picture(Path(shot.file)).height == HIGH for shot in shots)
    film.rename(tmp_path / "away.mkv")
    assert find_shots(analysis, journal, "last", 12, tmp_path) == shots, "they are kept"
    assert find_shots(analysis, journal, "last", 3, tmp_path / "nowhere") == ()
    (tmp_path / "away.mkv").rename(film)

    out = tmp_path / "then.png"
    call = [sys.executable, "-m", "studio.app.cli", "insight", "moment", str(cuts[0][0])]
    done = subprocess.run(
        [*call, "--out", str(out), "--json"], capture_output=True, text=True, encoding="utf-8",
        cwd=project_dir(), env={**os.environ, **around},
    )  # fmt: skip
    # The usual folder holds no recording: the journal knows where this one went.
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["recording"] == str(film)
    assert out.read_bytes().startswith(b"\x89PNG")
    missing = subprocess.run(
        [*call[:-1], "2020-01-01T00:00:00Z"], capture_output=True, text=True, encoding="utf-8",
        cwd=project_dir(), env={**os.environ, **around},
    )  # fmt: skip
    assert missing.returncode == 1
