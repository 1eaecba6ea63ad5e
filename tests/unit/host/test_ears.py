"""The ears: what they are given, their process, and the windows that are recognised."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from studio.audio.mixer import Channel, Mixer
from studio.audio.model import Strip
from studio.audio.tap import SoundTap
from studio.core.errors import StudioError
from studio.host.ears.link import EarsLink
from studio.host.ears.model_files import HEARING
from studio.host.ears.windows import Sound, WindowCutter
from studio.host.ears.wire import EarsRequest
from studio.host.fetched import ModelSet
from studio.media.sound import SoundRing, silence
from tests.waiting import until


def test_a_tap_keeps_the_last_seconds_alone() -> None:
    tap = SoundTap()
    for _ in range(100):
        tap.put(silence(4_800))
    assert sum(len(block) for block in tap.take()) <= 4 * 48_000
    assert tap.take() == []


def test_a_strip_that_viewers_do_not_hear_is_silent_to_the_ears() -> None:
    ring = SoundRing()
    strip = Strip("mic", is_muted=True, is_monitored=True)
    mixer = Mixer(Fraction(25))
    mixer.tap.source, mixer.tap.is_on = "mic", True
    mixer.mix((Channel(strip, ring, 0, is_open=True),), 0, 0)
    (block,) = mixer.tap.take()
    assert not block.any()


STANDS_IN = """
import json, sys, time
request = json.loads(sys.stdin.buffer.readline())
def tell(**line):
    sys.stdout.write(json.dumps(line) + "\\n")
    sys.stdout.flush()
tell()
heard = sys.stdin.buffer.read(16_000)
tell(at_s=0.5, text=f"heard {len(heard)}")
sys.stdin.buffer.read(1)
if request["hints"] == "dies":
    sys.exit(1)
sys.stdin.buffer.read()
"""


@pytest.fixture
def recogniser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A worker of the same wire that recognises nothing: a real process."""
    (tmp_path / "stands_in.py").write_text(STANDS_IN, encoding="utf-8")
    monkeypatch.setattr("studio.host.model_process.project_dir", lambda: tmp_path)
    return "stands_in"


def fed(tap: SoundTap) -> None:
    tap.put(silence(48_000))


def test_sound_goes_in_and_words_come_out_and_a_killed_worker_comes_back(recogniser: str) -> None:
    tap = SoundTap()
    link = EarsLink(tap, recogniser)
    link.listen(EarsRequest("", "zh", "dies"), "")
    try:
        until(lambda: link.state == "listening", "the worker to be there", 20)
        lines: list[str] = []

        def is_heard() -> bool:
            fed(tap)
            lines.extend(line.text for line in link.lines())
            return bool(lines)

        until(is_heard, "words", 20)
        assert lines[0] == "heard 16000"
        until(lambda: link.restarts > 0, "its end to be seen", 20)
        assert link.fault is not None
        until(lambda: link.state == "listening", "another one", 20)
    finally:
        link.rest()
    assert link.pid == 0
    assert link.state == "off"


def test_a_worker_that_cannot_work_is_not_started_again(tmp_path: Path, recogniser: str) -> None:
    """It would hash the same broken model each second."""
    file = tmp_path / "stands_in.py"
    file.write_text(
        """
import pathlib, sys
with pathlib.Path("started").open("a") as started:
    started.write("x")
print('{"error": "ears.altered", "where": "model.bin"}', flush=True)
sys.stdin.buffer.read()
""",
        encoding="utf-8",
    )
    link = EarsLink(SoundTap(), recogniser)
    link.listen(EarsRequest("", "zh"), "")
    try:
        until(lambda: link._worker is not None and not link._worker.is_alive, "its end", 20)
        assert (link.state, link.restarts, link.pid) == ("absent", 0, 0)
        assert link.fault is not None
        assert link.fault.key == "ears.altered"
        assert (tmp_path / "started").read_text(encoding="utf-8") == "x"
        file.write_text(STANDS_IN, encoding="utf-8")
        link.listen(EarsRequest("", "zh"), "")  # asked once more, it tries once more
        until(lambda: link.state == "listening", "the worker to be there", 20)
    finally:
        link.rest()


def test_without_the_model_it_says_what_to_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ModelSet, "missing", lambda models: f"{models.words}.no_model")
    link = EarsLink(SoundTap())
    link.listen(EarsRequest("", "zh"), "")
    until(lambda: link.state == "absent", "the answer", 20)
    assert link.fault is not None
    assert "shopcast voice fetch" in link.fault.in_language("en")
    link.rest()


def test_a_model_that_is_short_or_altered_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StudioError) as refused:
        HEARING.check(tmp_path)
    assert refused.value.key == "ears.no_model"
    for file in HEARING.files:
        (tmp_path / file.name).write_bytes(b"short")
    with pytest.raises(StudioError) as refused:
        HEARING.check(tmp_path)
    assert refused.value.key == "ears.altered"


def test_windows_come_where_somebody_speaks_and_nowhere_else() -> None:
    def find(sound: Sound) -> list[tuple[int, int]]:
        loud = np.nonzero(np.abs(sound) > 0.05)[0]
        return [(int(loud[0]), int(loud[-1]) + 1)] if len(loud) else []

    cutter = WindowCutter(find)
    assert list(cutter.take(np.zeros(16_000, np.float32))) == []
    loud = np.sin(np.arange(32_000) / 5).astype(np.float32) * 0.3
    during = list(cutter.take(loud))
    assert [round(window.end_s, 1) for window in during] == [1.5, 2.0, 2.5, 3.0]
    assert not any(window.ends_clean or window.ends_now for window in during)
    after = list(cutter.take(np.zeros(32_000, np.float32)))
    assert [window.ends_now for window in after] == [True, True]
    assert {window.end_s for window in after} == {3.5}
