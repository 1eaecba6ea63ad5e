"""The link to the engine: killed, frozen, replaced, talking nonsense; the window stays alive."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest

from tests.ui.conftest import RealEngine, open_desk
from ui import client as link
from ui.panels.mixer.meter import LOWEST_DB

pytestmark = pytest.mark.ui
SOON = 5_000
STATE = {
    "scenes": {
        "scenes": [{"name": "one"}, {"name": "two"}],
        "programme": {"landscape": "one"},
        "preview": {"landscape": "two"},
    }
}


@pytest.fixture
def own_engine(tmp_path: Path) -> Iterator[RealEngine]:
    """An engine that a test may kill."""
    made = RealEngine(tmp_path / "first")
    yield made
    made.end()


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_a_killed_engine_is_said_at_once_and_picked_up_again(
    qtbot: Any, own_engine: RealEngine, tmp_path: Path
) -> None:
    program = open_desk(qtbot, "--language", "en")  # no port: the engine's note says where
    again: RealEngine | None = None
    try:
        qtbot.waitUntil(lambda: program.store.is_loaded, timeout=15_000)
        view = program.window.monitors.programme.view
        qtbot.waitUntil(lambda: view.has_picture, timeout=SOON)
        began = time.monotonic()
        own_engine.kill()
        qtbot.waitUntil(lambda: program.client.state == link.LOST, timeout=SOON)
        assert time.monotonic() - began < 1.5
        assert "lost" in program.window.notice.text.lower()
        assert view.has_picture  # the last one stays, without a colour
        assert program.window.monitors.programme.badge.tone == "attention_soft"
        QTest.keyClick(program.window, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: "not connected" in program.window.notice.text, timeout=SOON)
        again = RealEngine(tmp_path / "second")
        assert again.port
        qtbot.waitUntil(lambda: program.client.state == link.LIVE, timeout=15_000)
        number = program.measure.pictures
        qtbot.waitUntil(lambda: program.measure.pictures > number, timeout=SOON)
        QTest.keyClick(program.window, Qt.Key.Key_1)
        first = program.store.scenes.scenes[0].name
        qtbot.waitUntil(lambda: program.store.scenes.preview["landscape"] == first, timeout=SOON)
    finally:
        program.window.close()
        program.close()
        if again is not None:
            again.end()


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_a_frozen_engine_is_said_within_a_second_and_the_window_lives(
    qtbot: Any, own_engine: RealEngine
) -> None:
    program = open_desk(qtbot, "--port", str(own_engine.port), "--language", "en")
    try:
        qtbot.waitUntil(lambda: program.store.is_loaded, timeout=15_000)
        qtbot.waitUntil(lambda: program.client.state == link.LIVE, timeout=SOON)
        beats: list[float] = []
        timer = QTimer()
        timer.timeout.connect(lambda: beats.append(time.monotonic()))
        timer.start(20)
        os.kill(own_engine.process.pid, signal.SIGSTOP)
        began = time.monotonic()
        qtbot.waitUntil(lambda: program.client.state == link.SILENT, timeout=SOON)
        assert time.monotonic() - began < 1.8  # one second, told at the next look
        panels = program.window.panels  # what nobody can vouch for is neither green nor red
        assert panels["mixer"].master.meter.peak_db == LOWEST_DB
        assert program.window.monitors.preview.badge.tone == "off"
        assert {row.dot.tone for row in panels["sources"].rows.values()} == {"off"}
        QTest.keyClick(program.window, Qt.Key.Key_2)  # does not wait for anybody
        program.window.change("language", "zh")
        assert program.window.panels["mixer"].head.title.text() == "调音"
        qtbot.wait(300)
        gaps = [b - a for a, b in zip(beats, beats[1:], strict=False)]
        assert max(gaps) < 1.0  # another language is 0.5 s of work on a busy machine; no wait
        os.kill(own_engine.process.pid, signal.SIGCONT)
        qtbot.waitUntil(lambda: program.client.state == link.LIVE, timeout=SOON)
    finally:
        os.kill(own_engine.process.pid, signal.SIGCONT)
        program.window.close()
        program.close()


def test_a_wrong_password_is_said_and_tried_no_faster(qtbot: Any, tmp_path: Path) -> None:
    door = Nonsense(password="right")
    program = open_desk(qtbot, "--port", str(door.port), "--language", "en")
    try:
        qtbot.waitUntil(lambda: program.client.state == link.DENIED, timeout=SOON)
        assert "password" in program.window.notice.text
    finally:
        program.window.close()
        program.close()
        door.stop()


def test_nonsense_from_the_door_is_counted_and_harms_nothing(qtbot: Any) -> None:
    door = Nonsense()
    program = open_desk(qtbot, "--port", str(door.port), "--language", "en")
    try:
        qtbot.waitUntil(lambda: program.store.is_loaded, timeout=SOON)
        assert [s.name for s in program.store.scenes.scenes] == ["one", "two"]
        for text in (
            "not json",
            "[]",
            "{}",
            json.dumps({"op": 5}),
            json.dumps({"op": 5, "d": None}),
            json.dumps({"op": 5, "d": {"eventType": "VendorEvent", "eventData": 7}}),
            json.dumps({"op": 7, "d": {"requestId": "nobody asked", "responseData": []}}),
            json.dumps({"op": 99, "d": {}}),
            _event("state.changed", {"parts": {"scenes": {"scenes": 5}}}),
            _event("state.changed", {"parts": {"outputs": {"not": "a list"}}}),
            _event("state.changed", {"parts": {"unknown": 1}}),
            _event("state.changed", {"parts": 3}),
            _event("sound.meters", {"levels": {"programme": {"peak": "loud"}}}),
            _event("sound.meters", {"levels": 4}),
            _event("engine.stats", {"figures": {"fps": "fast"}}),
            _event("command.ran", {"command": 5, "args": 7}),
            _event("outputs.changed", {}),
            _event("no.such.event", None),
        ):
            door.say(text)
        door.say(_event("state.changed", {"parts": {"show": {"name": "still here"}}}))
        qtbot.waitUntil(lambda: program.store.show.name == "still here", timeout=SOON)
        assert [s.name for s in program.store.scenes.scenes] == ["one", "two"]
        assert program.client.garbage >= 5
        assert program.client.state in (link.LIVE, link.SILENT)
    finally:
        program.window.close()
        program.close()
        door.stop()


def test_a_stranger_on_the_port_is_tried_again(qtbot: Any) -> None:
    door = Nonsense(hello="what do you want?")
    program = open_desk(qtbot, "--port", str(door.port), "--language", "en")
    try:
        qtbot.waitUntil(lambda: program.client.state == link.LOST, timeout=SOON)
        greeted = door.greeted
        qtbot.waitUntil(lambda: door.greeted > greeted + 1, timeout=10_000)
    finally:
        program.window.close()
        program.close()
        door.stop()


def test_nobody_at_home_is_said_and_the_window_opens_all_the_same(qtbot: Any) -> None:
    program = open_desk(qtbot, "--port", "9", "--language", "en")
    try:
        qtbot.waitUntil(lambda: program.client.state == link.LOST, timeout=SOON)
        assert program.window.isVisible()
    finally:
        program.window.close()
        program.close()


def _event(name: str, data: object) -> str:
    inner = {"vendorName": "shopcast", "eventType": name, "eventData": data}
    return json.dumps({"op": 5, "d": {"eventType": "VendorEvent", "eventData": inner}})


class Nonsense:
    """A door that greets properly and then says what it is told."""

    def __init__(self, password: str = "", hello: str = "") -> None:
        self.greeted = 0
        self._hello = hello
        self.port = 0
        self._password = password
        self._loop = asyncio.new_event_loop()
        self._sockets: list[Any] = []
        self._is_up = threading.Event()
        self._end: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        assert self._is_up.wait(5)

    def say(self, text: str) -> None:
        """Sends a text to everybody."""
        for socket in self._sockets:
            asyncio.run_coroutine_threadsafe(socket.send(text), self._loop).result(5)

    def stop(self) -> None:
        """Ends it."""
        assert self._end is not None
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(5)

    def _run(self) -> None:
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        from websockets.asyncio.server import serve

        self._end = asyncio.Event()
        async with serve(self._client, "127.0.0.1", 0) as server:
            self.port = next(iter(server.sockets)).getsockname()[1]
            self._is_up.set()
            await self._end.wait()

    async def _client(self, socket: Any) -> None:
        self.greeted += 1
        if self._hello:
            await socket.send(self._hello)
            return
        hello: dict[str, Any] = {"rpcVersion": 1}
        if self._password:
            hello["authentication"] = {"challenge": "c", "salt": "s"}
        await socket.send(json.dumps({"op": 0, "d": hello}))
        await socket.recv()
        if self._password:
            await socket.close(4009, "Authentication failed.")
            return
        await socket.send(json.dumps({"op": 2, "d": {"negotiatedRpcVersion": 1}}))
        self._sockets.append(socket)
        async for text in socket:
            data = json.loads(text)["d"]
            inner = data["requestData"]
            whole = {"parts": STATE, "numbers": {}}
            result = whole if inner["requestType"] == "state.follow" else [{"id": 3}, 4]
            answer = {"vendorName": "shopcast", "responseData": {"ok": True, "result": result}}
            reply = {
                "requestId": data["requestId"],
                "requestStatus": {"result": True, "code": 100},
                "responseData": answer,
            }
            await socket.send(json.dumps({"op": 7, "d": reply}))
