"""The line never drops: the whole program is broken on purpose while a real server listens."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.line.ask import ask
from bench.line.chain import BenchChain, write_show
from bench.line.film import read_film
from bench.line.server import Nginx, is_there
from studio.core import life

pytestmark = [
    pytest.mark.onair,
    pytest.mark.timeout(150),
    pytest.mark.skipif(os.name == "nt" or not is_there(), reason="needs signals and nginx-rtmp"),
]


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    names = {"SHOPCAST_RUNTIME": "run", "SHOPCAST_DATA": "data", "SHOPCAST_CONFIG": "config"}
    return {name: str(tmp_path / folder) for name, folder in names.items()}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Nginx]:
    with Nginx(tmp_path / "nginx") as made:
        yield made


@pytest.fixture
def live(tmp_path: Path, env: dict[str, str], server: Nginx) -> Iterator[BenchChain]:
    show = write_show(tmp_path / "line.show")
    chain = BenchChain(
        "run", str(show), "--push", server.url("secret-key-1"), "--record",
        str(tmp_path / "a.mkv"), "--port", "0", "--password", "", environment=env,
    )  # fmt: skip
    try:
        chain.event("on_air")
        chain.flows("push1")
        chain.flows("record")
        yield chain
    finally:
        chain.close()


def remote(chain: BenchChain) -> str:
    """The door of the newest engine."""
    lines = [line for _, line in chain.lines if line["event"] in ("on_air", "back_on_air")]
    return str(lines[-1]["remote"])


def grows(server: Nginx, by: int = 80_000, limit_s: float = 15) -> None:
    """Waits until the server has taken so much more."""
    goal, deadline = server.bytes_in() + by, time.monotonic() + limit_s
    while server.bytes_in() < goal:
        assert time.monotonic() < deadline, "the server gets nothing"
        time.sleep(0.05)


def test_every_rung_survives_a_kill(live: BenchChain, server: Nginx) -> None:
    """Another bitrate, another codec, a standby of one's own: all on the same connections."""
    door = remote(live)
    ask(door, "outputs.standby", path="film.mp4")
    ask(door, "outputs.add", name="thin", url=server.url("k-2"), bitrate_kbps=600)
    ask(door, "outputs.add", name="small", url=server.url("k-3"), short_side=180)
    for name in ("thin", "small"):
        seen = len(live.lines)
        ask(door, "outputs.start", name=name)
        live.flows(name, after=seen)
    grows(server, 400_000)
    seen = len(live.lines)
    live.kill(live.pid())
    for name in ("push1", "thin", "small"):
        live.flows(name, 30, after=seen)
    state = ask(remote(live), "state.get", parts=["outputs", "air"])
    rungs = {output["name"]: output["rung"] for output in state["outputs"]}
    assert rungs["push1"] == rungs["record"] == "landscape"
    assert rungs["small"] == "landscape/h264-180p"
    assert len({rung["id"] for rung in state["air"]["rungs"]}) == 3
    grows(server, 400_000)
    assert live.stop() == 0
    server.finish()
    assert server.publishes() == 3, "one connection each"
    for file in server.files():
        film = read_film(file)
        assert film.faults == film.goes_back == 0, file
        assert film.largest_hole_ms < 1500


def test_engine_killed_three_times(live: BenchChain, server: Nginx, tmp_path: Path) -> None:
    ask(remote(live), "scenes.take", scene="Close-up")
    ask(remote(live), "shop.card", product="p2")
    for _ in range(3):
        seen, killed = len(live.lines), time.monotonic()
        live.kill(live.pid())
        assert live.flows("push1", after=seen) - killed <= 4
        live.flows("record", after=seen)
        state = ask(remote(live), "state.get", parts=["scenes", "shop", "engine", "outputs"])
        assert state["scenes"]["programme"]["landscape"] == "Close-up"
        assert state["shop"]["card"] == "p2"
        grows(server)
    assert state["engine"]["is_safe"], "a second crash within 30 s starts it in safe mode"
    assert live.stop() == 0
    server.finish()
    assert server.publishes() == 1, "the very same connection"
    for file in (*server.files(), tmp_path / "a.mkv"):
        film = read_film(file)
        assert film.largest_hole_ms <= 1000
        assert film.goes_back == film.faults == 0
        assert film.pictures > 60
    assert "secret-key-1" not in (tmp_path / "line.show" / "show.json").read_text()
    left = [p for p in (tmp_path / "run").iterdir() if p.name.startswith(("sender-", "engine."))]
    assert not left, "no sender and no note stays"


def test_supervisor_killed_and_taken_over(
    live: BenchChain, server: Nginx, tmp_path: Path, env: dict[str, str]
) -> None:
    engine = live.pid()
    live.kill(live.process.pid)
    live.process.wait(5)
    grows(server)
    assert life.is_running(engine), "the show goes on"
    second = BenchChain(
        "run", str(tmp_path / "line.show"), "--port", "0", "--password", "", environment=env
    )
    try:
        told = second.event("on_air")
        assert told["adopted"]
        assert told["pids"]["engine"] == engine
        # What it took over it also brings back.
        seen, killed = len(second.lines), time.monotonic()
        second.kill(engine)
        second.event("back_on_air", after=seen)
        second.flows("push1", after=seen)
        assert time.monotonic() - killed <= 6
        grows(server)
        assert second.stop() == 0
    finally:
        second.close()
    server.finish()
    assert server.publishes() == 1
    film = read_film(server.files()[0])
    assert film.largest_hole_ms <= 1000
    assert film.goes_back == film.faults == 0


def test_both_killed_and_started_again(
    live: BenchChain, server: Nginx, tmp_path: Path, env: dict[str, str]
) -> None:
    """Power fails for the studio but not for its senders: the next start takes them over."""
    engine = live.pid()
    live.kill(live.process.pid)
    live.kill(engine)
    live.process.wait(5)
    grows(server, 20_000)
    second = BenchChain(
        "run", str(tmp_path / "line.show"), "--port", "0", "--password", "", environment=env
    )
    try:
        second.event("on_air")
        second.flows("push1")
        grows(server)
        assert second.stop() == 0
    finally:
        second.close()
    server.finish()
    assert server.publishes() == 1
    film = read_film(server.files()[0])
    assert film.largest_hole_ms <= 1000
    assert film.goes_back == film.faults == 0


def test_senders_of_another_show_are_ended(
    live: BenchChain, server: Nginx, tmp_path: Path, env: dict[str, str]
) -> None:
    engine = live.pid()
    live.kill(live.process.pid)
    live.kill(engine)
    live.process.wait(5)
    other = write_show(tmp_path / "other.show")
    second = BenchChain("run", str(other), "--port", "0", "--password", "", environment=env)
    try:
        second.event("on_air")
        deadline = time.monotonic() + 10
        while server.publishers():
            assert time.monotonic() < deadline, "nobody steers it, so it must not stay on air"
            time.sleep(0.05)
        assert second.stop() == 0
    finally:
        second.close()


KILLS = int(os.environ.get("SHOPCAST_KILLS", "3"))


@pytest.mark.timeout(120 + 20 * KILLS)
def test_killed_again_and_again_while_shows_are_switched(
    live: BenchChain, server: Nginx, tmp_path: Path
) -> None:
    """Right show, scene and card each time, on the very same connection.

    SHOPCAST_KILLS: how often.
    """
    shows = [tmp_path / "line.show", write_show(tmp_path / "b.show")]
    raw = json.loads((shows[1] / "show.json").read_text(encoding="utf-8"))
    (shows[1] / "show.json").write_text(json.dumps({**raw, "name": "B"}), encoding="utf-8")
    names = [json.loads((s / "show.json").read_text(encoding="utf-8"))["name"] for s in shows]
    for number in range(KILLS):
        which = (number // 2 + 1) % 2
        scene, card = ("Close-up", "p2") if number % 3 else ("Host", "p1")
        if ask(remote(live), "state.get", parts=["show"])["show"]["name"] != names[which]:
            ask(remote(live), "show.open", folder=str(shows[which]))
        ask(remote(live), "scenes.take", scene=scene)
        ask(remote(live), "shop.card", product=card)
        seen = len(live.lines)
        live.kill(live.pid())
        live.flows("push1", after=seen)
        state = ask(remote(live), "state.get", parts=["show", "scenes", "shop"])
        assert state["show"]["name"] == names[which], number
        assert state["scenes"]["programme"]["landscape"] == scene, number
        assert state["shop"]["card"] == card, number
    assert live.stop() == 0
    server.finish()
    assert server.publishes() == 1, "the very same connection"
