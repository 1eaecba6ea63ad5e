"""Widgets end in the windows' thread, whatever other threads do."""

from __future__ import annotations

import subprocess
import sys

import pytest

from studio.core.paths import project_dir

CODE = """
import gc, sys, threading
from PySide6.QtCore import QTimer, qInstallMessageHandler
from PySide6.QtWidgets import QApplication, QWidget
from ui.garbage import collect_due, only_by_hand
app, told, gone = QApplication([]), [], []
qInstallMessageHandler(lambda kind, context, text: told.append(text))
class Window(QWidget):
    def __init__(self):
        super().__init__()
        self.itself, self.tick = self, QTimer(self)
        self.tick.timeout.connect(self.look)
        self.tick.start(1)
        self.destroyed.connect(lambda: gone.append(threading.current_thread()))
    def look(self): pass
if sys.argv[1] == "by_hand":
    only_by_hand()
for _ in range(50):
    Window()
def busy():  # as a link that reads many messages
    kept = []
    for _ in range(300_000):
        kept.append([kept])
thread = threading.Thread(target=busy)
thread.start()
thread.join()
if sys.argv[1] == "by_hand":
    for _ in range(500):
        collect_due()
    assert len(gone) == 50 and set(gone) == {threading.main_thread()}, (len(gone), set(gone))
    app.processEvents()
is_other = any("another thread" in text for text in told)
print("other thread" if is_other else "own thread", flush=True)
if sys.argv[1] != "by_hand":
    import os
    os._exit(0)  # the event loop would end the process
"""


@pytest.mark.parametrize(
    ("how", "where"), [("by_hand", "own thread"), ("as_usual", "other thread")]
)
def test_a_busy_thread_ends_no_window(how: str, where: str) -> None:
    """As Python usually does it would: else this would prove nothing."""
    done = subprocess.run(
        [sys.executable, "-c", CODE, how],
        capture_output=True, text=True, encoding="utf-8", timeout=60, cwd=project_dir(),
    )  # fmt: skip
    assert (done.returncode, done.stdout.strip()) == (0, where), done.stderr
