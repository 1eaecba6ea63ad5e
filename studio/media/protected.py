"""Is a film locked by its shop? Then it cannot be decoded, and nobody should look for damage.

ISO/IEC 14496-12, 8.12 (encv, enca: protected sample entries), 23001-7 (common encryption); Apple's
FairPlay (drmi, drms, p608); Matroska's ContentEncryption (RFC 9559, 5.1.4.1.31.9).
"""

from __future__ import annotations

from pathlib import Path

from studio.media.heif import boxes

LOCKED = (b"encv", b"enca", b"enct", b"encs", b"drmi", b"drms", b"p608")
WAY = {b"moov": 0, b"trak": 0, b"mdia": 0, b"minf": 0, b"stbl": 0, b"stsd": 8}
"""Boxes on the way to the sample entries, and what stands before those in them."""
MOST_MOOV, MOST_HEAD, MOST_BOXES = 64_000_000, 1_000_000, 10_000
MATROSKA = b"\x1a\x45\xdf\xa3"
SEGMENT, TRACKS, ENTRY, ENCODINGS, ENCODING, ENCRYPTION, CLUSTER = (
    0x18538067, 0x1654AE6B, 0xAE, 0x6D80, 0x6240, 0x5035, 0x1F43B675,
)  # fmt: skip
INSIDE = (SEGMENT, TRACKS, ENTRY, ENCODINGS, ENCODING)


def is_protected(path: Path) -> bool:
    """Does the file say that its pictures or sound are encrypted? Never an error."""
    try:
        if not path.is_file():  # a pipe would be waited for
            return False
        with path.open("rb") as file:
            head = file.read(12)
            if head[:4] == MATROSKA:
                file.seek(0)
                return _has_encryption(file.read(MOST_HEAD))
            size = path.stat().st_size
            at = 0
            for _ in range(MOST_BOXES):
                file.seek(at)
                head = file.read(16)
                if len(head) < 8:
                    return False
                length, kind = int.from_bytes(head[:4], "big"), head[4:8]
                if length == 1:
                    length = int.from_bytes(head[8:16], "big")
                length = length or size - at
                if length < 8:
                    return False
                if kind == b"moov":
                    file.seek(at)
                    return _has_locked(file.read(min(length, MOST_MOOV)))
                at += length
    except OSError:
        pass
    return False


def _has_encryption(data: bytes) -> bool:
    """Does a track of a Matroska file say how it is encrypted? Looks as far as the first film."""
    waiting = [data]
    while waiting:
        part = waiting.pop()
        at = 0
        for _ in range(MOST_BOXES):
            kind, at = _ebml(part, at, has_mark=True)
            size, at = _ebml(part, at, has_mark=False)
            if kind == ENCRYPTION:
                return True
            if at > len(part) or kind in (0, CLUSTER):
                break
            if kind in INSIDE:
                waiting.append(part[at : at + size])
            at += size
    return False


def _ebml(data: bytes, at: int, *, has_mark: bool) -> tuple[int, int]:
    """A number whose first byte says its length (RFC 8794, 4), and what comes after; 0 for none."""
    first = data[at] if at < len(data) else 0
    length = 9 - first.bit_length() if first else 1
    found = int.from_bytes(data[at : at + length], "big")
    return found if has_mark else found & ((1 << 7 * length) - 1), at + length


def _has_locked(data: bytes) -> bool:
    waiting = [data]
    while waiting:
        for kind, body in boxes(waiting.pop()):
            if kind in LOCKED:
                return True
            if kind in WAY:
                waiting.append(body[WAY[kind] :])
    return False
