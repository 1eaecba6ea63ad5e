"""The process of the voice: ``python -m studio.host.voice.worker``, at low priority.

It reads `SpeechJob` lines on stdin, writes each sentence as a file, answers `SpeechMade`, and ends
with its stdin. The model is loaded with the first sentence that is not there yet.
"""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path

import msgspec

from studio.core.clean import read_json
from studio.core.errors import StudioError
from studio.core.paths import data_dir
from studio.core.priority import background_thread
from studio.core.whole_file import write_whole
from studio.host.voice.front import own_words
from studio.host.voice.model_files import SPEAKING
from studio.host.voice.saying import Sayer
from studio.host.voice.wire import SpeechJob, SpeechMade, spoken_name
from studio.media.spoken import read_spoken, spoken_folder

NICENESS = 12
MOST_KEPT = 200_000_000


def load_sayer(folder: Path) -> Sayer:
    """The model, held against its hashes, with the words of this person.

    Raises:
        StudioError: not_found, invalid: the model.
    """
    key = SPEAKING.missing(folder)
    if key:
        raise StudioError("not_found", key)
    SPEAKING.check(folder)
    return Sayer(folder, person_words())


def person_words() -> dict[str, str]:
    """voice/words.json in the data folder; what is no such file counts as empty."""
    try:
        return own_words(read_json((data_dir() / "voice" / "words.json").read_bytes()))
    except (OSError, ValueError):
        return {}


class SpeechMaker:
    """Makes files of sentences.

    Args:
        folder: with the files of the model.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._sayer: Sayer | None = None

    def make(self, job: SpeechJob) -> SpeechMade:
        """Makes one, unless it is there; without a text the model is loaded, no more.

        Raises:
            StudioError: the model; failed: the file cannot be written.
        """
        name = spoken_name(job)
        kept = read_spoken(name) if job.text else None
        if kept is None:
            if self._sayer is None:
                self._sayer = load_sayer(self._folder)
            if not job.text:
                return SpeechMade()
            kept = self._sayer.say(job.text, job.language, job.voice, job.speed)
            where = spoken_folder()
            try:
                where.mkdir(parents=True, exist_ok=True)
                write_whole(where / name, msgspec.msgpack.encode(kept))
            except OSError as error:
                why = error.strerror or type(error).__name__
                raise StudioError("failed", "voice.not_written", path=f"{where}: {why}") from None
            _tidy(where)
        return SpeechMade(name, kept.mouths)


def _tidy(folder: Path) -> None:
    """The oldest go when there are too many."""
    with contextlib.suppress(OSError):
        files = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
        total = 0
        for path in files:
            total += path.stat().st_size
            if total > MOST_KEPT:
                path.unlink(missing_ok=True)


def main() -> None:
    """Serves one engine."""
    background_thread(NICENESS)
    out = sys.stdout.buffer
    maker = SpeechMaker(SPEAKING.folder())
    try:
        for raw in sys.stdin.buffer:
            try:
                made = maker.make(msgspec.json.decode(raw, type=SpeechJob))
            except StudioError as error:
                where = str(error.params.get("path", ""))
                made = SpeechMade(error=error.key, where=where)
            out.write(msgspec.json.encode(made) + b"\n")
            out.flush()
    except (BrokenPipeError, msgspec.DecodeError):
        return


if __name__ == "__main__":
    main()
