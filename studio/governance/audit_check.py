"""Is the audit log whole? Reads each file once, line by line; 60 bytes of memory a file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from studio.core.bounded import read_bounded
from studio.core.clean import read_json
from studio.core.clock import seconds_of
from studio.core.errors import StudioError
from studio.governance.audit import (
    DROPPED,
    MOST_BYTES,
    START,
    SignedAnchor,
    anchor,
    anchor_parts,
    is_signed,
    logs,
)
from studio.governance.time_stamps import Stamp, StampedAnchor, check_stamp

MOST_LINE = 10_000_000
"""Bytes; a longer one is no entry of ours."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with a log.

    Attributes:
        file, line: where; line 0 is the file as a whole.
        what: key of a message under ``audit.``.
        at: time of the last sound entry before it.
        seen: time of the anchor that says so; "" without one.
        count: entries that are there, where that is said; seconds that a clock was set by.
    """

    file: str
    line: int
    what: str
    at: str = ""
    seen: str = ""
    count: int = 0


@dataclass(slots=True)
class Report:
    """What a check of logs found.

    Attributes:
        anchored: kept elsewhere and found to agree.
        newest: of them, the one that says most of the newest file it names; "" without one.
        stamped: of them, with the word of a time-stamp service.
        stamp: of those, the newest; "" without one.
    """

    files: int = 0
    entries: int = 0
    signed: int = 0
    anchored: int = 0
    newest: SignedAnchor = SignedAnchor("")
    stamped: int = 0
    stamp: Stamp = Stamp("", "", "")
    flaws: tuple[Flaw, ...] = ()


class _Entry(msgspec.Struct, frozen=True):
    """Of a line, what the check asks for; the rest is passed over unread."""

    kind: str = ""
    at: str = ""


_quick = msgspec.json.Decoder(_Entry)


@dataclass(slots=True)
class _Wanted:
    """What of a file others have seen: the next file's word, and anchors by line."""

    heads: set[bytes] = field(default_factory=set)
    anchors: dict[int, list[tuple[str, SignedAnchor]]] = field(default_factory=dict)
    seen: set[bytes] = field(default_factory=set)
    """The heads that were found."""
    last_at: str = ""


def check_logs(
    folder: Path, public: str = "", anchors: Sequence[str | SignedAnchor] = ()
) -> Report:
    """Checks every file of a folder: chain, order of files, signatures, anchors.

    Args:
        public: the key (hex) that must have signed; "" takes each file's own word, which shows
            changes by somebody without a key alone.
        anchors: what was kept elsewhere (`studio.governance.anchors`); one that carries a
            signature must be signed by the key.

    Raises:
        StudioError: not_found; failed, when a file cannot be read.
    """
    files = logs(folder)
    if not files:
        raise StudioError("not_found", "audit.none", path=str(folder))
    report = Report(len(files))
    wanted = {path.name: _Wanted() for path in files}
    dropped = dropped_logs(folder, public) if public else {}
    flaws = list(_sort_anchors(anchors, public, wanted, dropped))
    begins = {path.name: _begin(path) for path in files}
    for begin in begins.values():
        before = wanted.get(str(begin.get("before", "")))
        if before is not None:
            before.heads.add(str(begin.get("before_head", "")).encode())
    for path in files:
        flaws += _check_file(path, public, wanted[path.name], report)
    for begin in begins.values():
        flaws += [
            flaw for flaw in _follows(begin, wanted)
            if flaw.what != "gone" or dropped.get(flaw.file) != flaw.at
        ]  # fmt: skip
    report.flaws = tuple(sorted(flaws, key=lambda flaw: flaw.file))
    return report


def _sort_anchors(
    anchors: Sequence[str | SignedAnchor], public: str, wanted: dict[str, _Wanted],
    dropped: dict[str, str],
) -> Iterator[Flaw]:  # fmt: skip
    """Puts each anchor to its file; those that are none, and files that are gone, are flaws."""
    gone: dict[str, Flaw] = {}
    for given in anchors:
        known = given if isinstance(given, SignedAnchor) else SignedAnchor(given)
        file, count, head = anchor_parts(known)
        if not head:
            yield Flaw(known.anchor[:200], 0, "no_anchor")
        elif public and known.key and known.key != public:
            continue  # another machine keeps its own in the same folder
        elif known.signature and not is_signed(public or known.key, known.anchor, known.signature):
            yield Flaw(file, count, "anchor_forged", seen=known.at)
        elif isinstance(known, StampedAnchor) and _stamp_of(known) is None:
            yield Flaw(file, count, "stamp_forged", seen=known.at)
        elif file in wanted:
            wanted[file].anchors.setdefault(count, []).append((head, known))
        elif file not in dropped and file not in gone:
            gone[file] = Flaw(file, 0, "gone", seen=known.at)
    yield from gone.values()


def _begin(path: Path) -> dict[str, Any]:
    """The first line's body; {} where it is none."""
    try:
        with path.open("rb") as file:
            entry = read_json(file.readline(MOST_LINE).partition(b" ")[2])
    except OSError as error:
        raise _unreadable(path, error) from None
    except (ValueError, RecursionError):
        return {}
    return entry if isinstance(entry, dict) and entry.get("kind") == "begin" else {}


def _unreadable(path: Path, error: OSError) -> StudioError:
    why = error.strerror or str(error)
    return StudioError("failed", "audit.unreadable", path=str(path), why=why)


def _check_file(path: Path, public: str, wanted: _Wanted, report: Report) -> Iterator[Flaw]:
    """The flaws of a file, up to its first line that is not sound."""
    name, head, at, number = path.name, START.encode(), "", 0
    key, is_sealed, is_torn, is_broken = public, False, False, False
    heads, anchors = wanted.heads, dict(wanted.anchors)
    sha256, quick = hashlib.sha256, _quick.decode
    try:
        with path.open("rb") as file:
            if file.seek(0, 2) > MOST_BYTES:
                raise OSError(f"more than {MOST_BYTES} bytes")
            file.seek(0)
            while line := file.readline(MOST_LINE):
                found, body = line[:64], line[65:-1]
                if found in heads:
                    wanted.seen.add(found)
                if is_broken:  # what follows a break is not read, but where the next file began
                    continue
                if line[-1:] != b"\n":
                    is_torn = True
                    break
                number += 1
                try:
                    entry = quick(body)
                except (ValueError, RecursionError):
                    entry = None
                kind = entry.kind if entry is not None else ""
                if (
                    entry is None or is_sealed or line[64:65] != b" "
                    or sha256(head + body).hexdigest().encode() != found
                    or (number == 1) != (kind == "begin")
                ):  # fmt: skip
                    yield Flaw(name, number, "changed", at)
                    is_broken = True
                    continue
                if kind in ("begin", "checkpoint", "clock"):
                    whole = read_json(body)
                    if kind == "clock":
                        yield Flaw(name, number, "clock", at, str(whole.get("at", "")),
                                   int(whole.get("by_s") or 0))  # fmt: skip
                    if kind == "begin":
                        key = public or str(whole.get("key", ""))
                    elif kind == "checkpoint":
                        text = str(whole.get("anchor", ""))
                        is_own = text == anchor(name, number - 1, head.decode())
                        if is_own and is_signed(key, text, str(whole.get("signature", ""))):
                            report.signed += 1
                        else:
                            yield Flaw(name, number, "unsigned", at)
                        is_sealed = bool(whole.get("is_last"))
                head, at = found, entry.at if entry is not None and entry.at else at
                report.entries += 1
                if number in anchors:
                    yield from _compare(name, number, head, at, anchors.pop(number), report)
    except OSError as error:
        raise _unreadable(path, error) from None
    wanted.last_at = at
    if is_broken:
        return
    if is_torn:
        yield Flaw(name, number + 1, "torn")
    for count, said in sorted(anchors.items()):
        if count or any(text != START for text, _ in said):
            yield Flaw(name, count, "anchor_cut", at, said[0][1].at, number)
    if not is_sealed:
        yield Flaw(name, number, "open", at)


def _stamp_of(made: StampedAnchor) -> Stamp | None:
    try:
        return check_stamp(made)
    except StudioError:
        return None


def _compare(
    name: str, number: int, head: bytes, at: str, said: list[tuple[str, SignedAnchor]],
    report: Report,
) -> Iterator[Flaw]:  # fmt: skip
    for text, known in said:
        if text.encode() != head:
            yield Flaw(name, number, "anchor", at, known.at)
            continue
        report.anchored += 1
        report.newest = known
        stamp = _stamp_of(known) if isinstance(known, StampedAnchor) else None
        if stamp is not None:
            report.stamped += 1
            report.stamp = max(report.stamp, stamp)


def _follows(begin: dict[str, Any], wanted: dict[str, _Wanted]) -> Iterator[Flaw]:
    """Is the file before there, and does it still reach as far as this one saw it?"""
    before, head = str(begin.get("before", "")), str(begin.get("before_head", ""))
    if not before:
        return
    if before not in wanted:
        yield Flaw(before, 0, "gone", head)
    elif head != START and head.encode() not in wanted[before].seen:
        yield Flaw(before, 0, "cut")
    elif (back_s := _back_s(wanted[before].last_at, str(begin.get("at", "")))) > 0:
        yield Flaw(before, 0, "clock", wanted[before].last_at, str(begin["at"]), -back_s)


def _back_s(before: str, after: str) -> int:
    """By how many seconds the second moment is before the first; 0 where it is not."""
    try:
        return max(0, round(seconds_of(before) - seconds_of(after)))
    except ValueError:
        return 0


def dropped_logs(folder: Path, public: str) -> dict[str, str]:
    """Last hashes of the files that were dropped, by name; only what this key signed counts."""
    path = folder / DROPPED
    if not path.exists():
        return {}
    found = {}
    for line in read_bounded(path, MOST_BYTES).splitlines():
        try:
            entry = read_json(line)
        except (ValueError, RecursionError):
            continue
        said = str(entry.get("dropped", "")) if isinstance(entry, dict) else ""
        name, _, rest = said.partition(":")
        if said and is_signed(public, f"dropped {said}", str(entry.get("signature", ""))):
            found[name] = rest.rpartition(":")[2]
    return found
