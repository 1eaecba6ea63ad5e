"""Keeps the engine's signed anchors on this desk, and says so when its audit log went back."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, SignalInstance

from studio.api import AnchorDoubt, KeptAnchors, SignedAnchor, anchor_parts, config_dir, logger
from ui.client import Reply
from ui.desk import Desk
from ui.format import day_clock
from ui.i18n import said
from ui.listen import listen

_log = logger(__name__)
MOST_SENT = 10
MOST_DOUBTS = 50


class AnchorKeeper(QObject):
    """One of a window; works on files in a thread that ends when all is kept.

    Attributes:
        doubts: what did not go with what is kept, by (what, log); it stays until the desk ends.

    Signals:
        changed: there is a new doubt, or an anchor was kept.
    """

    changed = Signal()
    _done = Signal(object, object)

    def __init__(self, desk: Desk, owner: QObject, ended: SignalInstance) -> None:
        super().__init__(owner)
        self.desk = desk
        self.doubts: dict[tuple[str, str], dict[str, object]] = {}
        self.kept = KeptAnchors(config_dir() / "anchors")
        self.newest = SignedAnchor("")
        """The last one that was kept."""
        self._compared = ""
        self._jobs: deque[tuple[Callable[[], Any], Callable[[Any], None]]] = deque()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._done.connect(self._back, Qt.ConnectionType.QueuedConnection)
        listen(self, desk.store.changed, self._part)
        listen(self, desk.client.ready, self._linked)
        listen(self, ended, self.stop)

    def stop(self) -> None:
        """Waits for what is being written."""
        if self._thread is not None:
            self._thread.join(2.0)

    def take_over(self, old: AnchorKeeper) -> None:
        """Goes on where another window was."""
        old.stop()
        self.doubts = old.doubts

    def _linked(self) -> None:
        self._compared = ""

    def _part(self, part: str) -> None:
        if part != "audit":
            return
        view = self.desk.store.audit
        if view.key and self._compared != view.key:
            self._compared = view.key
            self._work(lambda: self.kept.of(view.key), self._compare)
        made = SignedAnchor(view.anchor, view.at_utc, view.key, view.signature)
        if view.anchor and made != self.newest:
            self.newest = made
            self._work(lambda: self.kept.take(made), self._took)

    def _work(self, job: Callable[[], Any], done: Callable[[Any], None]) -> None:
        """Files and signatures never hold the window up; one after the other, as they came."""
        with self._lock:
            self._jobs.append((job, done))
            if len(self._jobs) > 1:  # the thread that is at the first takes it too
                return
        self._thread = threading.Thread(target=self._run, name="anchors of engines", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while True:
            job, done = self._jobs[0]
            try:
                found = job()
            except Exception:  # a folder that is shut: the next one is tried, not left for ever
                _log.exception("an anchor could not be kept or read")
            else:
                with suppress(RuntimeError):  # the window is gone
                    self._done.emit(done, found)
            with self._lock:
                self._jobs.popleft()
                if not self._jobs:
                    return

    def _back(self, done: Any, found: Any) -> None:
        done(found)

    def _compare(self, kept: list[SignedAnchor]) -> None:
        """The engine is asked whether its log still has what was seen here."""
        if not kept or not self.desk.store.commands.get("audit.compare"):
            return
        anchors = [
            {"anchor": made.anchor, "at_utc": made.at, "public": made.key,
             "signature": made.signature}
            for made in kept[-MOST_SENT:]
        ]  # fmt: skip
        self.desk.client.call("audit.compare", {"anchors": anchors}, self._compared_with)

    def _compared_with(self, reply: Reply) -> None:
        answer = reply.answer
        for anchor in answer.get("missing", ()) if isinstance(answer, dict) else ():
            file, count, _ = anchor_parts(SignedAnchor(str(anchor)))
            self._doubt("missing", file, line=count)

    def _took(self, doubt: AnchorDoubt | None) -> None:
        if doubt is not None:
            file, count, _ = anchor_parts(doubt.told)
            self._doubt(doubt.what, file, line=anchor_parts(doubt.kept)[1], now=count,
                        at=day_clock(doubt.kept.at))  # fmt: skip
        self.changed.emit()

    def _doubt(self, what: str, file: str, **words: object) -> None:
        if (what, file) in self.doubts or len(self.doubts) >= MOST_DOUBTS:
            return
        self.doubts[what, file] = {"file": file, **words}
        self.desk.say(None, said(f"watch.doubt_{what}", self.doubts[what, file]), "attention")
        self.changed.emit()

    @property
    def words(self) -> list[str]:
        """The doubts as sentences, in the present language."""
        return [said(f"watch.doubt_{what}", given) for (what, _), given in self.doubts.items()]
