"""Whatever names a file, a folder or an address goes through the one door for places."""

from __future__ import annotations

import asyncio
import functools
import importlib
import json
import os
import pkgutil
import re
import sys
from pathlib import Path
from typing import Any

import pytest

import studio
from studio.core.asking import Asker, asked_by
from studio.core.command import Bus, Role, Spec, command, specs_of
from studio.core.errors import StudioError
from studio.core.event import Events
from studio.core.paths import config_dir, data_dir, runtime_dir
from studio.core.places import (
    ADDRESS_KEYS,
    FILE_KEYS,
    FILE_WIDGETS,
    Place,
    PlaceDoor,
    marks_of,
)
from studio.core.state import State
from tests.contract.test_contract import KINDS

SOUNDS_LIKE = re.compile(
    r"path|file|folder|(^|_)dir|url|address|image|picture|photo|asset|music|logo|slate|film$|(^|_)host"
)
NOT_PLACES = {("show.import_obs", "base_width")}


@functools.cache
def all_commands() -> list[Spec]:
    """Of every class of the program, so that a new one is looked at as well."""
    for other_module in pkgutil.walk_packages(studio.__path__, "studio."):
        if not other_module.name.endswith("__main__"):
            importlib.import_module(other_module.name)
    specs: dict[str, Spec] = {}
    for name, module in list(sys.modules.items()):
        if name.startswith("studio"):
            for value in list(vars(module).values()):
                if isinstance(value, type):
                    specs |= {spec.id: spec for spec, _ in specs_of(value)}
    return [specs[id] for id in sorted(specs)]


COMMANDS = [pytest.param(spec, id=spec.id) for spec in all_commands()]
MARKED = [
    pytest.param(spec, name, use, id=f"{spec.id}-{name}")
    for spec in all_commands()
    for name, use in marks_of(spec.schema()).items()
    if use != "data"
]


@pytest.fixture
def door(tmp_path: Path) -> PlaceDoor:
    for folder in ("mine.show", "recordings", "media"):
        (tmp_path / folder).mkdir()
    return PlaceDoor(
        show=lambda: tmp_path / "mine.show",
        recordings=lambda: tmp_path / "recordings",
        chosen=lambda: [str(tmp_path / "media")],
        hosts=lambda: ["10.1.2.0/24", "nas"],
        recent=lambda: [str(tmp_path / "mine.show")],
        shown=lambda: {"sources": [{"settings": {"path": "/films/opening.mp4"}}]},
    )


def refused(door: PlaceDoor, spec: Any, args: dict[str, Any], *, is_here: bool = False) -> str:
    """The key of the refusal; "" when it is let through."""
    return asyncio.run(refusal(door, spec, args, is_here=is_here))


async def refusal(
    door: PlaceDoor, spec: Any, args: dict[str, Any], *, is_here: bool = False
) -> str:
    """The same, on a loop that runs."""
    with asked_by(Asker(Role.OWNER, is_here)):
        try:
            await door.check(spec, args)
        except StudioError as error:
            return error.key
    return ""


@pytest.mark.parametrize("spec", COMMANDS)
def test_an_argument_that_sounds_like_a_place_is_marked(spec: Spec) -> None:
    for name, shape in spec.schema().get("properties", {}).items():
        is_text = any(word in json.dumps(shape) for word in ('"string"', "$ref"))
        if is_text and SOUNDS_LIKE.search(name) and "enum" not in json.dumps(shape):
            if spec.id == "remote.places":  # says which places there are; at this machine only
                continue
            assert "x-place" in shape, f"{spec.id} {name}: Annotated[…, names_place(…)]"


@pytest.mark.parametrize("kind", KINDS)
def test_a_setting_that_sounds_like_a_place_is_marked(kind: Any) -> None:
    for name, shape in kind.schema().get("properties", {}).items():
        widget, text = shape.get("x-widget", ""), json.dumps(shape)
        if widget in FILE_WIDGETS:
            assert name in FILE_KEYS, f"{kind.kind} {name}: add it to FILE_KEYS"
        if widget == "address":
            assert name in ADDRESS_KEYS, f"{kind.kind} {name}: add it to ADDRESS_KEYS"
        if '"string"' in text and "enum" not in text and SOUNDS_LIKE.search(name):
            assert widget in FILE_WIDGETS | {"address"}, f"{kind.kind} {name}: no widget"


HOSTILE = (
    "/etc/shadow", "/etc/passwd.png", "/proc/self/environ", "/dev/zero", "/sys/kernel/notes",
    "../../../../../../etc/shadow", "~/.ssh/id_rsa", "~root/.bashrc", "CONFIG/secrets.key",
    "RUNTIME/remote.json", "DATA/logs/engine.log", "media/link.png", "media/linked/x.mp4",
    "rtmp://../../../../../../../../etc/x.mkv", "file:///etc/passwd", "a\0b", "/", "//host/share/x",
)  # fmt: skip


@pytest.mark.parametrize(("spec", "name", "use"), MARKED)
def test_no_caller_from_elsewhere_gets_out(
    door: PlaceDoor, tmp_path: Path, spec: Spec, name: str, use: str
) -> None:
    if use == "address":
        return
    os.symlink("/etc/passwd", tmp_path / "media" / "link.png")
    os.symlink("/etc", tmp_path / "media" / "linked")

    async def try_all() -> None:
        for value in HOSTILE:
            for word, folder in (
                ("CONFIG", config_dir()), ("RUNTIME", runtime_dir()), ("DATA", data_dir()),
                ("media/", f"{tmp_path}/media/"),
            ):  # fmt: skip
                value = value.replace(word, str(folder), 1) if value.startswith(word) else value
            if value == "file:///etc/passwd" and not use.startswith("output"):
                value = "file:/../../../../../../../../../etc/passwd"
            if value.startswith("file://") and door.is_within(Place(use, name, value)):
                continue  # a plain name below the recordings
            assert await refusal(door, spec, {name: value}) == "places.denied", value
            assert not await refusal(door, spec, {name: value}, is_here=True)

    asyncio.run(try_all())


@pytest.mark.parametrize("key", sorted(FILE_KEYS))
@pytest.mark.parametrize("value", ["/etc/shadow", ["/etc/shadow"], ["a", ["/proc/self/environ"]]])
def test_nested_settings_are_looked_into(door: PlaceDoor, key: str, value: Any) -> None:
    spec = next(
        other_command for other_command in all_commands() if other_command.id == "sources.put_back"
    )
    assert refused(door, spec, {"spec": {"settings": {key: value}}}) == "places.denied"
    deep = {"spec": {"filters": [{"settings": {"more": [{key: value}]}}]}}
    assert refused(door, spec, deep) == "places.denied"


def test_what_the_show_has_is_let_through(door: PlaceDoor, tmp_path: Path) -> None:
    add = next(
        other_command for other_command in all_commands() if other_command.id == "sources.add"
    )
    start = next(
        other_command for other_command in all_commands() if other_command.id == "record.start"
    )
    for value in ("media/a.png", str(tmp_path / "media" / "a.png"), "/films/opening.mp4"):
        assert not refused(door, add, {"settings": {"path": value}}), value
    assert refused(door, add, {"settings": {"path": "/films/other.mp4"}})
    assert not refused(door, start, {"file": "evening.mkv"})
    assert not refused(door, start, {"file": str(tmp_path / "recordings" / "evening.mkv")})
    assert refused(door, start, {"file": "/films/opening.mp4"})
    assert refused(door, start, {"file": str(tmp_path / "mine.show" / "show.json")})


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:4455/", "http://localhost/", "rtsp://10.0.0.1/", "http://[::1]/",
        "http://169.254.169.254/latest", "http://192.168.1.1/", "http://[::ffff:127.0.0.1]/",
        "http://router/", "http://printer.local/", "http://2130706433/", "http://0x7f.1/",
        "http://0/", "http://user@127.0.0.1/", "http://[fe80::1]/", "http://100.64.0.1/",
        "http://LOCALHOST./", "tcp://0.0.0.0:1/", "http://[64:ff9b::7f00:1]/",
    ],
)  # fmt: skip
def test_inner_addresses_are_asked_for(door: PlaceDoor, url: str) -> None:
    add = next(
        other_command for other_command in all_commands() if other_command.id == "sources.add"
    )
    assert refused(door, add, {"settings": {"url": url}}) in ("places.inner", "places.no_address")
    assert not refused(door, add, {"settings": {"url": url}}, is_here=True)


def test_outer_and_allowed_addresses_are_let_through(door: PlaceDoor) -> None:
    add = next(
        other_command for other_command in all_commands() if other_command.id == "sources.add"
    )
    for url in ("rtsp://8.8.8.8/live", "http://10.1.2.3/cam", "http://nas/film.mp4"):
        assert not refused(door, add, {"settings": {"url": url}}), url


def test_nobody_gains_right_or_place_by_asking_through_another() -> None:
    seen: list[str] = []

    class Steps:
        @command("test.write", role=Role.TECHNICIAN, label=("写", "w"), help=("写。", "W."))
        def write(self) -> None:
            seen.append("written")

        @command("test.plan", role=Role.CONTROLLER, label=("跑", "r"), help=("跑。", "R."))
        async def plan(self) -> None:
            async def later() -> None:
                await bus.run("test.write", origin="plan:x")

            await asyncio.create_task(later())

    async def run() -> Bus:
        nonlocal bus
        bus = Bus(Events(), State(Events(), lambda call: None))
        bus.add(Steps())
        with pytest.raises(StudioError) as fault:
            await bus.run("test.plan", role=Role.CONTROLLER, is_here=False)
        assert fault.value.code == "denied"
        await bus.run("test.plan")
        return bus

    bus: Bus = None  # type: ignore[assignment]
    asyncio.run(run())
    assert seen == ["written"]
