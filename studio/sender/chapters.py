"""Chapters of a recording, beside it: Matroska wants them before the first picture.

``NAME.chapters.json`` is for us and for scripts, ``NAME.ffmeta`` for FFmpeg and players
(``ffmpeg -i NAME -i NAME.ffmeta -map_metadata 1 -codec copy OUT``).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from studio.core.clean import read_json, write_json
from studio.core.log import logger
from studio.core.whole_file import write_whole
from studio.sender.wire import Mark

_log = logger(__name__)


class Chapters:
    """What happened in one file, in the order of time; written at every change."""

    def __init__(self, recording: Path) -> None:
        self._recording = recording
        self._list: list[dict[str, Any]] = []
        self._anchors: list[dict[str, Any]] = []

    def add(self, mark: Mark, at_ms: int) -> None:
        """A chapter begins ``at_ms`` after the file's first picture; an anchor is no chapter."""
        if mark.kind == "anchor":
            key, _, signature = mark.ref.partition(":")
            self._anchors.append(
                {
                    "anchor": mark.label,
                    "at": mark.at_utc,
                    "at_ms": at_ms,
                    "key": key,
                    "signature": signature,
                }
            )
            self._write()
            return
        self._list.append(
            {
                "at_ms": at_ms,
                "kind": mark.kind,
                "label": mark.label,
                "ref": mark.ref,
                "at_utc": mark.at_utc,
            }
        )
        self._write()

    def finish(self, length_ms: int) -> None:
        """The file is complete: its end is the end of the last chapter."""
        if self._list:
            self._write(length_ms)

    def _write(self, length_ms: int = 0) -> None:
        plain = {"recording": self._recording.name, "chapters": self._list}
        if self._anchors:
            plain["anchors"] = self._anchors
        lines = [";FFMETADATA1"]
        starts = [entry["at_ms"] for entry in self._list]
        ends = [*starts[1:], length_ms or starts[-1]] if starts else []
        for chapter, end in zip(self._list, ends, strict=True):
            title = "".join("\\" + c if c in "=;#\\\n" else c for c in chapter["label"])
            lines += [
                "[CHAPTER]",
                "TIMEBASE=1/1000",
                f"START={chapter['at_ms']}",
                f"END={max(end, chapter['at_ms'] + 1)}",
                f"title={title}",
            ]
        try:
            write_whole(_beside(self._recording, ".chapters.json"), write_json(plain))
            if self._list:
                write_whole(_beside(self._recording, ".ffmeta"), "\n".join(lines) + "\n")
        except OSError as error:  # a full disk must not end the recording twice
            _log.warning("chapters of %s: %s", self._recording, error)


def _beside(file: Path, suffix: str) -> Path:
    return file.with_name(file.name + suffix)


def read_chapters(recording: Path) -> list[dict[str, Any]]:
    """Chapters of a recording; empty when it has none that can be read."""
    try:
        found = read_json(_beside(recording, ".chapters.json").read_bytes())
    except (OSError, ValueError):
        return []
    chapters = found.get("chapters", []) if isinstance(found, dict) else []
    return [chapter for chapter in chapters if isinstance(chapter, dict) and "at_ms" in chapter]
