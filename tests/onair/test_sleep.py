"""The computer sleeps and wakes: nothing healthy is ended, and all of it comes back."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bench.line.ask import ask
from bench.line.chain import BenchChain, write_show
from bench.line.processes import Tree
from bench.line.server import Nginx, is_there
from tests.waiting import until

pytestmark = [
    pytest.mark.onair,
    pytest.mark.timeout(150),
    pytest.mark.skipif(os.name == "nt" or not is_there(), reason="needs signals and nginx-rtmp"),
]
SLEEP_S = 7.0  # well over every limit of silence: 3 s of a sender, 4 s of the engine


ORDERS = (
    ("supervisor", "senders", "engine"),
    ("engine", "senders", "supervisor"),
    ("senders", "engine", "supervisor"),
)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Nginx]:
    with Nginx(tmp_path / "nginx") as made:
        yield made


@contextlib.contextmanager
def _live(folder: Path, server: Nginx) -> Iterator[BenchChain]:
    names = {"SHOPCAST_RUNTIME": "run", "SHOPCAST_DATA": "data", "SHOPCAST_CONFIG": "config"}
    env = {name: str(folder / name_here) for name, name_here in names.items()}
    show = write_show(folder / "line.show")
    chain = BenchChain(
        "run", str(show), "--push", server.url("secret-key-1"), "--record",
        str(folder / "a.mkv"), "--port", "0", "--password", "", environment=env,
    )  # fmt: skip
    try:
        chain.event("on_air")
        chain.flows("push1")
        chain.flows("record")
        yield chain
    finally:
        chain.close()


def _sleep(tree: Tree, order: Sequence[str]) -> None:
    """Stops every process of the studio, as a lid that is closed does, and wakes them in order."""
    pids = tree.pids()
    assert len(pids) == 4, pids  # supervisor, engine, two senders
    by_kind = {
        "supervisor": [pids["supervisor"]],
        "engine": [pids["engine"]],
        "senders": [pid for name, pid in pids.items() if name not in ("supervisor", "engine")],
    }
    for pid in pids.values():
        os.kill(pid, signal.SIGSTOP)
    threading.Event().wait(SLEEP_S)
    for kind in order:
        for pid in by_kind[kind]:
            os.kill(pid, signal.SIGCONT)
        threading.Event().wait(0.5)  # a machine that wakes up slowly


def _is_well(door: str) -> bool:
    state = ask(door, "state.get", parts=["sources", "outputs"])
    film = next(source for source in state["sources"] if source["name"] == "film")
    states = {output["name"]: output["state"] for output in state["outputs"]}
    return film["health"]["state"] == "ok" and states == {"push1": "live", "record": "recording"}


def test_all_of_it_sleeps_and_comes_back(tmp_path: Path) -> None:
    """Whoever wakes first; the studios sleep beside each other, since a sleep takes its time."""

    def live(number: int) -> None:
        folder = tmp_path / str(number)
        folder.mkdir()
        with Nginx(folder / "nginx") as server, _live(folder, server) as chain:
            _sleeps_and_comes_back(chain, server, Tree(folder / "run"), ORDERS[number])

    with ThreadPoolExecutor(len(ORDERS)) as studios:
        list(studios.map(live, range(len(ORDERS))))


def _sleeps_and_comes_back(
    live: BenchChain, server: Nginx, tree: Tree, order: Sequence[str]
) -> None:
    before, seen = tree.pids(), len(live.lines)
    door = str(live.event("on_air")["remote"])
    _sleep(tree, order)
    until(lambda: _is_well(door), f"sources and outputs are well, {order}", 10)
    taken = server.bytes_in()
    until(lambda: server.bytes_in() > taken + 80_000, "the server gets the show again", 10)
    assert tree.pids() == before, "nobody was ended"
    events = {line["event"] for _, line in live.lines[seen:]}
    assert not events & {"engine_hung", "engine_restart", "back_on_air"}, (order, events)
    ask(door, "scenes.take", scene="Close-up")
    scenes = ask(door, "state.get", parts=["scenes"])["scenes"]
    assert scenes["programme"]["landscape"] == "Close-up"
    assert live.stop() == 0
    assert live.event("done")["restarts"] == 0


def test_the_servers_have_gone_while_it_slept(server: Nginx, tmp_path: Path) -> None:
    with _live(tmp_path, server) as live:
        tree = Tree(tmp_path / "run")
        before = tree.pids()
        door = str(live.event("on_air")["remote"])
        pids = list(before.values())
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        server.kill()
        threading.Event().wait(SLEEP_S)
        server.start()
        for pid in pids:
            os.kill(pid, signal.SIGCONT)
        until(lambda: _is_well(door), "it publishes again", 15)
        assert tree.pids() == before
        assert live.stop() == 0
