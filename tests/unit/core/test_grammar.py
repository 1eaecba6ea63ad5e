"""Clock, back-off, worker, i18n, log: the small things everything stands on."""

from __future__ import annotations

import json
import random
import threading
from collections import Counter
from fractions import Fraction
from typing import Annotated

import msgspec
import pytest

from studio.core.backoff import Backoff
from studio.core.clock import NS, TickClock, now_ns
from studio.core.errors import StudioError
from studio.core.extension import Settings, setting
from studio.core.i18n import catalogue, translate
from studio.core.log import keep_secret, redact
from studio.core.paths import project_dir
from studio.core.worker import Worker


def test_ticks_keep_absolute_deadlines():
    clock = TickClock(Fraction(30000, 1001), start_ns=1000)
    assert clock.deadline_ns(30000) == 1000 + 1001 * NS


def test_a_clock_that_slept_too_long_skips_and_counts():
    clock = TickClock(Fraction(100), start_ns=now_ns() - 10 * NS)
    tick = clock.wait(threading.Event())
    assert tick >= 1000
    assert clock.missed >= 1000
    assert clock.late == 1


def test_a_clock_hears_that_it_must_stop():
    stopping = threading.Event()
    stopping.set()
    assert TickClock(Fraction(30)).wait(stopping) == -1


def test_back_off_grows_stays_and_resets():
    backoff = Backoff((0, 1, 3), jitter=0.1, rng=random.Random(1))
    delays = [backoff.next_s() for _ in range(4)]
    assert delays[0] == 0
    assert delays[1] == pytest.approx(1, rel=0.11)
    assert delays[2] == pytest.approx(3, rel=0.11)
    assert delays[3] == pytest.approx(3, rel=0.11)
    backoff.reset()
    assert backoff.next_s() == 0


def test_a_worker_that_fails_is_started_again_and_tells():
    faults, ran = [], threading.Event()

    def body(stopping):
        if len(faults) < 2:
            raise RuntimeError(len(faults))
        ran.set()
        stopping.wait()

    worker = Worker("test", body, on_fault=faults.append, backoff=Backoff((0,)))
    worker.start()
    assert ran.wait(5)
    assert len(faults) == 2
    assert worker.stop()


def test_every_message_stands_in_both_languages_with_the_same_parameters():
    import string

    def names(text):
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    for key, entry in catalogue().items():
        assert set(entry) == {"zh", "en"}, key
        assert entry["zh"].strip(), key
        assert entry["en"].strip(), key
        assert names(entry["zh"]) == names(entry["en"]), key


def test_one_of_a_thing_is_said_as_one():
    assert translate("ui.incidents.late", "en", n=1) == "1 action late"
    assert translate("ui.incidents.late", "en", n="1") == "1 action late"
    assert translate("ui.incidents.late", "en", n=0) == "0 actions late"
    assert translate("ui.incidents.late", "en", n=11) == "11 actions late"
    assert translate("ui.incidents.late", "en") == "{n} actions late", "what is not given stands"


def test_every_error_key_in_the_source_is_in_the_catalogue():
    import re

    from studio.core.paths import project_dir

    used = set()
    for path in (project_dir() / "studio").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        used |= set(re.findall(r'StudioError\(\s*"[a-z_]+",\s*"([a-z_.]+)"', text))
    assert used
    assert sorted(used - set(catalogue())) == []


def test_an_unknown_key_is_still_said():
    assert translate("no.such", "zh", path="a") == "no.such (path=a)"
    assert "a/b" in StudioError("not_found", "sources.file_missing", path="a/b").in_language("zh")


def test_secrets_and_stream_keys_are_not_written():
    keep_secret("s3cr3t-key")
    assert "s3cr3t" not in redact("failed with s3cr3t-key at rtmp://h/live/s3cr3t-key")
    assert redact("rtmp://h:1935/live/abc?x=1 gone") == "rtmp://h:1935/live/•••• gone"


def test_a_bound_given_alone_holds():
    class Bounded(Settings):
        low: Annotated[int, setting("低", "Low", ge=2)] = 3
        high: Annotated[int, setting("高", "High", le=9)] = 3

    for wrong in ({"low": 1}, {"high": 10}):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(wrong, Bounded)
    assert msgspec.convert({"low": 2, "high": 9}, Bounded) == Bounded(low=2, high=9)


def test_no_message_is_written_down_twice() -> None:
    """The second one would stand where the first is meant."""
    keys: list[str] = []

    def take(pairs: list[tuple[str, object]]) -> dict[str, object]:
        keys.extend(key for key, value in pairs if isinstance(value, dict))
        return dict(pairs)

    for file in sorted((project_dir() / "assets" / "i18n").glob("*.json")):
        json.loads(file.read_text(encoding="utf-8"), object_pairs_hook=take)
    assert set(keys) == set(catalogue())
    assert sorted(key for key, count in Counter(keys).items() if count > 1) == []
