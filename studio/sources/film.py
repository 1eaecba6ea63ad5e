"""Plays a film file to a source's feed: pictures and sound on one clock, resting while unseen."""

from __future__ import annotations

import enum
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from studio.core.clock import NS, now_ns
from studio.core.errors import StudioError
from studio.media.protected import is_protected
from studio.sources.base import Feed
from studio.sources.pacing import SOUND_AHEAD_NS, Player
from studio.sources.track import Block, Picture, Track, ns, pixel_shape, to_frame

CATCH_UP_NS = 100_000_000
"""Pictures that are later than this after a rest are decoded, and not shown."""


class Stop(enum.Enum):
    """Why a film stopped playing."""

    END = "end"
    ASKED = "asked"
    REST = "rest"


def _empty(path: Path, *, is_unknown: bool = False) -> StudioError:
    """Why a file gives neither picture nor sound."""
    key = "sources.codec_unknown" if is_unknown else "sources.file_empty"
    return StudioError("invalid", key, path=str(path))


class Film:
    """One open file. Use as a context manager; belongs to the source's thread.

    Args:
        has_sound: its sound is played, if it has any.
        speed: 0.5 to 2.
        out_ms: where it ends; None is the end of the file.
        deinterlaces: pictures that come in halves are made whole.
        sound_track: which of several is heard, from 1 on; 0 is the first that can be played.

    Attributes:
        at_ms: where it is.

    Raises:
        StudioError: not_found, invalid (cannot be read, neither picture nor sound).
    """

    def __init__(
        self,
        path: Path,
        feed: Feed,
        *,
        has_sound: bool = True,
        speed: float = 1.0,
        out_ms: int | None = None,
        player: Player | None = None,
        deinterlaces: bool = True,
        sound_track: int = 0,
    ) -> None:
        # Sound is read through a second handle: files whose tracks lie far apart play evenly.
        if is_protected(path):  # decoded, it may well give pictures: of noise
            raise StudioError("invalid", "sources.film_locked", path=str(path))
        self._pictures = Track(path, "video", speed, deinterlaces=deinterlaces)
        try:
            self._sounds = Track(path, "audio", speed, wanted=sound_track)
        except StudioError:
            self._pictures.close()
            raise
        self.path, self.speed, self._feed = path, speed, feed
        self._sound_track = sound_track
        self.has_sound = has_sound and self._sounds.is_there
        self._out_s = out_ms / 1000 if out_ms else float("inf")
        if self._pictures.is_cover and self.has_sound:
            self._show_cover()
        self._shape = pixel_shape(self._pictures)
        self.player = player or Player(feed)
        self.player.speed = speed
        self._ahead: Iterator[Block] | None = None
        self._next: Block | None = None
        self.at_ms = 0.0
        if not self._pictures.is_there and not self._sounds.is_there:
            self.close()
            is_unknown = self._pictures.unknown or self._sounds.unknown
            raise _empty(path, is_unknown=bool(is_unknown))
        feed.gives(picture=self._pictures.is_there)
        feed.remark(self._left_out())
        feed.rate(self._pictures.fps * speed)

    def _left_out(self) -> StudioError | None:
        """Which tracks cannot be played, or are not heard, in words."""
        pictures, sounds = self._pictures.unknown, self._sounds.unknown
        if not pictures and not sounds:
            return self._not_heard()
        return StudioError(
            "invalid",
            "sources.tracks_unknown",
            path=str(self.path),
            pictures=pictures,
            sounds=sounds,
        )

    def _not_heard(self) -> StudioError | None:
        """One track of sound is heard: are there others that nobody has chosen among?"""
        count, track = self._sounds.count, self._sound_track
        if not self.has_sound or (count <= 1 and self._sounds.has_wanted):
            return None
        path = str(self.path)
        if not self._sounds.has_wanted:
            return StudioError(
                "invalid", "sources.sound_track_gone", path=path, track=track, count=count
            )
        if track:
            return None
        return StudioError("invalid", "sources.sound_tracks", path=path, count=count)

    def __enter__(self) -> Film:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def duration_ms(self) -> int | None:
        """How long the file is."""
        main = self._pictures if self._pictures.is_there else self._sounds
        return main.duration_ms

    def close(self) -> None:
        """Closes the file."""
        self._pictures.close()
        self._sounds.close()

    def within(self, at_ms: float, in_ms: float, *, is_loop: bool) -> float:
        """``at_ms`` brought back between the in point and the end."""
        end_ms = min(self._out_s * 1000, float(self.duration_ms or 0.0))
        length = end_ms - in_ms
        if length <= 0:
            return in_ms
        if at_ms < end_ms:
            return max(in_ms, at_ms)
        return in_ms + (at_ms - in_ms) % length if is_loop else max(in_ms, end_ms - 100)

    def play(
        self,
        from_ms: float,
        look: Callable[[Film, float], bool],
        *,
        is_exact: bool = True,
        goes_on: bool = False,
    ) -> Stop:
        """Plays from a place until the end, until ``look`` says so, or until it may rest.

        Args:
            is_exact: begin there; else at the keyframe before, which is shown at once.
            goes_on: what was played before it ends where this begins.

        Raises:
            StudioError: invalid: nothing in it could be decoded.
        """
        self._pictures.seek(from_ms)
        self._wind_sound(from_ms)
        self.player.restart(None if goes_on else 0)
        self.at_ms = from_ms
        begin_s = from_ms / 1000 - 0.001 if is_exact else -1.0
        if not self._pictures.is_there:
            return self._play_sound(begin_s, look)
        seen = 0
        pictures = self._pictures.pictures()
        while True:
            picture = next(pictures, None)
            if picture is None or picture.at_s >= self._out_s:
                break
            seen += 1
            if picture.at_s < begin_s:
                continue
            if begin_s < 0 < from_ms and seen == 1:
                self._wind_sound(picture.at_s * 1000)
            if not self._show(picture):
                return Stop.ASKED
            if look(self, self.at_ms) or self._feed.stopping.is_set():
                return Stop.ASKED
            if self._feed.may_rest:
                if not (self.has_sound and self._feed.is_heard):
                    return Stop.REST
                ended = self._only_heard(look)
                if ended is not None:
                    return ended
                pictures = self._caught_up()
        if not seen and from_ms <= 0:
            return self._without_pictures(look)
        return self._play_on(look)

    def _without_pictures(self, look: Callable[[Film, float], bool]) -> Stop:
        """No picture could be decoded: then the sound alone is played, and that is said."""
        is_unknown = self._pictures.give_up()
        if not (is_unknown and self.has_sound):
            raise _empty(self.path, is_unknown=is_unknown)
        self._feed.gives(picture=False)
        self._feed.remark(self._left_out())
        self._wind_sound(0.0)
        self.player.restart(0)
        return self._play_sound(-1.0, look)

    def _play_on(self, look: Callable[[Film, float], bool]) -> Stop:
        """What sound there is after the last picture, which stands meanwhile."""
        is_left = self.has_sound and self._next is not None
        return self._play_sound(1.0, look, is_standing=True) if is_left else Stop.END

    def finish(self) -> bool:
        """Delivers what is left; False when stopping."""
        return self.player.finish()

    def hold(self, playing: threading.Event, is_over: Callable[[], bool]) -> None:
        """Waits while paused; the picture stands."""
        while not playing.is_set() and not self._feed.stopping.is_set() and not is_over():
            self._feed.still_here()
            playing.wait(0.1)
            self.player.hold()
        if self._next is not None:
            self._wind_sound(self.at_ms)

    def _show_cover(self) -> None:
        """A song: its sound is played, its cover stands as a still picture."""
        cover = self._pictures.take_cover()
        if cover is not None:
            self._feed.picture(to_frame(cover, now_ns()), still=True)

    # -- inside --------------------------------------------------------------------------------

    def _show(self, picture: Picture) -> bool:
        self._hand_sound(picture.at_s)
        self.at_ms = picture.at_s * 1000
        return self.player.show(
            ns(picture.at_s), lambda due: to_frame(picture.frame, due, self._shape)
        )

    def _wind_sound(self, ms: float) -> None:
        if self.has_sound:
            self._sounds.seek(ms)
            self._ahead = self._from(self._sounds.blocks(), ms / 1000)
            self._next = next(self._ahead, None)
            if self._next is None and self._sounds.give_up():
                self.has_sound = self._sounds.is_there
                self._feed.remark(self._left_out())
                self._wind_sound(ms)

    @staticmethod
    def _from(blocks: Iterator[Block], begin_s: float) -> Iterator[Block]:
        """Blocks from a place on, the first cut to it."""
        for block in blocks:
            end_s = block.at_s + len(block.samples) / 48_000
            if end_s <= begin_s:
                continue
            if block.at_s < begin_s:
                skip = round((begin_s - block.at_s) * 48_000)
                yield Block(begin_s, block.samples[skip:])
            else:
                yield block

    def _hand_sound(self, media_s: float) -> None:
        """Hands the player all sound up to a little past ``media_s``."""
        if not self.has_sound or self._ahead is None:
            return
        until = media_s + 2 * SOUND_AHEAD_NS / NS * self.speed
        while self._next is not None and self._next.at_s <= min(until, self._out_s):
            self.player.block(self._next.samples, ns(self._next.at_s))
            self._next = next(self._ahead, None)

    def _play_sound(
        self, begin_s: float, look: Callable[[Film, float], bool], *, is_standing: bool = False
    ) -> Stop:
        """A file without pictures, or whose last one stands."""
        seen = 0
        while self._next is not None and self._next.at_s < self._out_s:
            seen += 1
            if is_standing:
                self._feed.still_here()
            self.at_ms = self._next.at_s * 1000
            self.player.block(self._next.samples, ns(self._next.at_s))
            self._next = next(self._ahead, None) if self._ahead else None
            if not self.player.only_sound():
                return Stop.ASKED
            if look(self, self.at_ms) or self._feed.stopping.is_set():
                return Stop.ASKED
        if not seen and begin_s <= 0:
            raise _empty(self.path)
        return Stop.END

    def _only_heard(self, look: Callable[[Film, float], bool]) -> Stop | None:
        """Nobody looks, somebody hears: sound goes on alone. None: somebody looks again."""
        while not self._feed.stopping.is_set():
            at_s = self.player.now_ns_of_media() / NS
            self.at_ms = at_s * 1000
            self._hand_sound(at_s)
            self.player.flush()
            if look(self, self.at_ms):
                return Stop.ASKED
            if self._next is None or at_s >= self._out_s:
                return Stop.END
            if not self._feed.is_heard:
                return Stop.REST
            if self._feed.rest(0.05):
                return None
        return Stop.ASKED

    def _caught_up(self) -> Iterator[Picture]:
        """Pictures again from where the sound is: the keyframe before it is shown at once."""
        self._pictures.seek(self.at_ms)
        is_first = True
        for picture in self._pictures.pictures():
            late_ns = now_ns() - self.player.due_ns(ns(picture.at_s))
            if late_ns > CATCH_UP_NS and not is_first:
                continue
            if late_ns > CATCH_UP_NS:
                self._feed.picture(to_frame(picture.frame, now_ns(), self._shape))
                is_first = False
                continue
            is_first = False
            yield picture
