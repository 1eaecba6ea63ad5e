"""AMF0, the encoding of RTMP's commands (Adobe AMF 0 specification, 2007)."""

from __future__ import annotations

import struct
from collections.abc import Mapping

Value = None | bool | float | str | Mapping[str, "Value"] | list["Value"]

_NUMBER, _BOOL, _STRING, _OBJECT, _NULL, _UNDEFINED, _REFERENCE = 0, 1, 2, 3, 5, 6, 7
_ECMA_ARRAY, _END, _STRICT_ARRAY, _DATE, _LONG_STRING, _XML, _TYPED = 8, 9, 10, 11, 12, 15, 16
_MAX_DEPTH = 16
_MAX_ITEMS = 4096


class AmfError(ValueError):
    """The bytes are not AMF0 that a server may send us."""


def encode(*values: object) -> bytes:
    """Values one after the other: None, bool, int or float, str, dict.

    Raises:
        AmfError: a value of another kind.
    """
    out = bytearray()
    for value in values:
        _put(out, value)
    return bytes(out)


def _put(out: bytearray, value: object) -> None:
    if value is None:
        out.append(_NULL)
    elif isinstance(value, bool):
        out += bytes((_BOOL, value))
    elif isinstance(value, int | float):
        out += struct.pack(">Bd", _NUMBER, value)
    elif isinstance(value, str):
        data = value.encode()
        if len(data) > 0xFFFF:
            out += struct.pack(">BI", _LONG_STRING, len(data)) + data
        else:
            out += struct.pack(">BH", _STRING, len(data)) + data
    elif isinstance(value, Mapping):
        out.append(_OBJECT)
        for name, inner in value.items():
            key = str(name).encode()
            out += struct.pack(">H", len(key)) + key
            _put(out, inner)
        out += b"\x00\x00\x09"
    elif isinstance(value, list | tuple):
        out += struct.pack(">BI", _STRICT_ARRAY, len(value))
        for inner in value:
            _put(out, inner)
    else:
        raise AmfError(f"AMF0 has no form for {type(value).__name__}")


def decode(data: bytes) -> list[Value]:
    """All values in ``data``.

    Raises:
        AmfError: cut off, unknown marker, too deep or too long.
    """
    reader = _Reader(data)
    values: list[Value] = []
    while reader.at < len(data):
        values.append(reader.value(0))
    return values


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0
        self.items = 0

    def take(self, count: int) -> bytes:
        piece = self.data[self.at : self.at + count]
        if len(piece) < count:
            raise AmfError("cut off")
        self.at += count
        return piece

    def number(self, form: str) -> int:
        return int(struct.unpack(form, self.take(struct.calcsize(form)))[0])

    def text(self, form: str) -> str:
        return self.take(self.number(form)).decode("utf-8", "replace")

    def value(self, depth: int) -> Value:
        self.items += 1
        if depth > _MAX_DEPTH or self.items > _MAX_ITEMS:
            raise AmfError("too deep or too long")
        marker = self.take(1)[0]
        if marker == _NUMBER:
            return float(struct.unpack(">d", self.take(8))[0])
        if marker == _BOOL:
            return self.take(1) != b"\x00"
        if marker == _STRING:
            return self.text(">H")
        if marker in (_LONG_STRING, _XML):
            return self.text(">I")
        if marker in (_NULL, _UNDEFINED):
            return None
        if marker == _REFERENCE:
            self.take(2)
            return None
        if marker == _DATE:
            moment = float(struct.unpack(">d", self.take(8))[0])
            self.take(2)
            return moment
        if marker == _STRICT_ARRAY:
            return [self.value(depth + 1) for _ in range(self._count())]
        if marker == _TYPED:
            self.text(">H")
            return self._fields(depth)
        if marker == _ECMA_ARRAY:
            self.take(4)  # a hint only: the end marker decides
            return self._fields(depth)
        if marker == _OBJECT:
            return self._fields(depth)
        raise AmfError(f"unknown marker {marker}")

    def _count(self) -> int:
        count = self.number(">I")
        if count > _MAX_ITEMS:
            raise AmfError("too deep or too long")
        return count

    def _fields(self, depth: int) -> dict[str, Value]:
        fields: dict[str, Value] = {}
        while True:
            name = self.text(">H")
            if not name and self.data[self.at : self.at + 1] == bytes((_END,)):
                self.at += 1
                return fields
            fields[name] = self.value(depth + 1)
