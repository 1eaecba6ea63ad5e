"""Clips out of recordings: cut at keyframes, copied as they are, nothing encoded again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studio.core.aigc import bears_aigc
from studio.core.errors import StudioError
from studio.sender.chapters import read_chapters
from studio.sender.generated import aigc_metadata, muxer_options

LONGEST_S = 600.0


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a recording, seconds from its start; ``to_s`` None is its end."""

    from_s: float
    to_s: float | None
    label: str = ""


def product_spans(recording: Path, product: str) -> list[Span]:
    """When ``product`` was explained (讲解): from its chapter to the next product's."""
    chapters = [chapter for chapter in read_chapters(recording) if chapter.get("kind") == "product"]
    spans = []
    for number, mark in enumerate(chapters):
        if mark.get("ref") == product:
            after = chapters[number + 1]["at_ms"] / 1000 if number + 1 < len(chapters) else None
            spans.append(Span(mark["at_ms"] / 1000, after, str(mark.get("label", ""))))
    return spans


def mark_span(recording: Path, number: int, before_s: float, after_s: float) -> Span:
    """Around the ``number``-th mark (from 1).

    Raises:
        StudioError: not_found.
    """
    marks = [chapter for chapter in read_chapters(recording) if chapter.get("kind") == "mark"]
    if not 0 < number <= len(marks):
        raise StudioError(
            "not_found", "outputs.no_mark", number=number, count=len(marks), file=recording.name
        )
    at_s = marks[number - 1]["at_ms"] / 1000
    return Span(max(0.0, at_s - before_s), at_s + after_s, str(marks[number - 1]["label"]))


def cut(recording: Path, span: Span, target: Path) -> float:
    """Copies ``span``, from the keyframe at or before its start; returns its length in seconds.

    The recording may still be growing.

    Raises:
        StudioError: not_found, invalid when nothing lies in the span, failed.
    """
    import av

    if not recording.is_file():
        raise StudioError("not_found", "outputs.no_recording", file=str(recording))
    try:
        with (
            av.open(str(recording), "r") as source,
            av.open(str(target), "w", options=muxer_options(target)) as out,
        ):
            video = source.streams.video[0]
            if any(map(bears_aigc, source.metadata.values())):
                out.metadata.update(aigc_metadata())
            streams: dict[int, Any] = {
                stream.index: out.add_stream_from_template(stream, opaque=True)
                for stream in source.streams
                if stream.type in ("video", "audio")
            }
            base = float(video.time_base or 1)
            start = float(source.start_time or 0) / 1_000_000
            source.seek(int((span.from_s + start) * 1_000_000), backward=True)
            zero_s: float | None = None
            last_s = 0.0
            for packet in source.demux():
                if packet.dts is None or packet.pts is None or packet.time_base is None:
                    continue
                at_s = float(packet.dts * packet.time_base)
                if span.to_s is not None and at_s - start >= span.to_s:
                    if packet.stream is video:
                        break
                    continue
                if zero_s is None:
                    if packet.stream is not video or not packet.is_keyframe:
                        continue
                    zero_s = at_s
                if at_s < zero_s:
                    continue
                shift = round(zero_s / float(packet.time_base))
                packet.pts, packet.dts = packet.pts - shift, packet.dts - shift
                last_s = max(last_s, at_s - zero_s + base)
                packet.stream = streams[packet.stream.index]
                out.mux(packet)
    except (av.FFmpegError, OSError, IndexError) as error:
        target.unlink(missing_ok=True)
        raise StudioError(
            "failed", "outputs.file_failed", file=str(target), why=str(error)
        ) from None
    if zero_s is None or last_s <= 0 or zero_s + last_s - start < span.from_s:
        target.unlink(missing_ok=True)
        raise StudioError("invalid", "outputs.empty_span", file=str(recording))
    return last_s
