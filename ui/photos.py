"""Product photos, read and scaled away from the window's thread."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QRunnable, QSize, Qt, QThreadPool, Signal
from PySide6.QtGui import QImage, QImageReader, QPixmap


class _Load(QRunnable):
    def __init__(self, owner: Photos, path: str, size: int) -> None:
        super().__init__()
        self._owner, self._path, self._size = owner, path, size

    def run(self) -> None:
        reader = QImageReader(self._path)
        reader.setAutoTransform(True)
        whole = reader.size()
        if whole.isValid():
            reader.setScaledSize(
                whole.scaled(QSize(self._size, self._size), Qt.AspectRatioMode.KeepAspectRatio)
            )
        image = reader.read()
        self._owner.read.emit(self._path, self._size, image)


class Photos(QObject):
    """Small pixmaps by path.

    Signals:
        loaded: (path) is there now; ask `get` again.
    """

    loaded = Signal(str)
    read = Signal(str, int, QImage)

    def __init__(self) -> None:
        super().__init__()
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._have: dict[tuple[str, int], QPixmap] = {}
        self._asked: set[tuple[str, int]] = set()
        self.read.connect(self._take, Qt.ConnectionType.QueuedConnection)

    def get(self, path: Path, size: int) -> QPixmap | None:
        """The photo, at most ``size`` pixels wide and high; None until it is read."""
        key = (str(path), size)
        if key not in self._have and key not in self._asked:
            self._asked.add(key)
            self._pool.start(_Load(self, *key))
        found = self._have.get(key)
        return found if found is not None and not found.isNull() else None

    def stop(self) -> None:
        """Waits for what is being read."""
        self._pool.clear()
        self._pool.waitForDone(2000)

    def _take(self, path: str, size: int, image: QImage) -> None:
        self._have[path, size] = QPixmap.fromImage(image)
        self.loaded.emit(path)
