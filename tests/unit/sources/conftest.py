"""Sources at work for a test, ended after it."""

import pytest

import studio.sources.kinds as folder
from studio.core.registry import discover
from studio.sources.base import Source
from tests.unit.sources.media import runner_of

KINDS = discover(folder, Source)


@pytest.fixture
def run(tmp_path):
    """Starts a source: ``run(kind, around=…, sleepy=…, setting=…)``; files lie in ``tmp_path``."""
    runners = []

    def start(kind="clip", around=None, sleepy=False, **settings):
        runner = runner_of(KINDS, kind, settings, tmp_path, **(around or {}))
        runner.is_sleepy = sleepy
        runners.append(runner)
        runner.start()
        return runner

    yield start
    for runner in runners:
        runner.stop()
