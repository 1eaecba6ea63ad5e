"""Live pictures: asks the engine for them, maps them, tells the views when there is a new one."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QSize, Qt, QTimer
from PySide6.QtGui import QImage

from studio.api import PictureReader, logger
from ui.client import DeskClient, Reply
from ui.measure import Measure

_log = logger(__name__)
POLL_MS = 15
SLOW_FPS = 5.0
LOOK_MS = 500
PATIENCE = 5
STALE_S = 1.5


class PictureStreams(QObject):
    """All feeds of one window, polled together on the UI thread (a few microseconds each).

    Thumbnails take turns, one a round. The preview waits for the programme's next picture, for
    `PATIENCE` rounds at most, so that both are painted at once. Every `LOOK_MS` it is seen what
    can be looked at: what is scrolled away, or in a window put aside, is closed, and the engine
    draws it no longer.
    """

    def __init__(self, client: DeskClient, measure: Measure) -> None:
        super().__init__()
        self.client, self.measure = client, measure
        self._feeds: list[PictureFeed] = []
        self._leads: list[PictureFeed] = []
        self._others: list[PictureFeed] = []
        self._slow: list[PictureFeed] = []
        self._round = self._waited = 0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._poll)
        self._timer.start(POLL_MS)
        self._look = QTimer(self)
        self._look.timeout.connect(self._look_round)
        self._look.start(LOOK_MS)
        client.ready.connect(self.open_all)

    def add(self, feed: PictureFeed) -> None:
        """Takes a feed into the round."""
        self._feeds.append(feed)
        self._sort()

    def drop(self, feed: PictureFeed) -> None:
        """Closes a feed for good."""
        feed.close()
        if feed in self._feeds:
            self._feeds.remove(feed)
            self._sort()

    def _sort(self) -> None:
        self._leads = [feed for feed in self._feeds if feed.leads]
        self._slow = [feed for feed in self._feeds if feed.is_slow]
        self._others = [feed for feed in self._feeds if not (feed.leads or feed.is_slow)]

    def stop(self) -> None:
        """Ends polling."""
        self._timer.stop()
        self._look.stop()
        for feed in self._feeds:
            feed.let_go()

    def open_all(self) -> None:
        """Opens all feeds anew."""
        for feed in self._feeds:
            feed.let_go()
            feed.open()

    def _poll(self) -> None:
        self.measure.beat(POLL_MS)
        self._round += 1
        self._waited += 1
        if any([feed.poll() for feed in self._leads]) or self._waited >= PATIENCE:
            self._waited = 0
            for feed in self._others:
                feed.poll()
        if self._slow:
            self._slow[self._round % len(self._slow)].poll()

    def _look_round(self) -> None:
        for feed in self._feeds:
            feed.look()


class PictureFeed(QObject):
    """One picture that is looked at.

    Args:
        what: "programme", "preview" or "scene".
        fps: pictures a second at most.
        changed: called when there is a new picture.
        can_be_seen: whether any of it is in sight now.
    """

    def __init__(
        self,
        pictures: PictureStreams,
        what: str,
        fps: float,
        changed: Callable[[], None],
        can_be_seen: Callable[[], bool] = lambda: True,
    ) -> None:
        super().__init__()
        self._pictures = pictures
        self.leads, self.is_slow = what == "programme", fps <= SLOW_FPS
        self._can_be_seen, self._is_seen = can_be_seen, True
        self._what, self._fps, self._changed = what, fps, changed
        self._scene, self._canvas = "", "landscape"
        self._size = QSize()
        self.view_id = ""
        self._asked = 0
        self._reader: PictureReader | None = None
        self._number = 0
        self._new_at = 0.0
        self.is_elsewhere = False
        self.image: QImage | None = None
        self._kept: memoryview | None = None
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self.open)
        pictures.add(self)

    def want(self, size: QSize, canvas: str = "landscape", scene: str = "") -> None:
        """What is to be shown at which size in pixels; an empty size closes it."""
        if (size, canvas, scene) == (self._size, self._canvas, self._scene):
            return
        is_other = (canvas, scene) != (self._canvas, self._scene)
        self._size, self._canvas, self._scene = size, canvas, scene
        # While a border is dragged the old picture is stretched; the right size comes after.
        self._later.start(0 if is_other or self._reader is None else 150)

    def look(self) -> None:
        """Opens and closes with what can be seen."""
        is_seen = self._size.isEmpty() or self._can_be_seen()
        if is_seen != self._is_seen:
            self._is_seen = is_seen
            self.open()

    def open(self) -> None:
        """Asks the engine for the pictures."""
        if self._size.isEmpty() or not self._is_seen or not self._pictures.client.is_up:
            self.close()
            return
        self._asked += 1
        asked, old = self._asked, self.view_id
        self.view_id = ""

        def opened(reply: Reply) -> None:
            if old:
                self._pictures.client.call("view.close", {"view": old})
            if reply.ok and isinstance(reply.result, dict):
                self._take(asked, reply.result)

        data = {
            "what": self._what,
            "scene": self._scene,
            "canvas": self._canvas,
            "width": self._size.width(),
            "height": self._size.height(),
            "fps": self._fps,
        }
        self._pictures.client.call("view.open", data, opened)

    def _take(self, asked: int, found: dict[str, Any]) -> None:
        view = str(found.get("view", ""))
        if asked != self._asked:
            self._pictures.client.call("view.close", {"view": view})
            return
        try:
            reader = PictureReader(Path(str(found.get("path", ""))))
        except (OSError, ValueError) as fault:
            _log.info("pictures of %s: %s", self._what, fault)  # an engine on another computer
            self._pictures.client.call("view.close", {"view": view})
            self.is_elsewhere = True
            self._changed()
            return
        self.is_elsewhere = False
        self._drop_reader()
        self.view_id, self._reader, self._number = view, reader, 0

    def poll(self) -> bool:
        """Looks whether there is a new picture, and shows it."""
        reader = self._reader
        if reader is None:
            return False
        number = reader.number
        if number == self._number or not number:
            return False
        self._number = number
        self._new_at = time.monotonic()
        self._kept = reader.newest()
        self.image = QImage(
            self._kept, reader.width, reader.height, reader.stride, QImage.Format.Format_RGB32
        )
        if self._what == "programme":
            self._pictures.measure.picture()
        self._changed()
        return True

    def close(self) -> None:
        """Tells the engine that nobody looks."""
        self._asked += 1
        if self.view_id:
            self._pictures.client.call("view.close", {"view": self.view_id})
        self.view_id = ""
        self._keep_copy()

    def let_go(self) -> None:
        """The engine went away, and its pictures with it; the last one stays in view."""
        self._asked += 1
        self.view_id = ""
        self._keep_copy()

    def _keep_copy(self) -> None:
        if self.image is not None:
            self.image = self.image.copy()
        self._drop_reader()

    def _drop_reader(self) -> None:
        reader, self._reader = self._reader, None
        if self.image is not None and self._kept is not None:
            self.image = self.image.copy()
        self._kept = None
        if reader is not None:
            reader.close()
