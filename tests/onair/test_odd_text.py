"""Text that is none, over every way in: afterwards state, desk, phones, journal, resume work."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.sync.server import serve

from studio.core.clean import clean_text
from studio.governance.database import open_database
from studio.governance.secrets import Secrets
from studio.governance.store_keys import StoreKeys
from tests.onair.door import Door
from tests.onair.studio import Studio
from tests.waiting import until

pytestmark = [pytest.mark.onair, pytest.mark.timeout(150)]
ROOT = Path(__file__).parents[2]
ODD = {"lone": "半\ud83d个", "low": "\udcff末", "nul": "空\x00字", "line": "上\u2028下\u2029尾"}


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    with Studio(tmp_path_factory.mktemp("odd")) as made:
        yield made


def _vendor(door: Door, command: str, /, **args: Any) -> dict[str, Any]:
    """The whole answer; no is one too."""
    data = {"vendorName": "shopcast", "requestType": command, "requestData": args}
    answer: dict[str, Any] = door.request("CallVendorRequest", data)
    assert answer["requestStatus"]["result"], answer
    return answer["responseData"]["responseData"]


def _by_commands(studio: Studio, odd: str) -> None:
    """As the desk's fields and clipboard, phones, hotkeys and plans bring it."""
    with Door(studio.address) as door:
        for command, args in {
            "comments.say": {"text": odd, "author": odd, "platform": odd},
            "scenes.add": {"name": odd},
            "sources.add": {"name": odd, "kind": "text", "settings": {"text": odd}},
            "sources.edit": {"name": "title", "settings": {"text": odd}},
            "shop.put": {"product": {"id": "odd", "number": 7, "name": odd, "price_cents": 1}},
            "marks.add": {"label": odd},
            "remote.keep": {"slot": "s", "value": {odd: [odd, {"deep": odd}]}},
            "remote.token_add": {"name": odd, "role": "viewer"},
            "feeds.add": {"name": odd, "kind": "replay", "settings": {"path": odd}},
            "outputs.add": {"name": odd, "url": f"/tmp/{odd}.mkv"},
            "hotkeys.put": {"command": odd, "keys": odd},
            "show.save_as": {"path": odd},
            "show.open": {"path": odd},
            "plans.note": {"text": odd},
            "brand.set": {"name": odd},
            "comments.add_rule": {"words": [odd], "category": odd},
            odd: {odd: odd},
        }.items():
            answer = _vendor(door, command, **args)
            assert answer["ok"] or answer["error"]["code"] != "failed", (command, answer)


def _by_requests(studio: Studio, odd: str) -> None:
    """As obs-websocket controllers bring it, in text frames."""
    with Door(studio.address) as door:
        for kind, data in {
            "SetInputSettings": {"inputName": "title", "inputSettings": {"text": odd, odd: odd}},
            "CreateScene": {"sceneName": odd},
            "SetInputName": {"inputName": "tone", "newInputName": odd},
            "SetPersistentData": {"realm": "OBS_WEBSOCKET_DATA_REALM_GLOBAL", "slotName": odd,
                                  "slotValue": {odd: odd}},
            "BroadcastCustomEvent": {"eventData": {"odd": odd, odd: [odd]}},
            "TriggerHotkeyByName": {"hotkeyName": odd},
            "SetRecordDirectory": {"recordDirectory": odd},
            odd: {odd: odd},
        }.items():  # fmt: skip
            assert "requestStatus" in door.request(kind, data)


def _by_msgpack(studio: Studio, odd: str) -> None:
    """In binary frames, as a client that does not mind writes them: mended or hung up on."""
    mark = "\ue000"
    for kind, data in {
        "SetPersistentData": {"realm": "OBS_WEBSOCKET_DATA_REALM_GLOBAL", "slotName": "m",
                              "slotValue": mark},
        "SetInputSettings": {"inputName": "title", "inputSettings": {"text": mark}},
        "BroadcastCustomEvent": {"eventData": {"odd": mark}},
    }.items():  # fmt: skip
        with connect(
            studio.address,
            subprotocols=["obswebsocket.msgpack"],
            max_size=None,  # type: ignore[list-item]
        ) as socket:
            socket.recv(timeout=10)
            socket.send(msgspec.msgpack.encode({"op": 1, "d": {"rpcVersion": 1}}))
            socket.recv(timeout=10)
            inner = {"requestType": kind, "requestId": "1", "requestData": data}
            frame = msgspec.msgpack.encode({"op": 6, "d": inner})
            for sign in odd:
                if ord(sign) > 0x2000 and ord(sign) < 0x4E00 or 0xD800 <= ord(sign) < 0xE000:
                    frame = frame.replace(mark.encode(), sign.encode("utf-8", "surrogatepass"))
            with contextlib.suppress(ConnectionClosed):
                socket.send(frame)
                socket.recv(timeout=10)


def _by_feed(studio: Studio, odd: str) -> None:
    """As a platform's bridge sends comments."""
    lines = [
        json.dumps({"id": f"{odd}{number}", "text": f"{odd} {number}", "user": odd})
        for number in range(3)
    ]
    raw = json.dumps({"id": "raw", "text": clean_text(odd, keep_nul=True) + "\u2028"})

    def feed(socket: Any) -> None:
        socket.send("\n".join([*lines, raw]))
        with contextlib.suppress(ConnectionClosed):
            socket.recv()

    def heard(door: Door) -> int:
        return int(door.run("state.get", parts=["comments"])["comments"]["counts"]["all"])

    with serve(feed, "127.0.0.1", 0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            with Door(studio.address) as door:
                before = heard(door)
                url = f"ws://127.0.0.1:{server.socket.getsockname()[1]}"
                settings = {"url": url, "platform": odd.replace("\0", "")}
                door.run("feeds.add", name="bridge", kind="websocket", settings=settings)
                until(lambda: heard(door) >= before + 4, "the comments are there")
                door.run("feeds.remove", name="bridge")
        finally:
            server.shutdown()
            thread.join(5)


def _by_show(studio: Studio, odd: str) -> None:
    """As a show that another program wrote, with plans, comments and file names of its own."""
    path = studio.root / "small.show" / "show.json"
    show = json.loads(path.read_text(encoding="utf-8"))
    folder = studio.root / "odd.show"
    (folder / "plans").mkdir(parents=True, exist_ok=True)
    (folder / "slides").mkdir(exist_ok=True)
    picture = (ROOT / "assets" / "demo" / "demo.show").rglob("*.png")
    with contextlib.suppress(OSError):
        name = os.fsencode(str(folder / "slides")) + b"/\xff\xe2\x80\xa8.png"
        Path(os.fsdecode(name)).write_bytes(next(picture).read_bytes())
    show["name"] = "Odd"
    show["sources"] += [
        {"name": "odd", "kind": "text", "settings": {"text": odd}},
        {"name": "slides", "kind": "slide_show", "settings": {"folder": "slides"}},
    ]
    show["scenes"]["scenes"][0]["items"].append({"id": 7, "source": "odd"})
    show["shop"]["products"][0]["name"] = odd
    show["feeds"] = [{"name": "f", "kind": "replay", "settings": {"path": "comments.jsonl"}}]
    comments = [{"id": "x", "text": odd, "user": odd, "at_ms": 0}]
    text = "\n".join(json.dumps(comment) for comment in comments)
    (folder / "comments.jsonl").write_text(text, encoding="utf-8")
    (folder / "show.json").write_text(json.dumps(show), encoding="utf-8")
    plan = {"id": "odd", "label": {"zh": odd, "en": odd}, "steps": []}
    (folder / "plans" / "odd.json").write_text(json.dumps(plan), encoding="utf-8")
    with Door(studio.address) as door:
        answer = _vendor(door, "show.open", path=str(folder))
        assert answer["ok"] or answer["error"]["code"] in ("invalid", "denied"), answer


def _by_import(studio: Studio, odd: str) -> None:
    """As a scene collection of OBS."""
    sources = [
        {"id": "text_ft2_source_v2", "name": f"words {odd}", "settings": {"text": odd}},
        {"id": "scene", "name": odd, "settings": {"items": [{"name": f"words {odd}", "id": 1}]}},
    ]
    path = studio.root / "collection.json"
    path.write_text(json.dumps({"name": odd, "sources": sources}), encoding="utf-8")
    with Door(studio.address) as door:
        answer = _vendor(door, "show.import_obs", path=str(path))
        assert answer["ok"] or answer["error"]["code"] != "failed", answer


def _by_command_line(studio: Studio, odd: str) -> None:
    """As words of ``shopcast do``: bytes that are no UTF-8 are refused, the rest is mended."""
    words = [b"comments.say", b"text=" + odd.replace("\0", "").encode("utf-8", "surrogateescape")
             if "\ud83d" not in odd else b"text=\xf0\x9f"]  # fmt: skip
    call = [os.fsencode(sys.executable), b"-m", b"studio.app.cli", b"do", *words]
    around = {**studio.environment, "SHOPCAST_LANG": "en"}
    done = subprocess.run(call, env=around, cwd=ROOT, capture_output=True, timeout=60, check=False)
    said = done.stderr.decode("utf-8")
    assert "Traceback" not in said
    assert done.returncode == (2 if b"\xff" in words[1] or b"\xf0" in words[1] else 0), said


WAYS = {
    "commands": _by_commands,
    "requests": _by_requests,
    "msgpack": _by_msgpack,
    "feed": _by_feed,
    "show": _by_show,
    "obs import": _by_import,
    "command line": _by_command_line,
}


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
@pytest.mark.parametrize("way", WAYS)
def test_all_of_it_works_afterwards(studio: Studio, way: str, odd: str) -> None:
    pid = studio.process.pid
    WAYS[way](studio, odd)
    with Door(studio.address) as door:
        state = door.run("state.get")
        text = json.dumps(state, ensure_ascii=False)
        text.encode("utf-8")  # no half pair anywhere
        assert "\u2028" not in text
        assert "\\u0000" not in json.dumps(state)
        _desk_reads(state)
        _journal_goes_on(studio, door)
    _phone_reads(studio)
    assert studio.process.pid == pid
    assert studio.process.poll() is None


def _desk_reads(state: dict[str, Any]) -> None:
    from ui.parts import Unreadable, read_parts

    parts = read_parts(state)
    assert not {name: part.why for name, part in parts.items() if isinstance(part, Unreadable)}


def _phone_reads(studio: Studio) -> None:
    """A client that knows JSON and msgpack strictly, as phones and Stream Decks do."""
    for name in (None, "obswebsocket.msgpack"):
        chosen: Any = [name] if name else None
        read = msgspec.msgpack.decode if name else msgspec.json.decode
        write: Any = msgspec.msgpack.encode if name else lambda data: json.dumps(data)
        with connect(studio.address, subprotocols=chosen, max_size=None) as socket:
            socket.recv(timeout=10)
            socket.send(write({"op": 1, "d": {"rpcVersion": 1, "eventSubscriptions": 0}}))
            socket.recv(timeout=10)
            for number, kind in enumerate(("GetSceneList", "GetInputList", "GetHotkeyList")):
                inner = {"requestType": kind, "requestId": str(number), "requestData": {}}
                socket.send(write({"op": 6, "d": inner}))
                assert read(socket.recv(timeout=10))["d"]["requestStatus"]["result"]


def _journal_goes_on(studio: Studio, door: Door) -> None:
    """What happens now is written, behind all that was odd."""
    path = studio.root / "data" / "journal.db"

    settings = studio.root / "config"
    keys = StoreKeys(Secrets(settings, use_keyring=False), settings)

    def newest() -> int:
        base = open_database(path, reads=True, keys=keys)
        try:
            return int(base.execute("SELECT coalesce(max(id), 0) FROM entries").fetchone()[0])
        finally:
            base.close()

    before = newest()
    door.run("scenes.preview", scene="Two")
    until(lambda: newest() > before, "the journal goes on")


def test_what_was_on_air_survives_a_kill(tmp_path: Path) -> None:
    """The note for the next engine is written, whatever stands in it."""
    with Studio(tmp_path) as studio:
        _by_feed(studio, "".join(ODD.values()))
        with Door(studio.address) as door:
            listed = door.run("comments.list", which="all")
            rows = listed if isinstance(listed, list) else listed["result"]
            allowed = next(row for row in rows if row["state"] == "allowed")
            door.run("comments.pin", id=allowed["id"])
            door.run("scenes.take", scene="Two")
            until(
                lambda: "Two" in (tmp_path / "run" / "resume.json").read_text(encoding="utf-8"),
                "what is on air is kept",
            )
        os.kill(studio.process.pid, signal.SIGKILL)
        studio._end()
        studio.options["restarts"] = 1
        studio.start()
        with Door(studio.address) as door:
            state = door.run("state.get")
        assert state["scenes"]["programme"]["landscape"] == "Two"
        assert state["comments"]["pinned"]["text"] == clean_text(
            state["comments"]["pinned"]["text"]
        )
