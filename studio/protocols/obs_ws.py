"""obs-websocket v5: numbers and shapes.

Source: obs-websocket `docs/generated/protocol.json`, protocol 5.7.3, RPC version 1.
"""

from __future__ import annotations

import base64
import enum
import hashlib
import hmac
import json
import secrets
from typing import Any, NamedTuple

import msgspec

from studio.core.clean import clean_data, may_be_odd

RPC_VERSION = 1
PROTOCOL_VERSION = "5.7.3"
OBS_VERSION = "32.0.0"
"""Clients compare it: the OBS whose protocol this is."""
VENDOR = "shopcast"
SUBPROTOCOLS = ("obswebsocket.json", "obswebsocket.msgpack")

FORMATS = ("bmp", "jpeg", "jpg", "png", "webp")
"""In which pictures are answered."""

Data = dict[str, Any]


class Op(enum.IntEnum):
    """Message kinds."""

    HELLO = 0
    IDENTIFY = 1
    IDENTIFIED = 2
    REIDENTIFY = 3
    EVENT = 5
    REQUEST = 6
    RESPONSE = 7
    BATCH = 8
    BATCH_RESPONSE = 9


class Close(enum.IntEnum):
    """WebSocket close codes."""

    UNKNOWN_REASON = 4000
    DECODE_ERROR = 4002
    MISSING_FIELD = 4003
    INVALID_TYPE = 4004
    INVALID_VALUE = 4005
    UNKNOWN_OP = 4006
    NOT_IDENTIFIED = 4007
    ALREADY_IDENTIFIED = 4008
    AUTH_FAILED = 4009
    BAD_RPC_VERSION = 4010
    SESSION_INVALIDATED = 4011
    UNSUPPORTED_FEATURE = 4012
    SLOW_READER = 4100
    """Ours: it does not read what it is sent."""
    NO_PLACE = 4101
    """Ours: right, but all places for this token or password are taken."""


class RequestStatus(enum.IntEnum):
    """Request status codes."""

    SUCCESS = 100
    MISSING_TYPE = 203
    UNKNOWN_TYPE = 204
    GENERIC_ERROR = 205
    BAD_BATCH_TYPE = 206
    NOT_READY = 207
    MISSING_FIELD = 300
    MISSING_DATA = 301
    INVALID_FIELD = 400
    INVALID_FIELD_TYPE = 401
    OUT_OF_RANGE = 402
    EMPTY_FIELD = 403
    TOO_MANY_FIELDS = 404
    OUTPUT_RUNNING = 500
    OUTPUT_NOT_RUNNING = 501
    OUTPUT_PAUSED = 502
    OUTPUT_NOT_PAUSED = 503
    OUTPUT_DISABLED = 504
    STUDIO_MODE_ACTIVE = 505
    STUDIO_MODE_NOT_ACTIVE = 506
    NOT_FOUND = 600
    ALREADY_EXISTS = 601
    INVALID_RESOURCE_TYPE = 602
    NOT_ENOUGH = 603
    INVALID_STATE = 604
    INVALID_INPUT_KIND = 605
    NOT_CONFIGURABLE = 606
    INVALID_FILTER_KIND = 607
    CREATION_FAILED = 700
    ACTION_FAILED = 701
    PROCESSING_FAILED = 702
    CANNOT_ACT = 703


class Subscription(enum.IntFlag):
    """Event categories."""

    NONE = 0
    GENERAL = 1 << 0
    CONFIG = 1 << 1
    SCENES = 1 << 2
    INPUTS = 1 << 3
    TRANSITIONS = 1 << 4
    FILTERS = 1 << 5
    OUTPUTS = 1 << 6
    SCENE_ITEMS = 1 << 7
    MEDIA_INPUTS = 1 << 8
    VENDORS = 1 << 9
    UI = 1 << 10
    CANVASES = 1 << 11
    ALL = (1 << 12) - 1
    INPUT_VOLUME_METERS = 1 << 16
    INPUT_ACTIVE_STATE_CHANGED = 1 << 17
    INPUT_SHOW_STATE_CHANGED = 1 << 18
    SCENE_ITEM_TRANSFORM_CHANGED = 1 << 19


class RequestError(Exception):
    """A request that is answered with a status code and a comment."""

    def __init__(self, status: RequestStatus, comment: str = "") -> None:
        super().__init__(status, comment)
        self.status = status
        self.comment = comment


class Remarked(NamedTuple):
    """An answer to a request that was done, with a comment beside it."""

    data: Data | None
    comment: str


class Challenge:
    """Authentication of one connection: b64(sha256(b64(sha256(password + salt)) + challenge)).

    Source: obs-websocket protocol.md, "Creating an authentication string".
    """

    def __init__(self) -> None:
        self.salt = base64.b64encode(secrets.token_bytes(32)).decode()
        self.challenge = base64.b64encode(secrets.token_bytes(32)).decode()

    def is_right(self, answer: str, password: str) -> bool:
        """Is ``answer`` the authentication string of ``password``?"""
        expected = authentication(password, self.salt, self.challenge)
        return hmac.compare_digest(expected.encode(), answer.encode("utf-8", "replace"))


def authentication(password: str, salt: str, challenge: str) -> str:
    """The string a client answers a challenge with."""
    secret = base64.b64encode(hashlib.sha256((password + salt).encode()).digest())
    whole = hashlib.sha256(secret + challenge.encode()).digest()
    return base64.b64encode(whole).decode()


class Codec:
    """JSON in text frames or msgpack in binary frames."""

    def __init__(self, subprotocol: str | None) -> None:
        self.is_binary = subprotocol == "obswebsocket.msgpack"

    def encode(self, message: Data) -> str | bytes:
        """A message for the wire.

        Raises:
            ValueError: something in it cannot be written in this form.
        """
        try:
            try:
                return self._encoded(message)
            except UnicodeEncodeError:  # a plugin's text, a file's name
                return self._cleaned(message)
        except (TypeError, OverflowError, RecursionError, msgspec.MsgspecError) as error:
            raise ValueError(str(error)) from None

    def _cleaned(self, message: Data) -> str | bytes:
        try:
            return self._encoded(clean_data(message, keep_nul=True))
        except UnicodeEncodeError:  # inside a struct
            return self._encoded(clean_data(msgspec.to_builtins(message), keep_nul=True))

    def _encoded(self, message: Data) -> str | bytes:
        if self.is_binary:
            return msgspec.msgpack.encode(message)
        return msgspec.json.encode(message).decode()

    def decode(self, frame: str | bytes) -> Data:
        """A frame as plain data; half an emoji in a text frame is mended, NUL left as it is.

        Raises:
            ValueError: not decodable, the wrong kind of frame, or not an object.
        """
        if isinstance(frame, bytes) != self.is_binary:
            raise ValueError("wrong kind of frame for this sub-protocol")
        try:
            found: Any
            if isinstance(frame, bytes):
                found = msgspec.msgpack.decode(frame, ext_hook=_no_extension)
            else:
                found = _read_text(frame)
            if may_be_odd(frame):
                found = clean_data(found, keep_nul=True)
        except (msgspec.MsgspecError, RecursionError, TypeError, OverflowError) as error:
            raise ValueError(str(error)) from None
        if not isinstance(found, dict):
            raise ValueError("not an object")
        return found


def _read_text(frame: str) -> Any:
    try:
        return msgspec.json.decode(frame)
    except msgspec.DecodeError:
        if not may_be_odd(frame):
            raise
        return json.loads(frame, parse_constant=_no_number)  # reads half a surrogate pair


def _no_number(word: str) -> Any:
    raise ValueError(f"{word} is no number")


def _no_extension(code: int, data: memoryview) -> Any:
    raise ValueError(f"extension type {code} is not spoken here")


class ObsMessage:
    """One message for many clients, encoded once in each form that somebody reads."""

    def __init__(self, data: Data) -> None:
        self._data = data
        self._frames: dict[bool, str | bytes] = {}

    def frame(self, codec: Codec) -> str | bytes:
        """The message as ``codec`` writes it; ValueError when it cannot."""
        found = self._frames.get(codec.is_binary)
        if found is None:
            found = self._frames[codec.is_binary] = codec.encode(self._data)
        return found
