"""Delay and dump, marks and clips, replay and self-check: on the whole program."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bench.line.ask import ask
from bench.line.chain import BenchChain, write_show
from bench.line.film import read_film
from bench.line.server import Nginx, free_port, is_there

pytestmark = [
    pytest.mark.onair,
    pytest.mark.timeout(150),
    pytest.mark.skipif(os.name == "nt" or not is_there(), reason="needs signals and nginx-rtmp"),
]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Nginx]:
    with Nginx(tmp_path / "nginx") as made:
        yield made


@pytest.fixture
def live(tmp_path: Path, server: Nginx) -> Iterator[BenchChain]:
    names = {"SHOPCAST_RUNTIME": "run", "SHOPCAST_DATA": "data", "SHOPCAST_CONFIG": "config"}
    show = write_show(tmp_path / "line.show")
    chain = BenchChain(
        "run", str(show), "--push", server.url("k-1"), "--record", str(tmp_path / "a.mkv"),
        "--port", "0", "--password", "",
        environment={name: str(tmp_path / folder) for name, folder in names.items()},
    )  # fmt: skip
    try:
        chain.event("on_air")
        chain.flows("push1")
        chain.flows("record")
        yield chain
    finally:
        chain.close()


def door(chain: BenchChain) -> str:
    return str(chain.event("on_air")["remote"])


def status(chain: BenchChain, name: str) -> dict[str, Any]:
    outputs = ask(door(chain), "state.get", parts=["outputs"])["outputs"]
    return dict(next(output for output in outputs if output["name"] == name))


def until(chain: BenchChain, name: str, is_so: Any, limit_s: float = 15) -> dict[str, Any]:
    deadline = time.monotonic() + limit_s
    while not is_so(found := status(chain, name)):
        assert time.monotonic() < deadline, found
        time.sleep(0.1)
    return found


def test_marks_clips_replay_split(live: BenchChain, tmp_path: Path) -> None:
    remote = door(live)
    ask(remote, "shop.explain", product="p1")
    until(live, "record", lambda s: s["live_ms"] > 3500)
    ask(remote, "marks.add", label="smile")
    ask(remote, "scenes.take", scene="Close-up")
    ask(remote, "shop.explain", product="p2")
    until(live, "record", lambda s: s["playable_ms"] > 3000 and s["time_left_s"] > 0)
    kinds = [chapter["kind"] for chapter in ask(remote, "marks.list")["result"]["chapters"]]
    assert {"product", "mark", "scene"} <= set(kinds)
    saved = ask(remote, "replay.save", seconds=2)["result"]
    film = read_film(Path(saved["file"]))
    assert film.faults == film.goes_back == 0
    assert film.length_ms >= 1900
    clips = ask(remote, "clips.cut", product="p1")["result"]["clips"]
    assert read_film(Path(clips[0]["file"])).faults == 0
    ask(remote, "record.split")
    until(live, "record", lambda s: s["files"] == 2)
    air = ask(remote, "state.get", parts=["air"])["air"]
    assert air["budget"]["total_s"] == 14.4
    assert air["budget"]["used_s"] == 0
    assert live.stop() == 0
    for file in tmp_path.glob("a*.mkv"):
        assert read_film(file).faults == 0
    assert json.loads((tmp_path / "a.mkv.chapters.json").read_text())["chapters"]


def test_delay_and_dump(live: BenchChain, server: Nginx) -> None:
    remote = door(live)
    ask(remote, "outputs.delay", seconds=3, name="push1")
    until(live, "push1", lambda s: s["reason"]["key"] == "outputs.held")
    found = until(live, "push1", lambda s: not s["is_standby"] and s["delayed_ms"] > 2500)
    assert found["delayed_ms"] < 3300
    ask(remote, "outputs.dump", name="push1")
    until(live, "push1", lambda s: s["is_standby"] and s["delayed_ms"] < 1500, 3)
    until(live, "push1", lambda s: not s["is_standby"])
    ask(remote, "outputs.delay", seconds=0, name="push1")
    until(live, "push1", lambda s: s["delayed_ms"] == 0 and s["state"] == "live")
    assert status(live, "record")["standby_ms"] == 0, "the recording keeps what was dumped"
    assert live.stop() == 0
    server.finish()
    assert server.publishes() == 1
    film = read_film(server.files()[0])
    assert film.faults == film.goes_back == 0
    assert film.largest_hole_ms < 1000


def test_self_check(live: BenchChain, server: Nginx) -> None:
    remote = door(live)
    ask(remote, "outputs.add", name="good", url=server.url("k-2"), platform="taobao")
    ask(remote, "outputs.add", name="bad", url=f"rtmp://127.0.0.1:{free_port()}/live/k-3")
    seen = len(live.lines)
    result = ask(remote, "outputs.check")["result"]
    lines = {(line["output"], line["id"]): line for line in result["lines"]}
    assert not result["is_ready"]
    for id in ("address", "reach", "handshake", "key", "upload"):
        assert lines["good", id]["verdict"] == "ok", lines["good", id]
    assert lines["bad", "reach"]["verdict"] == "bad"
    assert lines["bad", "reach"]["mend"]["zh"]
    assert lines["push1", "on_air"]["verdict"] == "ok"
    assert lines["", "picture"]["verdict"] == "ok"
    assert lines["", "loudness"]["verdict"] in ("ok", "warn")
    assert ("", "disk") in lines
    assert "k-2" not in json.dumps(result)
    changes = [line for _, line in live.lines[seen:] if line["event"] == "output"]
    assert changes == [], "what is on air does not notice"


def test_a_replay_on_the_picture_and_a_standby_of_ones_own(
    live: BenchChain, tmp_path: Path
) -> None:
    until(live, "push1", lambda entry: entry["packets"] > 300)
    saved = ask(door(live), "replay.save", seconds=2)["result"]
    assert Path(saved["file"]).is_file()
    ask(door(live), "sources.add", name="again", kind="replay")
    ask(door(live), "outputs.standby", path="film.mp4")

    def found() -> tuple[str, str]:
        parts = ask(door(live), "state.get", parts=["sources", "air"])
        health = next(part for part in parts["sources"] if part["name"] == "again")["health"]
        return (health or {}).get("state", ""), parts["air"]["standby"]["state"]

    deadline = time.monotonic() + 20
    while found() != ("ok", "ready") and time.monotonic() < deadline:
        time.sleep(0.1)
    assert found() == ("ok", "ready")
    with pytest.raises(RuntimeError, match="nowhere"):
        ask(door(live), "outputs.standby", path="nowhere.png")
    ask(door(live), "show.save")
    kept = json.loads((tmp_path / "line.show" / "show.json").read_text())
    assert kept["standby"]["picture"] == {"path": "film.mp4"}
