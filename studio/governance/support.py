"""One file for whoever helps: logs, settings and versions, and no secret."""

from __future__ import annotations

import importlib.metadata
import platform
import re
import sys
import zipfile
from pathlib import Path

from studio import __version__
from studio.core import settings
from studio.core.clean import write_json
from studio.core.clock import utc_iso
from studio.core.paths import data_dir, log_dir
from studio.core.personal import mask_text
from studio.core.redact import HIDDEN

MOST_BYTES = 2_000_000
"""Of each log, from its end: what went wrong stands there."""

MOST_KEPT = 5
LONGEST_LINE = 4000
"""What is longer is no line of ours; patterns take their time over it."""

_SECRET_WORD = re.compile(
    r"(?i)\b(password|passwd|secret|token|api[_-]?key|stream[_-]?key|authorization)"
    r"(\\?\"?\s*[:=]\s*\\?\"?)(?!•)[^\s\\\",;&]+"
)
_LONG = re.compile(r"[\w./:-]{24,}")

_HOME = re.compile(re.escape(str(Path.home()))) if len(str(Path.home())) > 1 else None


def cleaned(text: str) -> str:
    """``text`` as a stranger may read it: no secret, no password, no name of the home folder."""
    return "\n".join(_clean_line(line[:LONGEST_LINE]) for line in text.splitlines())


def _clean_line(text: str) -> str:
    text = mask_text(text)
    text = _SECRET_WORD.sub(rf"\1\2{HIDDEN}", text)
    text = _LONG.sub(_may_be_key, text)
    return _HOME.sub("~", text) if _HOME else text


def _may_be_key(found: re.Match[str]) -> str:
    """What may be a key that nobody named: long, of letters and digits, standing alone."""
    text = found[0]
    is_whole = text.replace("-", "").replace("_", "").isalnum()
    has_both = any(sign.isdigit() for sign in text) and any(sign.isalpha() for sign in text)
    return HIDDEN if is_whole and has_both else text


def write_bundle(folder: Path | None = None) -> Path:
    """Writes the bundle beside those before it; the oldest go.

    Left out: keys and tokens, shows, journal, recordings, the audit log. What is in it can be
    read with any program that opens ZIP.

    Raises:
        OSError: it cannot be written.
    """
    folder = folder or data_dir() / "support"
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"shopcast-{utc_iso()[:19].replace(':', '-')}.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("about.json", write_json(_about()))
        bundle.writestr("settings.json", cleaned(_settings()))
        for path in sorted(log_dir().glob("*.log*")):
            if path.is_file() and not path.is_symlink():
                bundle.writestr(f"logs/{path.name}", cleaned(_tail(path)))
    for old in sorted(folder.glob("shopcast-*.zip"))[:-MOST_KEPT]:
        old.unlink(missing_ok=True)
    return target


def _about() -> dict[str, object]:
    names = ("PySide6-Essentials", "opencv-python", "av", "numpy", "websockets", "msgspec")
    found = {}
    for name in names:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = "?"
    return {
        "shopcast": __version__,
        "python": sys.version.split()[0],
        "system": platform.platform(),
        "written": utc_iso(),
        "packages": found,
    }


def _settings() -> str:
    try:
        return settings.settings_path().read_text(encoding="utf-8", errors="replace")
    except OSError:
        return "{}"


def _tail(path: Path) -> str:
    try:
        with path.open("rb") as file:
            file.seek(0, 2)
            file.seek(max(0, file.tell() - MOST_BYTES))
            return file.read().decode("utf-8", errors="replace")
    except OSError as error:
        return f"cannot be read: {error}\n"
