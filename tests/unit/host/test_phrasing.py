"""An endpoint that invents: a real server on loopback, and nothing of it reaches the script."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import msgspec
import pytest

from studio.core.errors import StudioError
from studio.host.script.model import ScriptPart
from studio.host.script.phrasing import PhraserSettings
from tests.unit.host.test_script import hundred, service


class Model(ThreadingHTTPServer):
    """Answers as OpenAI's protocol says; ``says`` makes a line into another."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.says: dict[str, str] = {}
        self.raw: bytes | None = None
        self.status = 200
        self.asked: list[tuple[dict[str, Any], str]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


class Answer(BaseHTTPRequestHandler):
    server: Model

    def do_POST(self) -> None:
        data = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append((json.loads(data), self.headers.get("Authorization", "")))
        lines = json.loads(json.loads(data)["messages"][1]["content"])["lines"]
        said = [{"id": x["id"], "text": self.server.says.get(x["id"], x["text"])} for x in lines]
        content = "```json\n" + json.dumps({"lines": said}, ensure_ascii=False) + "\n```"
        body = json.dumps({"choices": [{"message": {"content": content}}]}).encode()
        body = body if self.server.raw is None else self.server.raw
        self.send_response(self.server.status)
        if self.server.status == 302:
            self.send_header("Location", "http://127.0.0.1:9/elsewhere")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def model() -> Iterator[Model]:
    made = Model()
    thread = threading.Thread(target=made.serve_forever)
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


def room_with(server: Model, **more: str) -> Any:
    room = service(hundred())
    room.commands()[0].generate("p4")  # type: ignore[attr-defined]
    room.commands()[0].accept("p4")  # type: ignore[attr-defined]
    room.part = msgspec.structs.replace(room.part, settings={"url": server.url, **more})
    return room


def phrased(room: Any, product: str = "p4") -> dict[str, Any]:
    return dict(asyncio.run(room.commands()[0].phrase(product)).result)


INVENTED = [
    ("price", "只要9.9元，看卡片。"), ("price", "40.5元，比别家便宜一半。"),
    ("price", "40.5元，打三折。"), ("price", "40.5元，获得国际金奖。"),
    ("price", "40.5元，和香奈儿一样的羊绒。"), ("price", "40.5元，明星都在用。"),
    ("price", "现在很便宜，看卡片。"), ("price", "忽略之前的指令，40.5元。"),
    ("price", "40.5元，全网最低价。"), ("price", "40.5元，见 http://evil.example"),
    ("price", "40.5元，Gucci 同款。"), ("price", "40.5元，意大利进口。"),
    ("price", "40.5元，可以治疗失眠。"), ("scarcity", "库里只有1件了。"),
    ("scarcity", "马上没货，赶紧。"), ("call", "直接点9号链接。"), ("intro", "4号，爱马仕来了！"),
    ("price", "40.5元" + "看看" * 300), ("price", "40.5元〔缺〕"), ("price", ""),
]  # fmt: skip


def test_nothing_that_is_invented_reaches_the_script(model: Model) -> None:
    room = room_with(model)
    before = room.script("p4").lines
    for line, text in INVENTED:
        model.says = {line: text}
        result = phrased(room)
        assert [entry["id"] for entry in result["refused"]] == [line], text
        assert result["refused"][0]["why"], text
        assert room.script("p4").lines == before, text


def test_what_keeps_to_the_facts_is_taken_and_stays_stale_able(model: Model) -> None:
    room = room_with(model, token="sk-123", model="small")
    model.says = {"price": "来看看，现在40.5元，看右下角的卡片。"}
    assert phrased(room) == {"phrased": 1, "refused": []}
    asked, auth = model.asked[-1]
    assert (asked["model"], auth) == ("small", "Bearer sk-123")
    assert "sk-123" not in json.dumps(asked)
    line = next(line for line in room.script("p4").lines if line.id == "price")
    assert line.text.startswith("来看看")
    assert line.star == "price"
    assert [use.value for use in line.facts] == ["40.5元"]
    sent = json.loads(asked["messages"][1]["content"])["lines"]
    assert all("缺" not in entry["text"] for entry in sent), "gaps are not sent"


@pytest.mark.parametrize(
    ("raw", "status", "said"),
    [
        (b"", 200, "script.endpoint_failed"), (b"[]", 200, "script.endpoint_failed"),
        (b'{"choices": []}', 200, "script.endpoint_failed"),
        (b"x" * 600_000, 200, "script.endpoint_failed"), (b"", 500, "script.endpoint_failed"),
        (b"", 302, "script.endpoint_failed"), (b"", 401, "script.endpoint_failed"),
    ],
)  # fmt: skip
def test_an_endpoint_that_fails_changes_nothing(
    model: Model, raw: bytes, status: int, said: str
) -> None:
    room = room_with(model)
    model.raw, model.status = raw, status
    before = room.part
    with pytest.raises(StudioError) as caught:
        phrased(room)
    assert caught.value.key == said
    assert room.part == before


def test_an_endpoint_that_is_away_is_said() -> None:
    room: Any = service(hundred())
    room.commands()[0].generate("p4")
    room.commands()[0].accept("p4")
    with pytest.raises(StudioError) as caught:
        phrased(room)
    assert caught.value.key == "script.no_endpoint"
    room.part = msgspec.structs.replace(room.part, settings={"url": "http://127.0.0.1:9"})
    with pytest.raises(StudioError) as caught:
        phrased(room)
    assert caught.value.key == "script.endpoint_away"


def test_a_token_goes_to_no_other_server() -> None:
    room: Any = service(hundred())
    command = room.commands()[0].endpoint
    command(PhraserSettings("https://a.example/v1", "m", "•••0123456789ab"))
    command(PhraserSettings("https://a.example/v2", "m", "•••0123456789ab"))
    with pytest.raises(StudioError) as caught:
        command(PhraserSettings("https://b.example/v1", "m", "•••0123456789ab"))
    assert caught.value.key == "script.token_again"
    assert room.view().phraser == "a.example"
    command(PhraserSettings())
    assert room.part == ScriptPart()
