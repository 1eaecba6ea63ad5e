"""obs-websocket as a client speaks it: what the server writes is read, what a stranger says is not.

The frames a stranger may send are made from right ones, by taking each part away or putting
something else in its place.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from studio.protocols.obs_client import (
    ObsAnswer,
    ObsClientProtocol,
    VendorNews,
    VendorResult,
    obs_event,
    obs_message,
    vendor_answer,
    vendor_event,
)
from studio.protocols.obs_ws import Challenge, Codec, Op, Subscription

SERVER = Codec(None)
DONE = {"result": True, "code": 100}


def _response(given: VendorResult, number: Any = "7") -> dict[str, Any]:
    inner = {"requestType": "CallVendorRequest", "requestId": number, "requestStatus": DONE}
    return obs_message(Op.RESPONSE, {**inner, "responseData": vendor_answer("x.y", given)})


def test_the_challenge_of_the_server_is_answered() -> None:
    challenge = Challenge()
    asked = {"challenge": challenge.challenge, "salt": challenge.salt}
    client = ObsClientProtocol(Subscription.VENDORS)
    assert client.take_hello(SERVER.encode(obs_message(Op.HELLO, {"authentication": asked})))
    said = SERVER.decode(client.identify("窗 pass"))
    assert said["op"] == Op.IDENTIFY
    assert said["d"]["eventSubscriptions"] == Subscription.VENDORS
    assert challenge.is_right(said["d"]["authentication"], "窗 pass")
    assert client.is_admitted(SERVER.encode(obs_message(Op.IDENTIFIED, {"x": 1})))


def test_an_open_door_is_told_no_password() -> None:
    client = ObsClientProtocol()
    assert not client.take_hello(SERVER.encode(obs_message(Op.HELLO, {"rpcVersion": 1})))
    said = SERVER.decode(client.identify("secret"))
    assert said["d"] == {"rpcVersion": 1, "eventSubscriptions": 0}


@pytest.mark.parametrize("number", ["7", 7])
def test_what_the_server_answers_is_read(number: int | str) -> None:
    client = ObsClientProtocol()
    done = VendorResult(True, {"name": "口红", "price": 8900})
    answer = client.read(SERVER.encode(_response(done, number)))
    assert isinstance(answer, ObsAnswer)
    assert (answer.number, answer.is_done, answer.vendor) == (number, True, done)
    refused = VendorResult(False, None, {"code": "busy", "key": "a.b", "params": {}, "text": {}})
    answer = client.read(SERVER.encode(_response(refused, number)))
    assert isinstance(answer, ObsAnswer)
    assert answer.vendor == refused


def test_a_request_that_the_protocol_refuses_has_its_words() -> None:
    status = {"result": False, "code": 204, "comment": "There is no request x."}
    frame = SERVER.encode(obs_message(Op.RESPONSE, {"requestId": "1", "requestStatus": status}))
    answer = ObsClientProtocol().read(frame)
    assert isinstance(answer, ObsAnswer)
    assert answer.vendor is None
    assert (answer.code, answer.comment) == (204, "There is no request x.")


def test_events_of_ours_are_read_and_those_of_others_passed_over() -> None:
    client = ObsClientProtocol(Subscription.VENDORS)
    ours = vendor_event("state.changed", {"parts": {}})
    assert client.read(SERVER.encode(ours)) == VendorNews("state.changed", {"parts": {}})
    theirs = copy.deepcopy(ours)
    theirs["d"]["eventData"]["vendorName"] = "somebody"
    assert client.read(SERVER.encode(theirs)) is None
    assert client.read(SERVER.encode(obs_event(Subscription.SCENES, "SceneCreated", {}))) is None


class Words(msgspec.Struct):
    """A struct with a text of somebody's."""

    text: str


@pytest.mark.parametrize("given", ["half \ud83d an emoji", Words("half \ud83d an emoji")])
def test_half_an_emoji_goes_out_mended(given: Any) -> None:
    frame = ObsClientProtocol().vendor_request("1", "comments.reply", {"text": given})
    frame.encode()
    assert "\ufffd" in frame


def test_a_number_that_has_no_form_on_the_wire_is_said() -> None:
    with pytest.raises(ValueError):
        ObsClientProtocol().vendor_request("1", "x.y", {"value": {1, object()}})


def _spoilt(value: Any, path: tuple[Any, ...] = ()) -> Iterator[Any]:
    """Every copy of a message with one part missing or of another type."""
    yield from ([], "x", 1, None)
    whole = [((), value)]
    while whole:
        place, inner = whole.pop()
        if not isinstance(inner, dict):
            continue
        for key, part in inner.items():
            whole.append(((*place, key), part))
            for other in (..., [], "x", -1, None, True, {}, 1e300):
                spoilt = copy.deepcopy(value)
                at = spoilt
                for step in place:
                    at = at[step]
                if other is ...:
                    del at[key]
                else:
                    at[key] = other
                yield spoilt


RIGHT = {
    "hello": obs_message(Op.HELLO, {"authentication": {"challenge": "c", "salt": "s"}}),
    "identified": obs_message(Op.IDENTIFIED, {"negotiatedRpcVersion": 1}),
    "answer": _response(VendorResult(True, {"a": 1})),
    "refusal": _response(VendorResult(False, None, {"code": "busy", "text": {"zh": "忙"}})),
    "event": vendor_event("state.changed", {"parts": {}}),
}


@pytest.mark.parametrize("name", RIGHT)
def test_whatever_a_stranger_says_ends_in_one_kind_of_error(name: str) -> None:
    for spoilt in _spoilt(RIGHT[name]):
        frame = json.dumps(spoilt)
        for read in ("take_hello", "is_admitted", "read"):
            client = ObsClientProtocol()
            try:
                told = getattr(client, read)(frame)
                client.identify("pw")
                if isinstance(told, ObsAnswer):
                    _ = told.vendor
            except ValueError:
                continue


@pytest.mark.parametrize("frame", ["", "{", "[]", "\x00", "NaN", "9" * 5000, "[" * 5000, b"\x80"])
def test_garbage_is_said_to_be_garbage(frame: str | bytes) -> None:
    with pytest.raises(ValueError):
        ObsClientProtocol().read(frame)
