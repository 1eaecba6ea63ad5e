"""Live pictures: asks the engine for them, maps them, tells the views when there is a new one."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QSize, Qt, QTimer
from PySide6.QtGui import QImage

from studio.api import PictureReader, logger
from ui.client import Client, Reply
from ui.measure import Measure

_log = logger(__name__)
POLL_MS = 15
STALE_S = 1.5


class Pictures(QObject):
    """All feeds of one window, polled together on the UI thread (a few microseconds each)."""

    def __init__(self, client: Client, measure: Measure) -> None:
        super().__init__()
        self.client, self.measure = client, measure
        self._feeds: list[Feed] = []
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._poll)
        self._timer.start(POLL_MS)
        client.ready.connect(self.open_all)

    def add(self, feed: Feed) -> None:
        """Takes a feed into the round."""
        self._feeds.append(feed)

    def drop(self, feed: Feed) -> None:
        """Closes a feed for good."""
        feed.close()
        if feed in self._feeds:
            self._feeds.remove(feed)

    def stop(self) -> None:
        """Ends polling."""
        self._timer.stop()
        for feed in self._feeds:
            feed.let_go()

    def open_all(self) -> None:
        """Opens all feeds anew."""
        for feed in self._feeds:
            feed.let_go()
            feed.open()

    def _poll(self) -> None:
        self.measure.beat(POLL_MS)
        for feed in self._feeds:
            feed.poll()


class Feed(QObject):
    """One picture that is looked at.

    Args:
        what: "programme", "preview" or "scene".
        fps: pictures a second at most.
        changed: called when there is a new picture.
    """

    def __init__(self, pictures: Pictures, what: str, fps: float, changed: Any) -> None:
        super().__init__()
        self._pictures = pictures
        self._what, self._fps, self._changed = what, fps, changed
        self._scene, self._canvas = "", "landscape"
        self._size = QSize()
        self._view = ""
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

    @property
    def is_stale(self) -> bool:
        """No new picture for a while; of a still scene that says nothing."""
        return time.monotonic() - self._new_at > STALE_S

    def open(self) -> None:
        """Asks the engine for the pictures."""
        if self._size.isEmpty() or not self._pictures.client.is_up:
            self.close()
            return
        self._asked += 1
        asked, old = self._asked, self._view
        self._view = ""

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
        self._view, self._reader, self._number = view, reader, 0

    def poll(self) -> None:
        """Looks whether there is a new picture."""
        reader = self._reader
        if reader is None:
            return
        number = reader.number
        if number == self._number or not number:
            return
        self._number = number
        self._new_at = time.monotonic()
        self._kept = reader.newest()
        self.image = QImage(
            self._kept, reader.width, reader.height, reader.stride, QImage.Format.Format_RGB32
        )
        if self._what == "programme":
            self._pictures.measure.picture()
        self._changed()

    def close(self) -> None:
        """Tells the engine that nobody looks."""
        self._asked += 1
        if self._view:
            self._pictures.client.call("view.close", {"view": self._view})
        self._view = ""
        self._keep_copy()

    def let_go(self) -> None:
        """The engine went away, and its pictures with it; the last one stays in view."""
        self._asked += 1
        self._view = ""
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
