"""Reads and writes a show folder so that nothing is ever lost."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from pathlib import Path
from typing import TypeVar

import msgspec

from studio.core.bounded import TEXT_BYTES, read_bounded
from studio.core.clean import encode_json, read_json
from studio.core.clock import utc_iso
from studio.core.credentials import has_secrets, sealed
from studio.core.errors import StudioError
from studio.core.log import logger
from studio.core.names import check_name
from studio.core.paths import assets_dir
from studio.core.whole_file import PRIVATE, take_name, whole, write_whole
from studio.show.demo import demo_language, in_language
from studio.show.model import SCHEMA, Raw, ShowHead

_log = logger(__name__)
T = TypeVar("T")
KEPT = 10
KEPT_BROKEN = 3
FILE = "show.json"


def demo_show() -> Path:
    """The show that runs out of the box."""
    return assets_dir() / "demo" / "demo.show"


def read_show(folder: Path) -> tuple[ShowHead, Raw]:
    """Reads show.json.

    Raises:
        StudioError: not_found, or invalid with line and column, or with the field.
    """
    path = folder / FILE if folder.suffix != ".json" else folder
    if not path.is_file():
        raise StudioError("not_found", "show.missing", path=str(path))
    try:
        raw = read_json(read_bounded(path, TEXT_BYTES))
    except UnicodeDecodeError as error:
        raise StudioError("invalid", "show.broken", path=str(path), why=str(error)) from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}: {error.msg}"
        raise StudioError("invalid", "show.broken", path=str(path), why=where) from None
    except OSError as error:
        raise StudioError("failed", "show.broken", path=str(path), why=str(error)) from None
    if not isinstance(raw, dict):
        raise StudioError("invalid", "show.broken", path=str(path), why="not an object")
    if path.parent == demo_show():
        raw = in_language(raw, demo_language())
    schema = raw.get("schema", SCHEMA)
    if isinstance(schema, int) and schema > SCHEMA:
        raise StudioError("invalid", "show.too_new", path=str(path), schema=schema)
    try:
        head = msgspec.convert(raw, ShowHead)
        speed(head.fps)
        if head.name:
            check_name(head.name)
    except (msgspec.ValidationError, ValueError, ZeroDivisionError) as error:
        raise StudioError("invalid", "show.broken", path=str(path), why=str(error)) from None
    except StudioError as error:
        raise StudioError("invalid", "show.broken", path=str(path), why=error) from None
    return head, raw


def read_part(raw: Raw, name: str, kind: type[T], path: Path) -> T:
    """One part of a show as it was read; as nothing was kept of it where it is not there.

    Raises:
        StudioError: invalid, with the field.
    """
    try:
        return msgspec.convert(raw.get(name, {}), kind)
    except msgspec.ValidationError as error:
        raise StudioError("invalid", "show.broken", path=str(path), why=str(error)) from None


_SPEED = re.compile(r"\d{1,6}(\.\d{1,6})?(/[1-9]\d{0,5})?")
SLOWEST, FASTEST = 1, 240


def speed(text: str) -> Fraction:
    """Ticks a second of "30", "29.97" or "30000/1001"; every buffer of sound is sized by it.

    Raises:
        ValueError: it is none, or outside of what can be sent.
    """
    whole = text.strip()
    if _SPEED.fullmatch(whole):
        above, _, below = whole.partition("/")
        found = Fraction(above) / Fraction(below or 1)
        if SLOWEST <= found <= FASTEST:
            return found
    raise ValueError(f"fps {text[:40]}: between {SLOWEST} and {FASTEST}, as 30 or 30000/1001")


def fresh_show(name: str, like: ShowHead) -> Raw:
    """A show with nothing but a standby scene, so that plans have somewhere to go."""
    is_zh = like.language == "zh"
    standby, ground, words = (
        ("垫片", "垫片底色", "马上回来") if is_zh else ("Standby", "Ground", "Back in a moment")
    )
    title = {"landscape": {"x": 0.2, "y": 0.4, "w": 0.6, "h": 0.18},
             "portrait": {"x": 0.1, "y": 0.42, "w": 0.8, "h": 0.1}}  # fmt: skip
    items = [
        {"id": 1, "source": ground},
        {"id": 2, "source": words, "fit": "contain", "boxes": title},
    ]
    colours = {"top": "#2b3350", "bottom": "#151925"}
    return {
        **msgspec.to_builtins(like),
        "name": name,
        "sources": [
            {"name": ground, "kind": "colour", "settings": colours},
            {"name": words, "kind": "text", "settings": {"text": words, "size": 120}},
        ],
        "scenes": {"scenes": [{"name": standby, "purpose": "standby", "items": items}]},
    }


def write_show(folder: Path, raw: Raw) -> None:
    """Writes show.json atomically; the ten before it are kept in backups/.

    Raises:
        StudioError: failed; the file that was there is untouched.
    """
    path = folder / FILE
    text = msgspec.json.format(encode_json(sealed(raw)), indent=1) + "\n"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            return
        # The new one has its room before the old ones are touched.
        with whole(path, text, mode=PRIVATE, is_synced=True) as fresh:
            _keep_old(folder, path)
            take_name(fresh, path)
    except OSError as error:
        raise StudioError(
            "failed", "show.cannot_write", path=str(path), why=error.strerror or str(error)
        ) from None


def seal_folder(folder: Path) -> int:
    """Takes passwords that stand in the open out of a show's file and of its copies.

    Returns:
        How many files held some. One that cannot be read or written stays as it is, and is told.
    """
    changed = 0
    for path in (folder / FILE, *sorted((folder / "backups").glob("*.json"))):
        try:
            raw = read_json(read_bounded(path, TEXT_BYTES))
            if not isinstance(raw, dict) or not has_secrets(raw):
                continue
            text = msgspec.json.format(encode_json(sealed(raw)), indent=1) + "\n"
            write_whole(path, text, mode=PRIVATE, is_synced=True)
        except FileNotFoundError:
            continue
        except (OSError, ValueError, RecursionError, StudioError) as error:
            _log.warning("passwords may stand in %s: %s", path, error)
        else:
            changed += 1
    return changed


def _keep_old(folder: Path, path: Path) -> None:
    """Copies the show before into backups/; the oldest goes when the copy is whole."""
    if not path.is_file():
        return
    backups = folder / "backups"
    backups.mkdir(exist_ok=True)
    stamp = utc_iso().replace(":", "").replace(".", "")
    text = path.read_bytes()
    kind, most = ("show", KEPT) if _is_show(text) else ("broken", KEPT_BROKEN)
    target, number = backups / f"{kind}-{stamp}.json", 0
    while target.exists():  # saved twice within a millisecond
        number += 1
        target = backups / f"{kind}-{stamp}-{number:04}.json"
    write_whole(target, text, mode=PRIVATE, is_synced=True)
    for old in sorted(backups.glob(f"{kind}-*.json"), key=_age)[:-most]:
        old.unlink(missing_ok=True)


def _age(copy: Path) -> str:
    """Sorts copies, the oldest first; of those of one millisecond by their numbers."""
    return copy.stem


def _is_show(text: bytes) -> bool:
    try:
        return isinstance(read_json(text), dict)
    except (ValueError, RecursionError):
        return False


def last_copies(folder: Path) -> list[Path]:
    """Copies of the show as it was saved before, the latest first."""
    return sorted((folder / "backups").glob("show-*.json"), key=_age, reverse=True)
