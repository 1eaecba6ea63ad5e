"""Is a show's record whole? Runs alone: python3 verify.py [FOLDER] [--key HEX]

直播档案是否完整？只需 python3：python3 verify.py [文件夹] [--key 公钥]

Every file must be as the manifest says, the manifest as it was signed (Ed25519, RFC 8032), and
each audit log an unbroken chain of hashes. Exit 0: whole; 1: not, with each fault named; 2: it
cannot be read. Nothing is changed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

MANIFEST, SIGNATURE, SCRIPT = "manifest.json", "manifest.sig", "verify.py"
FORMAT = 1
CHUNK = 1 << 20
START = "0" * 64


class Finding(NamedTuple):
    """What is wrong: "missing", "changed", "extra", "unsafe", "unsigned", "forged", "other_key",
    "chain" or "unreadable"; and where."""

    what: str
    file: str
    detail: str = ""


def signed_text(manifest: bytes) -> str:
    """What is signed of a manifest."""
    return f"shopcast record {FORMAT}\n{hashlib.sha256(manifest).hexdigest()}"


def check_record(folder: Path, key: str = "") -> tuple[dict[str, Any], list[Finding]]:
    """The manifest and everything that is wrong.

    Args:
        key: public key (hex) that must have signed; "" takes the record's own word.

    Raises:
        OSError, ValueError: there is no manifest, or none that can be read.
    """
    raw = (folder / MANIFEST).read_bytes()
    manifest = json.loads(raw)
    if not isinstance(manifest, dict) or not isinstance(manifest.get("files"), dict):
        raise ValueError("no list of files")
    findings = list(_signature_faults(folder, raw, key))
    for name, said in sorted(manifest["files"].items()):
        findings += _file_faults(folder, name, said if isinstance(said, dict) else {})
    known = {*manifest["files"], MANIFEST, SIGNATURE, SCRIPT}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if not path.is_dir() and name not in known:
            findings.append(Finding("extra", name))
    return manifest, findings


def _signature_faults(folder: Path, raw: bytes, key: str) -> list[Finding]:
    try:
        signature = json.loads((folder / SIGNATURE).read_bytes())
        public, signed = str(signature["key"]), str(signature["signature"])
    except (OSError, ValueError, KeyError, TypeError):
        return [Finding("unsigned", MANIFEST)]
    if key and key != public:
        return [Finding("other_key", MANIFEST, public)]
    if not is_signed(public, signed_text(raw).encode(), signed):
        return [Finding("forged", MANIFEST)]
    return []


def _file_faults(folder: Path, name: str, said: dict[str, Any]) -> list[Finding]:
    pure = PurePosixPath(name)
    if pure.is_absolute() or ".." in pure.parts or "\\" in name or ":" in name:
        return [Finding("unsafe", name)]
    path = folder / name
    if path.is_symlink():
        return [Finding("unsafe", name, "link")]
    if not path.is_file():
        return [Finding("missing", name)]
    try:
        if path.stat().st_size != said.get("bytes") or file_hash(path) != said.get("sha256"):
            return [Finding("changed", name)]
        if pure.parts[0] == "audit":
            line = broken_line(path)
            if line:
                return [Finding("chain", name, str(line))]
    except OSError as error:
        return [Finding("unreadable", name, str(error))]
    return []


def file_hash(path: Path) -> str:
    """SHA-256 of a file, hex."""
    made = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            made.update(chunk)
    return made.hexdigest()


def broken_line(path: Path) -> int:
    """The first line of an audit log that does not follow the one before; 0 for none."""
    head = START
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not line.endswith(b"\n"):
                return 0  # the program was ended in the middle of its last line
            said, _, body = line[:-1].partition(b" ")
            head = hashlib.sha256(head.encode() + body).hexdigest()
            if said.decode("ascii", "replace") != head:
                return number
    return 0


# --- Ed25519, RFC 8032 section 5.1 ----------------------------------------------------------------

_P = 2**255 - 19
_ORDER = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, _P - 2, _P) % _P
_ROOT = pow(2, (_P - 1) // 4, _P)
_Point = tuple[int, int, int, int]  # x, y, z and t with x = X/Z, y = Y/Z, x*y = T/Z


def is_signed(public: str, text: bytes, signature: str) -> bool:
    """Did the owner of this public key (hex) sign the text?"""
    try:
        key, raw = bytes.fromhex(public), bytes.fromhex(signature)
    except ValueError:
        return False
    if len(key) != 32 or len(raw) != 64:
        return False
    owner, commitment = _point_of(key), _point_of(raw[:32])
    number = int.from_bytes(raw[32:], "little")
    if owner is None or commitment is None or number >= _ORDER:
        return False
    challenge = int.from_bytes(hashlib.sha512(raw[:32] + key + text).digest(), "little") % _ORDER
    left, right = _times(number, _base()), _sum(commitment, _times(challenge, owner))
    return (left[0] * right[2] - right[0] * left[2]) % _P == 0 and (
        left[1] * right[2] - right[1] * left[2]
    ) % _P == 0


def _base() -> _Point:
    y = 4 * pow(5, _P - 2, _P) % _P
    x = _x_of(y, 0)
    assert x is not None
    return (x, y, 1, x * y % _P)


def _x_of(y: int, sign: int) -> int | None:
    square = (y * y - 1) * pow(_D * y * y + 1, _P - 2, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * _ROOT % _P
    if (x * x - square) % _P or (x == 0 and sign):
        return None
    return _P - x if x % 2 != sign else x


def _point_of(raw: bytes) -> _Point | None:
    number = int.from_bytes(raw, "little")
    y, sign = number & (2**255 - 1), number >> 255
    x = _x_of(y, sign) if y < _P else None
    return None if x is None else (x, y, 1, x * y % _P)


def _sum(one: _Point, two: _Point) -> _Point:
    a = (one[1] - one[0]) * (two[1] - two[0]) % _P
    b = (one[1] + one[0]) * (two[1] + two[0]) % _P
    c = 2 * one[3] * two[3] * _D % _P
    d = 2 * one[2] * two[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % _P, g * h % _P, f * g % _P, e * h % _P)


def _times(number: int, point: _Point) -> _Point:
    result: _Point = (0, 1, 1, 0)
    while number:
        if number & 1:
            result = _sum(result, point)
        point = _sum(point, point)
        number >>= 1
    return result


# --- alone ----------------------------------------------------------------------------------------


def main() -> int:
    """Checks the folder that it lies in, or the one that is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).resolve().parent)
    parser.add_argument("--key", default="", metavar="HEX")
    words = parser.parse_args()
    try:
        manifest, findings = check_record(words.folder, words.key)
    except (OSError, ValueError) as error:
        print(f"{words.folder}: {error}")
        return 2
    for finding in findings:
        print(f"{finding.what}: {finding.file} {finding.detail}".rstrip())
    verdict = "NOT WHOLE 不完整" if findings else "whole 完整"
    print(f"{verdict}: {manifest.get('show')}, {len(manifest['files'])} files")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
