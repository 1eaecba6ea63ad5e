"""The implicit label of generated content: what GB 45438-2025 puts into a file's metadata.

A field ``AIGC`` with a JSON object: Label ("1": generated), ContentProducer, ProduceID (a code of
this content), ReservedCode1, ContentPropagator, PropagateID, ReservedCode2. Pictures have it as an
XMP property of the standard body's name space (TC260), PNG as a text of that name too.
"""

from __future__ import annotations

import json
import re
import struct
import zlib
from uuid import uuid4

FIELD = "AIGC"
GENERATED = "1"
PRODUCER = "Shopcast"
_LABEL = re.compile(rb'"Label": ?"1", ?"ContentProducer"|&quot;Label&quot;: &quot;1&quot;')
_XMP_PNG = b"XML:com.adobe.xmp"
_XMP_JPEG = b"http://ns.adobe.com/xap/1.0/\0"


def aigc_label(producer: str = PRODUCER, produce_id: str = "") -> str:
    """The value of the field ``AIGC``, ASCII on one line.

    Args:
        producer: who made the content with the program; the program where nobody is named.
        produce_id: of this content; a new one by default.
    """
    return json.dumps(
        {
            "Label": GENERATED,
            "ContentProducer": producer,
            "ProduceID": produce_id or uuid4().hex,
            "ReservedCode1": "",
            "ContentPropagator": "",
            "PropagateID": "",
            "ReservedCode2": "",
        }
    )


def bears_aigc(raw: bytes | str) -> bool:
    """Does this metadata hold the label, wherever in it?"""
    return _LABEL.search(raw.encode() if isinstance(raw, str) else raw) is not None


def labelled_picture(data: bytes) -> bytes:
    """A PNG, JPEG or WebP with the label in it; other bytes, and damaged ones, as they are."""
    label = aigc_label()
    if data.startswith(b"\x89PNG\r\n\x1a\n") and data[12:16] == b"IHDR":
        text = _chunk(b"tEXt", FIELD.encode() + b"\0" + label.encode())
        xmp = _chunk(b"iTXt", _XMP_PNG + b"\0\0\0\0\0" + _xmp(label))
        return data[:33] + text + xmp + data[33:]
    if data.startswith(b"\xff\xd8"):
        packet = _XMP_JPEG + _xmp(label)
        at = 2
        if data[2:4] == b"\xff\xe0":  # JFIF stays the first segment
            at += 2 + int.from_bytes(data[4:6], "big")
        return data[:at] + b"\xff\xe1" + struct.pack(">H", len(packet) + 2) + packet + data[at:]
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _webp(data, _xmp(label))
    return data


def _xmp(label: str) -> bytes:
    written = '"' + label.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;") + '"'
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
        'xmlns:TC260="http://www.tc260.org.cn/ns/AIGC/1.0/" '
        f"TC260:AIGC={written}/></rdf:RDF></x:xmpmeta>"
    ).encode()


def _chunk(name: bytes, body: bytes) -> bytes:
    crc = zlib.crc32(name + body)
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", crc)


def _webp(data: bytes, xmp: bytes) -> bytes:
    """With an extended header, which alone may be followed by XMP."""
    name, body = data[12:16], data[20:]
    if name == b"VP8 ":
        wide, high = (int.from_bytes(body[at : at + 2], "little") & 0x3FFF for at in (6, 8))
        flags = 0x04
    elif name == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        wide, high = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        flags = 0x04 | (0x10 if bits >> 28 & 1 else 0)
    else:
        return data
    head = bytes([flags, 0, 0, 0]) + (wide - 1).to_bytes(3, "little")
    head += (high - 1).to_bytes(3, "little")
    parts = b"WEBP" + b"VP8X" + struct.pack("<I", len(head)) + head + data[12:]
    parts += b"XMP " + struct.pack("<I", len(xmp)) + xmp + b"\0" * (len(xmp) % 2)
    return b"RIFF" + struct.pack("<I", len(parts)) + parts
