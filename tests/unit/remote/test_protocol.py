"""What goes over the wire, both ways; batches; UUIDs."""

from __future__ import annotations

import asyncio
import random
from fractions import Fraction
from typing import Any

import msgspec
import pytest

from studio.protocols.obs_ws import Codec, ObsMessage, RequestError
from studio.remote.batch import Batch
from studio.remote.ids import Ids

JSON, MSGPACK = Codec("obswebsocket.json"), Codec("obswebsocket.msgpack")


@pytest.mark.parametrize("codec", [JSON, MSGPACK, Codec(None)])
def test_there_and_back(codec: Codec) -> None:
    message = {"op": 6, "d": {"zh": "主播", "n": 1.5, "list": [None, True], "big": 2**62}}
    frame = codec.encode(message)
    assert isinstance(frame, bytes) is codec.is_binary
    assert codec.decode(frame) == message


@pytest.mark.parametrize("codec", [JSON, MSGPACK])
def test_no_bytes_raise_anything_but_value_error(codec: Codec) -> None:
    chance = random.Random(1)
    for _ in range(5000):
        noise = chance.randbytes(chance.randrange(40))
        try:
            codec.decode(noise if codec.is_binary else noise.decode("latin-1"))
        except ValueError:
            continue


@pytest.mark.parametrize(
    "frame",
    [
        b"\x81" * 5000,
        b"\x91" * 5000,
        msgspec.msgpack.encode({"op": msgspec.msgpack.Ext(5, b"x")}),
        b"",
        b"\xc1",
    ],
)
def test_odd_msgpack_is_refused(frame: bytes) -> None:
    with pytest.raises(ValueError):
        MSGPACK.decode(frame)


@pytest.mark.parametrize("frame", ["", "1", "[]", "{", "[" * 5000, '{"a": "\\ud800"', b"{}"])
def test_odd_json_is_refused(frame: Any) -> None:
    with pytest.raises(ValueError):
        JSON.decode(frame)


@pytest.mark.parametrize("codec", [JSON, MSGPACK])
def test_what_cannot_be_written_is_a_value_error(codec: Codec) -> None:
    with pytest.raises(ValueError):
        codec.encode({"x": object()})


def test_a_message_for_many_is_encoded_once_a_form() -> None:
    message = ObsMessage({"op": 5, "d": {}})
    assert message.frame(JSON) is message.frame(Codec(None))
    assert message.frame(MSGPACK) is message.frame(Codec("obswebsocket.msgpack"))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({}, 4003),
        ({"requests": 5}, 4004),
        ({"requests": [], "executionType": "fast"}, 4004),
        ({"requests": [], "executionType": 7}, 4005),
        ({"requests": [], "variables": 1}, 4004),
        ({"requests": [], "executionType": 2, "haltOnFailure": True}, 4012),
        ({"requests": [{}] * 5001}, 4005),
    ],
)
def test_batches_that_cannot_be(data: Any, code: int) -> None:
    fault = Batch.fault(data)
    assert fault is not None
    assert fault[0] == code


def test_variables_go_from_one_to_the_next() -> None:
    batch = Batch({"requests": [], "variables": {"a": 1}})
    one: dict[str, Any] = {"inputVariables": {"field": "a", "other": "missing", 5: "a"}}
    batch.fill(one)
    assert one["requestData"]["field"] == 1
    assert "other" not in one["requestData"]
    batch.learn({"outputVariables": {"b": "x"}}, {"responseData": {"x": 2}})
    two: dict[str, Any] = {"inputVariables": {"f": "b"}, "requestData": None}
    batch.fill(two)
    assert two["requestData"] == {"f": 2}
    odd: dict[str, Any] = {"inputVariables": [1], "requestData": 5}
    batch.fill(odd)
    assert odd["requestData"] == 5


@pytest.mark.parametrize(
    ("kind", "data", "code"),
    [
        (0, {"sleepMillis": "1"}, 401),
        (0, {"sleepMillis": -1}, 402),
        (0, {"sleepMillis": 60_000}, 402),
        (1, {"sleepMillis": 5}, 300),
        (2, {"sleepMillis": 5}, 206),
    ],
)
def test_sleeps_that_cannot_be(kind: int, data: Any, code: int) -> None:
    batch = Batch({"requests": [], "executionType": kind})
    with pytest.raises(RequestError) as refused:
        asyncio.run(batch.sleep(data, Fraction(30)))
    assert refused.value.status == code


def test_a_uuid_stays_with_its_input() -> None:
    ids = Ids()
    first = ids.input("a")
    assert ids.input("a") == first == Ids().input("a")
    ids.renamed("a", "b")
    assert ids.input("b") == first
    assert ids.input("a") != first
    ids.renamed("b", "a")
    assert ids.input("a") == first
    assert ids.input("b") != first
