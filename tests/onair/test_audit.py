"""The audit log of a running engine: commands, refusals, a kill; checked by the command line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.onair.peer import Peer
from tests.onair.studio import ROOT, Studio
from tests.waiting import until

pytestmark = [pytest.mark.onair, pytest.mark.timeout(120)]


def verify(studio: Studio, *more: str) -> tuple[int, dict[str, Any]]:
    call = [sys.executable, "-m", "studio.app.cli", "audit", "verify", "--json", *more]
    done = subprocess.run(
        call, capture_output=True, text=True, encoding="utf-8", env=studio.environment, cwd=ROOT
    )
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def written(folder: Path, text: str) -> bool:
    return any(text in path.read_text(encoding="utf-8") for path in folder.glob("*.log"))


def test_what_was_done_is_there_and_cannot_be_changed(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "audit"
    with Studio(tmp_path, password=None) as studio:
        with Peer(studio.address, studio.key(), events=0) as here:
            here.run("scenes.take", scene="Two")
            assert here.run_code("scenes.take", scene="nowhere")
            for text in ("Two", "nowhere"):
                until(lambda text=text: written(folder, text), "in the log")
        studio.kill()
        studio.process.wait()
        studio.options["restarts"] = 1
        studio.start()
        with Peer(studio.address, studio.key(), events=0) as here:
            here.run("shop.card", product="hat")
        studio.stop()
        code, report = verify(studio)
        assert (code, report["files"], report["whole"]) == (0, 2, True)
        assert report["signed"] >= 1
        assert {flaw["what"] for flaw in report["flaws"]} <= {"open", "torn"}
        log = max(folder.glob("*.log"))
        whole = log.read_text(encoding="utf-8")
        log.write_text(whole.replace('"hat"', '"cap"'), encoding="utf-8")
        code, report = verify(studio)
        assert (code, report["flaws"][-1]["what"]) == (1, "changed")
        assert report["flaws"][-1]["line"] > 1


def test_the_keys_of_a_studio_that_runs_are_changed_by_it(tmp_path: Path) -> None:
    with Studio(tmp_path, password=None) as studio:
        for more in ([], ["--json"]):
            done = subprocess.run(
                [sys.executable, "-m", "studio.app.cli", "keys", "rotate", *more],
                capture_output=True, text=True, encoding="utf-8", env=studio.environment, cwd=ROOT,
            )  # fmt: skip
            assert (done.returncode, done.stderr) == (0, "")
        assert json.loads(done.stdout) == {"persons": 0}
        until(lambda: written(tmp_path / "data" / "audit", "keys.rotate"), "in the log")
