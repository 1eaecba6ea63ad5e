"""Outputs by command: added, refused with reasons, recorded; keys stay secret."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from studio.core.command import Bus, Role
from studio.core.errors import StudioError
from studio.core.event import Event, Events
from studio.core.state import State
from studio.encoding.model import AudioSettings, VideoSettings
from studio.outputs.commands import OutputCommands
from studio.outputs.pipeline import OutputPipeline
from studio.outputs.recording_folder import RecordingFolder
from studio.sender.model import OutputSettings


class Keys:
    """A store in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    def get(self, name: str) -> str | None:
        return self.kept.get(name)

    def set(self, name: str, value: str) -> None:
        self.kept[name] = value

    def delete(self, name: str) -> None:
        self.kept.pop(name, None)


class Desk:
    """A bus with the outputs on it."""

    def __init__(self, folder: Path) -> None:
        self.events = Events()
        self.seen: list[Event] = []
        self.events.on_all(self.seen.append)
        self.state = State(self.events, lambda call: call())
        self.bus = Bus(self.events, self.state)
        self.keys = Keys()
        self.pipeline = OutputPipeline(
            {"landscape": VideoSettings(width=320, height=180)}, AudioSettings(), folder
        )
        self.commands = OutputCommands(
            self.pipeline,
            self.events.publish,
            self.state.touch,
            self.keys,
            RecordingFolder(folder),
        )
        self.bus.add(self.commands)
        self.state.add("outputs", self.commands.view)

    def run(self, id: str, **args: Any) -> Any:
        return asyncio.run(self.bus.run(id, args)).result


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_the_key_in_the_address_is_moved_and_hidden(desk: Desk) -> None:
    desk.run("outputs.add", name="抖音", url="rtmp://h/live/SECRETKEY?s=SECRET2")
    assert desk.commands.settings() == [
        OutputSettings(name="抖音", kind="rtmp", url="rtmp://h/live")
    ]
    assert desk.keys.kept == {"output/抖音/key": "SECRETKEY?s=SECRET2"}
    told = repr(desk.run("outputs.list")) + repr(desk.seen) + repr(desk.state.get())
    assert "SECRET" not in told
    assert desk.run("outputs.list")[0]["shown_url"] == "rtmp://h/live/••••"


@pytest.mark.parametrize(
    "given",
    [
        {"url": "rtmp://h/live/SECRETKEY", "key": "SECRETKEY"},
        {"url": "rtmp://h/live/SECRETKEY?s=SECRET2", "key": "SECRETKEY"},
        {"url": "rtmp://h/live?token=SECRET3", "key": "SECRETKEY"},
        {"url": "rtmp://h/live?token=SECRET3"},
        {"url": "rtmp://h/live/SECRETKEY", "backup_url": "rtmp://g/live?token=SECRET4"},
    ],
)
def test_no_secret_of_an_address_is_kept_in_a_show(desk: Desk, given: dict[str, str]) -> None:
    desk.run("outputs.add", name="a", **given)
    told = repr(desk.run("outputs.list")) + repr(desk.seen) + repr(desk.state.get())
    assert "SECRET" not in repr(desk.commands.settings()) + told
    assert "SECRET" in repr(desk.keys.kept)


def test_a_new_key_leaves_the_query_of_the_application(desk: Desk) -> None:
    desk.run("outputs.add", name="a", url="rtmp://h/live?token=x", key="k1")
    desk.run("outputs.edit", name="a", key="k2")
    assert desk.pipeline.destinations.keys("a")[0] == "?token=x k2"
    desk.run("outputs.edit", name="a", url="rtmp://g/live")
    assert desk.pipeline.destinations.keys("a")[0] == "k2"


def test_the_query_in_an_older_show_is_kept_with_the_key(desk: Desk) -> None:
    desk.keys.kept["output/a/key"] = "k"
    desk.commands.load([OutputSettings(name="a", url="rtmp://h/live?token=x")])
    assert desk.commands.settings()[0].url == "rtmp://h/live"
    assert desk.keys.kept == {"output/a/key": "?token=x k"}


def test_a_show_opens_though_a_disk_is_gone(desk: Desk, tmp_path: Path) -> None:
    gone = str(tmp_path / "gone" / "x.mkv")
    desk.commands.load([OutputSettings(name="usb", kind="file", url=gone)])
    assert desk.pipeline.destinations.names() == ["usb"]
    with pytest.raises(StudioError, match="gone"):
        desk.run("outputs.start", name="usb")


def test_one_that_cannot_start_keeps_no_other(desk: Desk, tmp_path: Path) -> None:
    desk.run("outputs.add", name="keyless", url="rtmp://127.0.0.1:9/live")
    desk.run("outputs.add", name="good", url="rtmp://127.0.0.1:9/live", key="k")
    with pytest.raises(StudioError) as caught:
        desk.run("outputs.start")
    assert caught.value.key == "outputs.some_started"
    assert caught.value.params["started"] == "good"
    assert "密钥" in caught.value.in_language("zh")
    assert desk.pipeline.destinations.running() == ["good"]
    desk.pipeline.stop("good")


def test_a_show_finds_its_keys_again(desk: Desk, tmp_path: Path) -> None:
    desk.keys.kept["output/a/key"] = "kept-key"
    desk.commands.load([OutputSettings(name="a", url="rtmp://h/live")])
    assert desk.pipeline.destinations.keys("a") == ("kept-key", "")


@pytest.mark.parametrize(
    ("args", "key"),
    [
        ({"url": "http://h/a/k"}, "outputs.address_scheme"),
        ({"url": "rtmp://h"}, "outputs.address_app"),
        ({"url": ""}, "outputs.no_url"),
        ({"url": "/nowhere/at/all/film.mkv"}, "outputs.no_folder"),
        ({"url": "film.avi"}, "outputs.file_kind"),
        ({"url": "rtmp://h/a/k", "canvas": "portrait"}, "outputs.no_canvas"),
        ({"url": "rtmps://h/a/k", "ca_file": "/no/ca.pem"}, "outputs.ca_file"),
        ({"url": "rtmps://h/a/k", "ca_file": __file__}, "outputs.ca_file"),
        ({"url": "rtmp://me:word@h/a/k"}, "outputs.address_user"),
        ({"url": "rtmp://h/a/abcdef123456", "key": "other"}, "outputs.two_keys"),
        ({"url": "rtmp://h/a/k", "name": "Record"}, "outputs.name_reserved"),
        ({"url": "rtmp://h/a/k", "name": "two\nlines"}, "names.sign"),
        ({"url": "rtmp://h/a/k", "bitrate_kbps": 1}, "outputs.range"),
        ({"url": "rtmp://h/a/k", "short_side": 17}, "outputs.range"),
    ],
)
def test_bad_input_is_said_before_air(desk: Desk, args: dict[str, str], key: str) -> None:
    with pytest.raises(StudioError) as caught:
        desk.run("outputs.add", **{"name": "x", **args})
    assert caught.value.key == key
    assert caught.value.in_language("zh") != caught.value.in_language("en")
    assert "{" not in caught.value.in_language("en")
    assert desk.pipeline.destinations.names() == []


def test_what_cannot_be_is_refused(desk: Desk) -> None:
    desk.run("outputs.add", name="x", url="rtmp://127.0.0.1:9/live")
    for id, args, key in (
        ("outputs.add", {"name": "x", "url": "rtmp://h/a/k"}, "outputs.name_taken"),
        ("outputs.start", {"name": "x"}, "outputs.no_key"),
        ("outputs.start", {"name": "y"}, "outputs.unknown"),
        ("outputs.retry", {"name": "x"}, "outputs.not_running"),
        ("outputs.stop", {"name": "x", "confirm": True}, "outputs.not_running"),
        ("outputs.stop", {"confirm": True}, "outputs.none_to_stop"),
        ("outputs.stop", {"name": "x"}, "command.confirm"),
        ("record.stop", {}, "outputs.not_running"),
    ):
        with pytest.raises(StudioError) as caught:
            desk.run(id, **args)
        assert caught.value.key == key, id


def test_an_edit_has_the_same_range(desk: Desk) -> None:
    desk.run("outputs.add", name="x", url="rtmp://h/a/k", bitrate_kbps=100, short_side=90)
    for given in ({"bitrate_kbps": 99}, {"short_side": 89}):
        with pytest.raises(StudioError) as caught:
            desk.run("outputs.edit", name="x", **given)
        assert caught.value.key == "outputs.range"
        assert "or 0" in caught.value.in_language("en")
    assert desk.commands.settings()[0].bitrate_kbps == 100
    desk.run("outputs.edit", name="x", bitrate_kbps=0, short_side=0)


def test_edit_keeps_what_is_not_given(desk: Desk) -> None:
    desk.run("outputs.add", name="x", url="rtmp://h/a/old-key", backup_url="rtmp://b/a/k2")
    desk.run("outputs.edit", name="x", url="rtmps://other/a")
    settings = desk.commands.settings()[0]
    assert (settings.url, settings.backup_url) == ("rtmps://other/a", "rtmp://b/a")
    assert desk.pipeline.destinations.keys("x") == ("old-key", "k2")
    desk.run("outputs.remove", name="x", confirm=True)
    assert desk.keys.kept == {}
    assert desk.commands.settings() == []


def test_going_live_needs_a_controller_and_settings_a_technician() -> None:
    from studio.core.command import specs_of

    roles = {spec.id: spec.role for spec, _ in specs_of(OutputCommands)}
    assert roles["outputs.start"] is Role.CONTROLLER
    assert roles["outputs.add"] is Role.TECHNICIAN
    assert roles["outputs.list"] is Role.VIEWER
    assert {s.id: s.secret_args for s, _ in specs_of(OutputCommands)}["outputs.add"] >= {"key"}


def test_record_by_command(desk: Desk, tmp_path: Path) -> None:
    loop_of: list[asyncio.AbstractEventLoop] = []

    async def job() -> dict[str, Any]:
        loop_of.append(asyncio.get_running_loop())
        started = (await desk.bus.run("record.start")).result
        deadline = loop_of[0].time() + 10
        while loop_of[0].time() < deadline:
            status = (await desk.bus.run("record.status")).result
            if status["state"] == "standby" and status["packets"] > 30:
                break
            await asyncio.sleep(0.02)
        assert status["state"] == "standby", status
        with pytest.raises(StudioError, match="running"):
            await desk.bus.run("record.start")
        stopped = (await desk.bus.run("record.stop")).result
        assert stopped["file"] == started["file"]
        again = (await desk.bus.run("record.start", {"file": started["file"]})).result
        await desk.bus.run("record.stop")
        assert again["output"] == "record"
        return dict(stopped)

    work: Callable[[], Coroutine[Any, Any, dict[str, Any]]] = job
    file = Path(asyncio.run(work())["file"])
    assert file.parent == tmp_path
    assert file.stat().st_size > 1000


def test_nothing_starts_on_a_canvas_that_is_off(desk: Desk) -> None:
    desk.commands.is_composed = lambda canvas: False
    desk.run("outputs.add", name="a", url="rtmp://127.0.0.1:1/live", key="k")
    for call in ({"id": "outputs.start", "name": "a"}, {"id": "record.start"}):
        with pytest.raises(StudioError, match="landscape") as caught:
            desk.run(**call)
        assert (caught.value.code, caught.value.key) == ("conflict", "outputs.canvas_off")
    assert desk.pipeline.destinations.canvases() == set()


def test_another_address_brings_its_key(desk: Desk) -> None:
    desk.run("outputs.add", name="a", url="rtmp://one/live", key="first")
    desk.run("outputs.edit", name="a", url="rtmp://two/live")
    assert desk.pipeline.destinations.keys("a")[0] == "first", "no key in it: the old one stays"
    desk.run("outputs.edit", name="a", url="rtmp://three/live/second")
    assert desk.pipeline.destinations.keys("a")[0] == "second"
    assert desk.pipeline.destinations.settings("a").url == "rtmp://three/live"


def test_a_canvas_no_encoder_can_do_is_said_before_air(tmp_path: Path) -> None:
    made = OutputPipeline(
        {"landscape": VideoSettings(width=17_000, height=16)}, AudioSettings(), tmp_path
    )
    made.destinations.add(OutputSettings(name="a", url="rtmp://one/live"), "k")
    try:
        with pytest.raises(StudioError) as said:
            made.ready("a")
    finally:
        made.close()
    assert said.value.key == "outputs.no_encoder"
    for language in ("zh", "en"):
        assert "17000×16" in said.value.in_language(language)


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("http://example.invalid/live", "outputs.address_scheme"),
        ("rtmp:///live", "outputs.address_host"),
        ("rtmp://host:99999/live", "outputs.address_port"),
        ("rtmp://host", "outputs.address_app"),
        ("rtmp://host/li ve", "outputs.address_space"),
        ("/nowhere/at/all.mkv", "outputs.no_folder"),
        ("film.txt", "outputs.file_kind"),
    ],
)
def test_what_is_wrong_is_said_when_it_is_added(desk: Desk, url: str, key: str) -> None:
    with pytest.raises(StudioError) as said:
        desk.run("outputs.add", name="a", url=url, key="the-key")
    assert said.value.key == key
    assert "the-key" not in str(said.value)
    assert said.value.in_language("zh") != said.value.in_language("en")


def test_the_folder_of_recordings(desk: Desk, tmp_path: Path) -> None:
    other = tmp_path / "other disk"
    other.mkdir()
    before = desk.run("record.folder")["folder"]
    desk.run("record.folder", path=str(other))
    assert desk.run("record.folder")["folder"] == str(other) != before
    assert RecordingFolder().path == other  # in the next run too
    with pytest.raises(StudioError) as said:
        desk.run("record.folder", path=str(tmp_path / "not there"))
    assert said.value.key == "outputs.no_folder"
    assert desk.run("record.folder")["folder"] == str(other)


def test_a_file_without_a_place_lies_with_the_recordings(desk: Desk, tmp_path: Path) -> None:
    desk.run("outputs.add", name="film", url="film.mkv")
    assert desk.commands.settings()[0].url == str(tmp_path / "film.mkv")


@pytest.mark.parametrize(
    ("file", "key"),
    [
        ("x.txt", "outputs.file_kind"),
        ("no/where/x.mp4", "outputs.no_folder"),
        ("there.mp4", "outputs.file_there"),
    ],
)
def test_a_replay_goes_over_no_other_file(desk: Desk, tmp_path: Path, file: str, key: str) -> None:
    desk.bus.add(desk.commands.film)
    (tmp_path / "there.mp4").write_bytes(b"dear")
    with pytest.raises(StudioError) as caught:
        desk.run("replay.save", file=file)
    assert caught.value.key == key
    assert (tmp_path / "there.mp4").read_bytes() == b"dear"


def test_an_edit_can_be_taken_back_unless_a_key_is_in_it(desk: Desk) -> None:
    desk.run("outputs.add", name="a", url="rtmp://h/live/SECRET1", bitrate_kbps=3000)
    edit = {"name": "a", "bitrate_kbps": 2000, "codec": "hevc"}
    undo = asyncio.run(desk.bus.run("outputs.edit", edit)).undo
    assert undo == ("outputs.edit", {"name": "a", "bitrate_kbps": 3000, "codec": "h264"})
    desk.run(undo[0], **undo[1])
    assert desk.commands.settings()[0].bitrate_kbps == 3000
    assert asyncio.run(desk.bus.run("outputs.edit", {"name": "a", "key": "k2"})).undo is None
