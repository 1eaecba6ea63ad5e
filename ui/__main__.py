"""Opens the desk: ``python -m ui [--port N] [--password PW] [--host H]``.

Ends with 0 when the studio shall end with it, with 3 when the stream shall go on without a
window (see `studio.app.supervisor`), with 2 when the call was wrong.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from ui.pictures import PictureStreams
    from ui.window import Window

DONE, WRONG, DETACHED = 0, 2, 3
LAYOUTS = ("streamer", "controller", "technician", "vertical")
OPEN_MS, TURN_MS = 100, 2000
SCALES = (0.9, 1.0, 1.15, 1.3, 1.5, 1.75, 2.0)


def arguments(argv: list[str]) -> argparse.Namespace:
    """What the desk can be told."""
    parser = argparse.ArgumentParser(prog="python -m ui", description="The desk of Shopcast.")
    parser.add_argument("--host", default=os.environ.get("SHOPCAST_HOST", "127.0.0.1"))
    parser.add_argument("--port", type=int, default=int(os.environ.get("SHOPCAST_PORT", "0") or 0))
    parser.add_argument("--password", default=os.environ.get("SHOPCAST_PASSWORD"))
    parser.add_argument("--layout", choices=LAYOUTS)
    parser.add_argument("--page", choices=("prepare", "live", "review"), help="page before --grab")
    parser.add_argument("--language", choices=("zh", "en"))
    parser.add_argument("--scale", type=float, help="size of everything, 1.0 is 13 px text")
    parser.add_argument("--size", help="size of the window, WxH")
    parser.add_argument("--grab", type=Path, help="write a picture of the window and end")
    parser.add_argument("--after", type=float, default=4.0, help="seconds until --grab")
    parser.add_argument("--show", help="panel to bring to the front before --grab")
    parser.add_argument("--measure", type=float, help="run so many seconds, print figures, end")
    parser.add_argument(
        "--open-all", action="store_true", help="with --measure: every panel open, in turn in front"
    )
    return parser.parse_args(argv)


class Program:
    """One run of the desk: link, state, window."""

    def __init__(self, app: QApplication, options: argparse.Namespace) -> None:
        from studio.api import load_settings
        from ui.actions import Actions
        from ui.client import DeskClient
        from ui.i18n import language
        from ui.measure import Measure
        from ui.store import Store

        self.app, self.options = app, options
        self.measure = Measure()
        self.settings = load_settings()
        if options.layout:
            self.settings.layout = options.layout
        language.set(options.language or self.settings.language)
        name = self.settings.user_name or "desk"
        self.client = DeskClient(options.host, options.port, options.password, name)
        self.store = Store(self.client)
        self.actions = Actions(self.client, self.store)
        self.window: Window | None = None
        self.code = DONE

    def open(self) -> None:
        """Makes the window and begins to connect."""
        from ui.theme import sheet, tokens

        tokens.set_scale(self.options.scale or self._scale())
        sheet.dress(self.app)
        self._make()
        self.client.start()

    def _scale(self) -> float:
        """The person's text size; doubled on a 4K screen the system does not scale itself."""
        screen = self.app.primaryScreen()
        is_large = screen.size().height() >= 2000 and screen.devicePixelRatio() < 1.5
        return self.settings.text_scale * (1.9 if is_large else 1.0)

    def _make(self) -> None:
        from ui.desk import Desk
        from ui.photos import Photos
        from ui.pictures import PictureStreams
        from ui.window import Window

        self.pictures = PictureStreams(self.client, self.measure)
        self.photos = Photos()
        desk = Desk(
            self.client, self.store, self.actions, self.pictures, self.measure, self.photos,
            self.settings,
        )  # fmt: skip
        window = self.window = Window(desk)
        window.asked.connect(self._asked)
        window.closed.connect(self.leave)
        window.is_kept = not (self.options.grab or self.options.measure)
        if self.options.size:
            wide, _, high = self.options.size.partition("x")
            window.resize(int(wide), int(high))
        else:
            window.resize(window.sizeHint())
            window.restore_geometry()
        window.show()
        window.begin()

    def _asked(self, what: str, value: str) -> None:
        if what != "scale":
            return
        from PySide6.QtCore import QTimer

        now = min(range(len(SCALES)), key=lambda n: abs(SCALES[n] - self.settings.text_scale))
        step = {"+": now + 1, "-": now - 1}.get(value, SCALES.index(1.0))
        self.settings.text_scale = SCALES[max(0, min(len(SCALES) - 1, step))]
        QTimer.singleShot(0, self._make_again)

    def _make_again(self) -> None:
        """Another size of everything: the window is made anew; what is on air does not notice."""
        from studio.api import save_settings
        from ui.theme import sheet, tokens

        old, pictures, photos = self.window, self.pictures, self.photos
        assert old is not None
        old.keep()
        size = old.size()
        old.closed.disconnect(self.leave)
        self._let_go(pictures)
        tokens.set_scale(self._scale())
        sheet.dress(self.app)
        self._make()
        assert self.window is not None
        self.window.resize(size)
        self.window.inherit(old)
        pictures.stop()
        photos.stop()
        old.hide()
        old.deleteLater()
        save_settings(self.settings)
        self.store.loaded.emit()
        for part in sorted(self.store.present):
            self.store.changed.emit(part)
        self.pictures.open_all()

    def _let_go(self, pictures: PictureStreams) -> None:
        """The old window hears no more; only windows listen to these."""
        from ui.i18n import language

        store, actions, client = self.store, self.actions, self.client
        for signal_ in (
            store.changed, store.loaded, store.happened, store.levels, store.stats_changed,
            actions.said, actions.failed, actions.undo_changed, client.state_changed,
            language.changed,
        ):  # fmt: skip
            signal_.disconnect()
        client.ready.disconnect(pictures.open_all)

    def leave(self) -> None:
        """Ends the desk; what goes out goes on without it."""
        self.code = DETACHED if self.store.is_busy else DONE
        self.app.quit()

    def end(self) -> None:
        """As if the window were closed: first it, while its panels still stand, then the rest."""
        if self.window is None or not self.window.close():
            self.leave()

    def close(self) -> None:
        """Lets go of everything."""
        self.pictures.stop()
        self.photos.stop()
        self.client.stop()


def main(argv: list[str] | None = None) -> int:
    """Runs the desk; returns the exit code."""
    if argv is None:
        from studio.api import speak_utf8

        speak_utf8()
    options = arguments(sys.argv[1:] if argv is None else argv)
    sys.setswitchinterval(0.001)
    from studio.api import log_dir, start_logging

    start_logging(log_dir() / "desk.log")
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from ui.garbage import collect_due, only_by_hand
    from ui.measure import Watched

    only_by_hand()
    app = (Watched if options.measure else QApplication)([sys.argv[0]])
    app.setApplicationName("Shopcast")
    app.setQuitOnLastWindowClosed(False)
    program = Program(app, options)
    if isinstance(app, Watched):
        app.measure, program.measure.is_watched = program.measure, True
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: program.end())
    alive = QTimer()
    alive.timeout.connect(collect_due)  # and lets Python see a signal
    alive.start(250)
    program.open()
    if options.grab:
        QTimer.singleShot(int(options.after * 1000), lambda: _grab(program, options, app))
    if options.measure:
        if options.open_all:
            _open_all(program, app)
        QTimer.singleShot(int(options.measure * 1000), app.quit)
    app.exec()
    if options.measure:
        print(json.dumps(program.measure.figures()), flush=True)
    program.close()
    return program.code


def _open_all(program: Program, app: QApplication) -> None:
    """Opens every panel on the page that is shown; then one after the other comes to the front."""
    from PySide6.QtCore import QTimer

    window, number = program.window, 0
    assert window is not None

    def turn() -> None:
        nonlocal number
        panels = list(window.panels.values())
        if number < len(panels):
            window.open_panel(panels[number])
        else:
            in_turn.setInterval(TURN_MS)
            panels[number % len(panels)].raise_()
            if program.measure.is_settled and not program.measure.is_begun:
                QTimer.singleShot(TURN_MS // 2, app, program.measure.begin)
        number += 1

    in_turn = QTimer(app)
    in_turn.timeout.connect(turn)
    in_turn.start(OPEN_MS)


def _grab(program: Program, options: argparse.Namespace, app: QApplication) -> None:
    from PySide6.QtCore import QTimer

    window = program.window
    assert window is not None
    if options.page:
        window.set_page(options.page)
    if options.show:
        window.reveal(options.show)

    def write() -> None:
        options.grab.parent.mkdir(parents=True, exist_ok=True)
        window.grab().save(str(options.grab))
        app.quit()

    QTimer.singleShot(700, write)


if __name__ == "__main__":
    raise SystemExit(main())
