"""Pictures for callers from elsewhere: so many pixels a second, so many views, no windows."""

from __future__ import annotations

import contextlib
from types import SimpleNamespace
from typing import Any

import pytest

from studio.core.asking import Asker, asked_by
from studio.core.command import Role
from studio.core.errors import StudioError
from studio.media.frame import blank
from studio.protocols.obs_ws import Subscription
from studio.remote.allowance import (
    MOST_VIEWS,
    MOST_VIEWS_ELSEWHERE,
    PATIENCE_S,
    PIXELS_A_SECOND,
    PictureAllowance,
    caller_name,
    check_views,
)
from studio.remote.desks import DeskRegistry, DeskScreen, ProjectorWanted, Screens
from studio.remote.pictures import LARGEST, Screenshot, still_size

HERE = Asker(Role.OWNER, True, "desk")
HUGE = 4096 * 4096


def of(role: Role, name: str = "remote:a") -> Asker:
    return Asker(role, False, name)


class Clock:
    now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.mark.parametrize("role", list(Role))
def test_forty_huge_pictures_are_a_few(role: Role) -> None:
    clock = Clock()
    allowance = PictureAllowance(clock)
    waited: list[float] = []
    for _ in range(40):
        with contextlib.suppress(StudioError):
            waited.append(allowance.wait_s(of(role), HUGE))
    with pytest.raises(StudioError, match="pictures"):
        allowance.wait_s(of(role), HUGE)
    had = len(waited)
    assert waited[0] == 0, "the first one comes at once, however large"
    assert all(wait <= PATIENCE_S for wait in waited)
    assert had * HUGE <= PIXELS_A_SECOND[role] * (PATIENCE_S + 2) + HUGE
    clock.now_s += 60
    assert allowance.wait_s(of(role), HUGE) == 0


def test_small_pictures_ten_times_a_second_never_wait() -> None:
    clock = Clock()
    allowance = PictureAllowance(clock)
    for _ in range(100):
        assert allowance.wait_s(of(Role.VIEWER), 320 * 180) == 0
        clock.now_s += 0.1


def test_another_name_of_the_same_password_and_another_connection_give_no_more() -> None:
    allowance = PictureAllowance(Clock())
    owner = Asker(Role.OWNER, False, "deck")
    allowance.wait_s(owner, 10 * HUGE)
    with pytest.raises(StudioError):
        allowance.wait_s(Asker(Role.OWNER, False, "other"), 1)
    assert allowance.wait_s(of(Role.VIEWER, "remote:other"), 1) == 0
    assert allowance.wait_s(HERE, 100 * HUGE) == 0


def test_views_by_token_leave_the_desk_its_own() -> None:
    viewers = [of(Role.VIEWER, f"remote:{number}") for number in range(40)]
    owners: list[str] = []
    for viewer in (viewer for viewer in viewers for _ in range(10)):
        with contextlib.suppress(StudioError):
            check_views(viewer, owners)
            owners.append(caller_name(viewer))
    assert len(owners) == MOST_VIEWS_ELSEWHERE
    assert owners.count("remote:0") == 4
    with pytest.raises(StudioError):
        check_views(Asker(Role.OWNER, False, "deck"), owners)
    while len(owners) < MOST_VIEWS:
        check_views(HERE, owners)
        owners.append("")
    with pytest.raises(StudioError):
        check_views(HERE, owners)


@pytest.mark.parametrize("size", [(2, 8192), (8192, 2), (16, 16), (1280, 720)])
@pytest.mark.parametrize("wanted", [(4096, 0), (0, 4096), (8, 0), (0, 0)])
def test_no_side_of_a_picture_grows_beyond_the_largest(
    size: tuple[int, int], wanted: tuple[int, int]
) -> None:
    found = still_size(Screenshot(width=wanted[0], height=wanted[1]), blank(*size))
    assert min(found) >= 1
    assert max(found) <= max(LARGEST, *size)


class Desk(SimpleNamespace):
    def __hash__(self) -> int:
        return id(self)


def desk(name: str) -> Any:
    return Desk(name=name, number=1, events=Subscription.VENDORS, closing=[])


def test_windows_are_asked_of_desks_at_this_machine() -> None:
    asked: list[tuple[str, int]] = []
    registry = DeskRegistry(lambda session, event: asked.append((
        session.name, event.screen if isinstance(event, ProjectorWanted) else -2
    )))  # fmt: skip
    one = Screens((DeskScreen("S"),))
    mine, theirs = desk("mine"), desk("theirs")
    with asked_by(of(Role.VIEWER)), pytest.raises(StudioError) as fault:
        registry.announce(theirs, one)
    assert fault.value.key == "remote.no_desk_role"
    with asked_by(of(Role.CONTROLLER)):
        assert registry.announce(theirs, one) == 0
    registry.open(ProjectorWanted(what="preview"))
    with asked_by(HERE):
        assert registry.announce(mine, one) == 0
    with asked_by(of(Role.CONTROLLER)):
        assert registry.announce(theirs, one) == 1
    registry.open(ProjectorWanted(what="preview"))
    registry.open(ProjectorWanted(what="preview", screen=0))
    registry.open(ProjectorWanted(what="preview", screen=1))
    registry.edit("clip")
    assert asked == [("theirs", -1), ("mine", -1), ("mine", 0), ("theirs", 0), ("mine", -2)]
    mine.closing[0]()
    registry.edit("clip")
    assert asked[-1] == ("theirs", -2)
