"""What the desk asks once is asked again where the engine was too busy to answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ui.client import PATIENT_S, DeskClient, Reply, failure

pytestmark = pytest.mark.ui
SHARES_WINDOW = SHARES_STUDIO = True
SOON = 20_000


@pytest.mark.parametrize(
    "kind", ["outputs.platforms", "state.follow", "commands.list", "kinds.list"]
)
def test_an_engine_too_busy_once_leaves_nothing_empty(
    qtbot: Any, program: Any, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """The real engine answers; only the first answer to this question comes too late."""
    call, left = DeskClient.call, [kind]

    def late(client: DeskClient, asked: str, *args: Any, **more: Any) -> None:
        if asked in left:
            left.remove(asked)
            done: Callable[[Reply], None] = args[1]
            done(failure("unavailable", "ui.link.no_answer", seconds=5))
        else:
            call(client, asked, *args, **more)

    monkeypatch.setattr(DeskClient, "call", late)
    store = program.store
    answered: list[str] = []
    store.changed.connect(answered.append)

    def whole() -> None:
        answered.append("state")

    store.loaded.connect(whole)
    part = {"outputs.platforms": "platforms", "state.follow": "state", "commands.list": "commands"}
    try:
        program.client.ready.emit()  # as after a connection
        assert left == []
        qtbot.waitUntil(lambda: part.get(kind, "kinds") in answered, timeout=SOON)
    finally:
        store.changed.disconnect(answered.append)
        store.loaded.disconnect(whole)
    assert len(store.platforms) > 9
    assert store.is_loaded


def test_commands_that_work_in_files_are_waited_for(program: Any) -> None:
    """Each of them is one the engine has."""
    assert set(PATIENT_S) <= set(program.store.commands)
    assert PATIENT_S["show.keep"] >= 30
