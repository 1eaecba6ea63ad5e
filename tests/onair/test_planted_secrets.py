"""Secrets planted in settings of every kind: used where they belong, found nowhere else."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve

from studio.app.extensions import Extensions
from studio.comments.platforms.base import CommentPlatform
from studio.core.credentials import is_secret_name
from studio.sources.base import Source
from tests.onair.peer import Peer
from tests.onair.studio import Studio
from tests.waiting import until

pytestmark = [pytest.mark.onair, pytest.mark.timeout(180)]
WORD = "Pl4nted7secret9"
EVERYTHING = (1 << 20) - 1


class _Server:
    """An HTTP camera that wants a password and a comment feed that wants a token."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        heard = self.heard

        class Camera(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                kind, _, given = self.headers.get("Authorization", "").partition(" ")
                said = base64.b64decode(given).decode() if kind == "Basic" else given
                heard.append(said + self.path)
                self.send_response(401)
                self.send_header("WWW-Authenticate", 'Basic realm="camera"')
                self.end_headers()

            def log_message(self, *_: object) -> None: ...

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Camera)
        self.port = self.http.server_address[1]
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self.feed_port = 0
        self._threads = [
            threading.Thread(target=self.http.serve_forever),
            threading.Thread(target=lambda: self._loop.run_until_complete(self._feed())),
        ]
        for thread in self._threads:
            thread.start()
        assert self._ready.wait(10)

    async def _feed(self) -> None:
        self._end = asyncio.Event()

        async def take(connection: ServerConnection) -> None:
            assert connection.request is not None
            self.heard.append(connection.request.path)
            with contextlib.suppress(Exception):
                await connection.wait_closed()

        async with serve(take, "127.0.0.1", 0) as server:
            self.feed_port = server.sockets[0].getsockname()[1]
            self._ready.set()
            await self._end.wait()

    def close(self) -> None:
        self.http.shutdown()
        self.http.server_close()
        self._loop.call_soon_threadsafe(self._end.set)
        for thread in self._threads:
            thread.join(10)


@pytest.fixture
def server() -> Iterator[_Server]:
    running = _Server()
    yield running
    running.close()


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    with Studio(tmp_path, password=None) as running:
        yield running


def planted(kind: type[Source | CommentPlatform], camera: str) -> dict[str, Any]:
    """Settings of a kind with a secret in each that may hold an address or a key."""
    fields = kind.schema().get("properties", {})
    is_text = [n for n, f in fields.items() if f.get("type") == "string" and "enum" not in f]
    plain = {"text", "format", "words"}
    return {n: camera for n in is_text if n not in plain and "colour" not in n}


class _CommandLines:
    """What the process list shows, looked at all the time: some processes live for a moment."""

    def __init__(self) -> None:
        self.leaks: set[str] = set()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        while not self._over.wait(0.02):
            for path in Path("/proc").glob("[0-9]*/cmdline"):
                with contextlib.suppress(OSError):
                    words = path.read_bytes().decode("utf-8", "replace")
                    if WORD in words:
                        self.leaks.add(words)

    def close(self) -> set[str]:
        self._over.set()
        self._thread.join(10)
        return self.leaks


def test_planted_secrets_are_used_and_found_nowhere(studio: Studio, server: _Server) -> None:
    camera = f"http://admin:{WORD}@127.0.0.1:{server.port}/live.ts?token={WORD}"
    feed = f"ws://127.0.0.1:{server.feed_port}/room?token={WORD}"
    told: list[str] = []
    command_lines = _CommandLines()
    with Peer(studio.address, studio.key(), events=EVERYTHING) as here:

        def add(command: str, **args: Any) -> bool:
            data = {"vendorName": "shopcast", "requestType": command, "requestData": args}
            told.append(json.dumps(here.request("CallVendorRequest", data)))
            return '"ok": true' in told[-1]

        assert add("sources.add", name="door", kind="stream", settings={"url": camera})
        for kind in Extensions().of(Source):  # type: ignore[type-abstract]
            settings = planted(kind, camera) | {"token": WORD, "streamKey": WORD}
            add("sources.add", name=f"x {kind.kind}", kind=kind.kind, settings=settings)
            fields = planted(kind, camera)
            add("sources.add", name=f"y {kind.kind}", kind=kind.kind, settings=fields)
        scene = {"sceneName": "One", "inputName": "theirs", "inputKind": "ffmpeg_source"}
        told.append(json.dumps(here.request("CreateInput", {
            **scene, "inputSettings": {"is_local_file": False, "input": camera}})))  # fmt: skip
        told.append(json.dumps(here.request("SetInputSettings", {
            "inputName": "door", "inputSettings": {"url": camera + "&x=2"}})))  # fmt: skip
        collection = {
            "name": "Theirs",
            "sources": [
                {"name": "alerts", "id": "browser_source", "settings": {"url": camera}},
                {"name": "relay", "id": "vlc_source", "settings": {"playlist": [camera]}},
                {"name": "unknown", "id": "odd", "settings": {"password": WORD, "url": camera}},
            ],
        }
        file = studio.root / "theirs.json"
        file.write_text(json.dumps(collection), encoding="utf-8")
        assert add("show.import_obs", file=str(file))
        file.unlink()
        assert add("feeds.add", name="room", kind="websocket", settings={"url": feed})
        for feed_kind in Extensions().of(CommentPlatform):  # type: ignore[type-abstract]
            settings = {**planted(feed_kind, feed), "url": camera, "access_secret": WORD}
            fields = feed_kind.schema().get("properties", {})
            settings |= {name: WORD for name in fields if is_secret_name(name)}
            add("feeds.add", name=f"z {feed_kind.kind}", kind=feed_kind.kind, settings=settings)
        # Of other rooms: a shop's signature, a stream's keys, and what is misspelt.
        shop = "whsec_" + base64.b64encode(f"{WORD}{WORD}".encode()).decode()
        assert add("orders.put_sender", sender={"name": "shop", "kind": "standard"}, secret=shop)
        for secret in (WORD, shop):
            for shop_kind in ("shopify", "woocommerce"):
                sender = {"name": shop_kind, "kind": shop_kind}
                add("orders.put_sender", sender=sender, secret=secret)
                add("orders.put_sender", sender=sender, secert=secret)
        add("outputs.add", name="far", url=f"rtmp://127.0.0.1:9/live/{WORD}", key=WORD,
            backup_url=f"rtmp://u:{WORD}@127.0.0.1:9/live", backup_key=WORD)  # fmt: skip
        add("outputs.edit", name="far", key=WORD + "2", stream_key=WORD)
        until(lambda: f"/room?token={WORD}" in server.heard, "the secret arrives", 20)
        assert add("sources.copy", name="door")
        assert add("sources.remove", name="door")
        until(
            lambda: any(f"admin:{WORD}/live.ts?token={WORD}" in h for h in server.heard),
            "the secret arrives",
            20,
        )
        told.append(json.dumps(here.run("state.get")))
        names = here.ask("GetInputList")["inputs"]
        told += [json.dumps(here.ask("GetInputSettings", inputName=n["inputName"])) for n in names]
        add("show.save")
        told.append(json.dumps(here.events))
    studio.kill()
    studio.process.wait()
    server.heard.clear()
    studio.start()  # as the one before left it: the secret is there again
    until(
        lambda: any(f"admin:{WORD}/" in heard for heard in server.heard), "the secret arrives", 20
    )
    told += [json.dumps(line) for line in studio.lines]
    assert not command_lines.close()
    for answer in told:
        for word in (WORD, shop):
            at = answer.find(word)
            assert at < 0, answer[max(0, at - 300) : at + 100]
    studio.stop()
    for path in studio.root.rglob("*"):
        if path.is_file():
            found = path.read_bytes()
            assert WORD.encode() not in found, path
            assert shop.encode() not in found, path


def test_shows_of_before_are_cleaned(tmp_path: Path, server: _Server) -> None:
    with Studio(tmp_path, password=None) as studio:
        studio.stop()
        path = tmp_path / "small.show" / "show.json"
        show = json.loads(path.read_text(encoding="utf-8"))
        url = f"http://admin:{WORD}@127.0.0.1:{server.port}/1.ts"
        show["sources"].append({"name": "door", "kind": "stream", "settings": {"url": url}})
        path.write_text(json.dumps(show), encoding="utf-8")
        copy = path.parent / "backups" / "show-2026-01-01T000000000Z.json"
        copy.parent.mkdir(exist_ok=True)
        copy.write_text(json.dumps(show), encoding="utf-8")
        studio.start()
        until(
            lambda: any(f"admin:{WORD}/" in heard for heard in server.heard),
            "the secret arrives",
            20,
        )
        for file in (path, copy):
            until(lambda file=file: WORD not in file.read_text(encoding="utf-8"), "sealed", 10)
            assert json.loads(file.read_text(encoding="utf-8"))["name"] == show["name"]
