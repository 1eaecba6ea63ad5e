"""AMF0 keeps what it is given and refuses what it does not know."""

import math
import random

import pytest

from studio.protocols.rtmp import amf0


def test_values_come_back() -> None:
    fields = {"app": "live", "on": True, "none": None, "深": "度"}
    values = ["connect", 1.0, fields, None, False, ""]
    assert amf0.decode(amf0.encode(*values)) == values


def test_known_bytes() -> None:
    assert amf0.encode("ab") == b"\x02\x00\x02ab"
    assert amf0.encode(1) == b"\x00\x3f\xf0\x00\x00\x00\x00\x00\x00"
    assert amf0.encode({"a": True}) == b"\x03\x00\x01a\x01\x01\x00\x00\x09"


def test_long_string_and_lists() -> None:
    long = "x" * 70_000
    assert amf0.decode(amf0.encode(long, [1.0, "two"])) == [long, [1.0, "two"]]


def test_ecma_array_and_date_are_read() -> None:
    array = b"\x08\x00\x00\x00\x01\x00\x01k\x02\x00\x01v\x00\x00\x09"
    assert amf0.decode(array) == [{"k": "v"}]
    assert amf0.decode(b"\x0b" + bytes(8) + b"\x00\x00") == [0.0]
    assert math.isnan(amf0.decode(b"\x00\x7f\xf8\x00\x00\x00\x00\x00\x00")[0])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "data",
    [b"\x02\x00\x09ab", b"\x00\x01", b"\x63", b"\x03\x00\x01a" * 40, b"\x0a\xff\xff\xff\xff"],
)
def test_broken_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(amf0.AmfError):
        amf0.decode(data)


def test_rubbish_never_raises_anything_else() -> None:
    rng = random.Random(7)
    for _ in range(3000):
        data = rng.randbytes(rng.randrange(60))
        try:
            amf0.decode(data)
        except amf0.AmfError:
            pass


def test_unknown_value_is_refused() -> None:
    with pytest.raises(amf0.AmfError):
        amf0.encode(object())
