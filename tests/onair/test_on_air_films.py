"""A film that starts over on air: it waits in preview, plays from its start once it is taken."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.onair.door import Door
from tests.onair.studio import Studio
from tests.waiting import until

pytestmark = pytest.mark.onair


def media(door: Door) -> tuple[str, int]:
    """What it does, and where it is, ms."""
    said = door.request("GetMediaInputStatus", {"inputName": "clip"})["responseData"]
    return said["mediaState"].removeprefix("OBS_MEDIA_STATE_").lower(), said["mediaCursor"]


def test_it_starts_with_the_take_and_is_wound_back(tmp_path: Path) -> None:
    with Studio(tmp_path) as studio, Door(studio.address) as door:
        door.run("sources.edit", name="clip", settings={"on_show": "on_air"})
        door.run("scenes.preview", scene="Two")
        until(lambda: media(door)[0] == "stopped", "it waits in preview")
        for _ in range(2):
            assert media(door)[1] == 0
            door.run("scenes.take", scene="Two")
            until(lambda: media(door)[0] == "playing", "it plays on programme")
            until(lambda: media(door)[1] > 200, "it goes on")
            door.run("scenes.take", scene="One")
            until(lambda: media(door)[0] == "stopped", "it has left programme")
            until(lambda: media(door)[1] == 0, "it is wound back")


def test_what_plays_on_air_alone_goes_on_where_it_was(tmp_path: Path) -> None:
    with Studio(tmp_path) as studio, Door(studio.address) as door:
        door.run("sources.edit", name="clip", settings={"on_show": "on_air_pause"})
        door.run("scenes.preview", scene="Two")
        until(lambda: media(door)[0] == "paused", "it waits in preview")
        reached = 0
        for _ in range(2):
            door.run("scenes.take", scene="Two")
            until(lambda: media(door)[0] == "playing", "it plays on programme")
            until(lambda before=reached: media(door)[1] > before + 200, "it goes on")
            door.run("scenes.take", scene="One")
            until(lambda: media(door)[0] == "paused", "it has left programme")
            reached = media(door)[1]
            assert reached > 0


def test_a_film_that_has_ended_plays_again(tmp_path: Path) -> None:
    """Paused and played, as somebody does who does not know that it is over."""
    with Studio(tmp_path) as studio, Door(studio.address) as door:
        door.run("sources.edit", name="clip", settings={"loop": False, "out_ms": 500})
        door.run("scenes.take", scene="Two")
        until(lambda: media(door)[0] == "ended", "it is over")
        door.run("sources.media", name="clip", action="pause")
        door.run("sources.media", name="clip", action="play")
        until(lambda: media(door)[0] == "playing", "it plays again")
