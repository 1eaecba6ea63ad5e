"""Draws the pictures of the guide from the desk as it is: ``.venv/bin/python tools/draw_guide.py``.

An engine of its own shows the demo show in each language; nothing goes out. ``--out FOLDER``
writes them elsewhere, ``--only desk,host`` some of them.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
SIZE = "1280x720"
SOON_S, SETTLED_S = 60.0, 2.5


def few_colours(image: Any) -> Any:
    """The same picture with the 256 colours that fit it best."""
    import numpy as np
    from PySide6.QtGui import QImage, qRgb

    from studio.media.cv import cv2

    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    wide, high, line = plain.width(), plain.height(), plain.bytesPerLine()
    pixels = np.frombuffer(plain.constBits(), np.uint8).reshape(high, line)[:, : wide * 3]
    pixels = pixels.reshape(-1, 3)
    cv2.setRNGSeed(1)
    ends = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 12, 1.0)
    sample = pixels[::41].astype(np.float32)
    _, _, centres = cv2.kmeans(sample, 256, None, ends, 1, cv2.KMEANS_PP_CENTERS)
    side = (np.arange(32) * 8 + 4).astype(np.float32)
    cube = np.stack(np.meshgrid(side, side, side, indexing="ij"), -1).reshape(-1, 3)
    nearest = np.empty(len(cube), np.uint8)
    for start in range(0, len(cube), 4096):
        part = cube[start : start + 4096]
        nearest[start : start + 4096] = (
            ((part[:, None] - centres[None]) ** 2).sum(-1).argmin(1).astype(np.uint8)
        )
    at = (pixels >> 3).astype(np.int32)
    indexed = np.ascontiguousarray(nearest[(at[:, 0] << 10) | (at[:, 1] << 5) | at[:, 2]])
    made = QImage(indexed.tobytes(), wide, high, wide, QImage.Format.Format_Indexed8).copy()
    made.setColorTable([qRgb(*(int(round(v)) for v in centre)) for centre in centres])
    return made


class Drawer:
    """One desk on one engine, in one language."""

    def __init__(self, program: Any, code: str, out: Path) -> None:
        self.program, self.code, self.out = program, code, out
        self.window = program.window

    def wait(self, seconds: float) -> None:
        """Lets the desk work so long."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.program.app.processEvents()
            time.sleep(0.01)

    def until(self, check: Callable[[], object], what: str) -> None:
        """Lets the desk work until it is so.

        Raises:
            TimeoutError: it did not come.
        """
        end = time.monotonic() + SOON_S
        while not check():
            if time.monotonic() > end:
                raise TimeoutError(what)
            self.wait(0.05)

    def run(self, command: str, **args: object) -> None:
        """A command, and its answer."""
        answers: list[object] = []
        self.program.actions.run(command, args, done=answers.append, is_quiet=True)
        self.until(lambda: answers, command)

    def save(self, name: str, widget: Any = None) -> None:
        """What is seen, with 256 colours of its own: a page of help loads nine of these."""
        self.wait(SETTLED_S)
        file = self.out / f"{name}.{self.code}.png"
        few_colours((widget or self.window).grab().toImage()).save(str(file), "PNG", 0)
        print(f"{file.name}  {file.stat().st_size // 1024} kB", flush=True)


def layout(drawer: Drawer, name: str) -> None:
    """A layout as it is shipped."""
    drawer.window.set_layout(name)
    drawer.window.reset_layout()


def desk(drawer: Drawer) -> None:
    layout(drawer, "controller")
    drawer.save("desk")


def host(drawer: Drawer) -> None:
    layout(drawer, "streamer")
    drawer.save("host")


def technician(drawer: Drawer) -> None:
    layout(drawer, "technician")
    drawer.save("technician")


def outputs(drawer: Drawer) -> None:
    layout(drawer, "technician")
    drawer.window.reveal("outputs")
    drawer.window.panels["outputs"].edit("")
    drawer.save("outputs")
    for card in drawer.window.cards():
        card.close_card()


def comments(drawer: Drawer) -> None:
    layout(drawer, "controller")
    panel = drawer.window.panels["comments"]
    drawer.until(lambda: drawer.program.store.comments.counts.held, "a held comment")
    panel.tabs.button("held").click()
    drawer.save("comments")


def plan(drawer: Drawer) -> None:
    layout(drawer, "technician")
    store = drawer.program.store
    source = next(s for s in store.scenes.scenes if s.purpose == "try_on").items[0].source

    def at_work() -> bool:
        return any(run.plan == "source_lost" for run in store.plans.runs)

    drawer.run("sources.fault", name=source, fault="lost")
    drawer.until(at_work, "the plan at work")
    drawer.window.reveal("plans")
    drawer.save("plan")
    drawer.run("sources.fault", name=source, fault="none")
    drawer.until(lambda: not at_work(), "the end of the plan")


def scenes(drawer: Drawer) -> None:
    layout(drawer, "controller")
    drawer.window.monitors.toggle_edit()
    drawer.save("scenes")
    drawer.window.monitors.toggle_edit()


def multiview(drawer: Drawer) -> None:
    from ui.widgets.picture import PictureView

    drawer.window.open_multiview()
    view = max(drawer.program.window.desk.windows, key=id)
    view.resize(1100, 640)
    tiles = view.findChildren(PictureView)
    drawer.until(lambda: all(tile.has_picture for tile in tiles), "the pictures of the multiview")
    drawer.save("multiview", view)
    view.close()


def hotkeys(drawer: Drawer) -> None:
    layout(drawer, "controller")
    drawer.window.open_hotkeys()
    drawer.save("hotkeys")
    drawer.window.hotkeys_card.close_card()


PICTURES = (desk, host, technician, outputs, comments, scenes, multiview, hotkeys, plan)


def draw(code: str, out: Path, only: list[str]) -> None:
    """All pictures of one language."""
    from bench.line.chain import BenchChain
    from ui.__main__ import Program, arguments

    with tempfile.TemporaryDirectory(prefix="dg-") as name:
        own = {key: str(Path(name) / part) for key, part in (
            ("SHOPCAST_RUNTIME", "r"), ("SHOPCAST_DATA", "d"), ("SHOPCAST_CONFIG", "c"),
        )} | {"SHOPCAST_KEYRING": "0", "SHOPCAST_LANG": code, "SHOPCAST_DEMO": code}  # fmt: skip
        os.environ.update(own)
        chain = BenchChain("run", "--port", "0", "--password", "", "--fps", "15", environment=own)
        try:
            port = str(chain.event("on_air")["remote"]).rsplit(":", 1)[1]
            from PySide6.QtWidgets import QApplication

            from ui.garbage import only_by_hand

            only_by_hand()
            app = QApplication.instance() or QApplication([])
            options = ["--port", port, "--password", "", "--size", SIZE, "--scale", "1"]
            program: Any = Program(app, arguments([*options, "--language", code]))  # type: ignore[arg-type]
            program.open()
            program.window.is_kept = False
            drawer = Drawer(program, code, out)
            store = program.store
            drawer.until(lambda: store.is_loaded and store.commands, "the desk")
            product = store.shop.products[0].id
            drawer.run("plans.enable", plan="machine_overloaded", on=False)
            drawer.run("scenes.preview", scene=store.scenes.scenes[2].name)
            drawer.run("shop.explain", product=product)
            drawer.run("shop.card", product=product)
            drawer.run("shop.try_on", product=product)
            drawer.wait(10)
            for picture in PICTURES:
                if not only or picture.__name__ in only:
                    picture(drawer)
            program.window.close()
            program.close()
        finally:
            chain.close()


def main() -> None:
    """Draws; each language in a process of its own, since a process has one language for good."""
    import subprocess

    from studio.core.streams import child_environment

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "guide" / "images")
    parser.add_argument("--only", default="", help="names with commas between them")
    parser.add_argument("--code", choices=("zh", "en"), help="one language alone")
    given = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ.setdefault("PYSIDE6_OPTION_LAZY", "0")
    given.out.mkdir(parents=True, exist_ok=True)
    if given.code:
        draw(given.code, given.out, [name for name in given.only.split(",") if name])
        return
    for code in ("zh", "en"):
        call = [sys.executable, __file__, "--out", str(given.out), "--only", given.only]
        subprocess.run([*call, "--code", code], check=True, env=child_environment())


if __name__ == "__main__":
    main()
