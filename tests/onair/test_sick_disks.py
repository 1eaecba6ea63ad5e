"""Full, read-only, broken, vanished: the studio starts, says what is wrong, loses nothing."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from studio.core.errors import StudioError
from studio.show.file import KEPT, read_show, write_show
from tests.onair.peer import Peer
from tests.onair.studio import Studio, small_show
from tests.waiting import until

pytestmark = [pytest.mark.onair, pytest.mark.timeout(180)]
MB = 1 << 20


@contextlib.contextmanager
def disk(folder: Path, size: str, *, is_readonly: bool = False) -> Iterator[Path]:
    """A disk of its own; skips where mounting is not possible."""
    folder.mkdir(parents=True, exist_ok=True)
    options = f"size={size},mode=0700"
    call = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    if sys.platform != "linux" or subprocess.run(call, capture_output=True).returncode:
        pytest.skip("no disk can be mounted here")
    try:
        if is_readonly:
            subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Not a byte is left."""
    path = folder / "filler"
    with contextlib.suppress(OSError), path.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))
    return path


def show_of(number: int) -> dict[str, Any]:
    return {"schema": 1, "name": f"Show {number}", "later": "x" * 20_000}


def test_good_copies_stay_good_on_a_full_disk(tmp_path: Path) -> None:
    with disk(tmp_path / "full", "1m") as folder:
        show = folder / "a.show"
        for number in range(KEPT + 3):
            write_show(show, show_of(number))
        before = {path.name: path.read_bytes() for path in (show / "backups").iterdir()}
        assert len(before) == KEPT
        filler = fill(folder)
        for number in range(100, 120):
            with pytest.raises(StudioError):
                write_show(show, show_of(number))
        assert {path.name: path.read_bytes() for path in (show / "backups").iterdir()} == before
        assert read_show(show)[0].name == f"Show {KEPT + 2}"
        assert {path.name for path in show.iterdir()} == {"show.json", "backups"}
        # Room for the new one and not for the copy of the old one: nothing is dropped either.
        os.truncate(filler, filler.stat().st_size - 24_576)
        with pytest.raises(StudioError):
            write_show(show, show_of(200))
        assert {path.name: path.read_bytes() for path in (show / "backups").iterdir()} == before
        filler.unlink()
        write_show(show, show_of(300))
        assert read_show(show)[0].name == "Show 300"


@pytest.mark.parametrize("text", [None, "", '{"schema": 1, "name', "[]", '{"fps": "1/1000000"}'])
def test_it_starts_from_the_last_good_copy_and_says_so(tmp_path: Path, text: str | None) -> None:
    show = small_show(tmp_path / "mine.show")
    raw = json.loads((show / "show.json").read_text(encoding="utf-8"))
    write_show(show, {**raw, "name": "Older"})
    write_show(show, {**raw, "name": "Good"})
    write_show(show, {**raw, "name": "Newest"})
    (show / "backups" / "show-9999.json").write_bytes(b"")  # a copy may be broken, too
    (show / "show.json").unlink()
    if text is not None:
        (show / "show.json").write_text(text, encoding="utf-8")
    with (
        Studio(tmp_path, show=str(show)) as studio,
        Peer(studio.address, studio.key(), events=0) as here,
    ):
        view = here.run("state.get", parts=["show"])["show"]
        assert view["name"] == "Good"
        assert "backups" in view["error"]
        here.run("show.save")
        assert read_show(show)[0].name == "Good"
        kept = [path.read_text(encoding="utf-8") for path in (show / "backups").glob("broken-*")]
        if text is not None and text != '{"fps": "1/1000000"}':
            assert text in kept


def warnings(studio: Studio) -> str:
    with Peer(studio.address, studio.key(), events=0) as here:
        assert here.run_code("scenes.take", scene="Two") == ""
        view = here.run("state.get", parts=["engine"])["engine"]
        return " ".join(pair[1] for pair in view["warnings"])


def a_file(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("not a folder", encoding="utf-8")


def test_broken_keys_are_set_aside(tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.mkdir()
    with Studio(tmp_path, password=None):
        pass
    (config / "secrets.bin").write_bytes(b"broken")
    with Studio(tmp_path, password=None) as studio:
        assert "secrets.bin" in warnings(studio)
        assert (config / "secrets.bin.broken").read_bytes() == b"broken"


@pytest.mark.parametrize("name", ["data/logs", "data", "config", "data/journal.db/x"])
def test_a_file_or_folder_in_the_wrong_place_is_no_end(tmp_path: Path, name: str) -> None:
    a_file(tmp_path / name)
    with Studio(tmp_path, password=None) as studio:
        said = warnings(studio)
        assert "journal" in name or str(tmp_path / name) in said


def test_without_a_home(tmp_path: Path) -> None:
    studio = Studio(tmp_path, password=None)
    for name in ("SHOPCAST_CONFIG", "SHOPCAST_DATA", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        studio.environment.pop(name, None)
    a_file(tmp_path / "home")
    studio.environment.update(HOME=str(tmp_path / "home" / "gone"), TMPDIR=str(tmp_path))
    with studio:
        assert "gone" in warnings(studio)


@pytest.mark.parametrize("kind", ["readonly", "full"])
@pytest.mark.parametrize("name", ["config", "data"])
def test_a_disk_that_takes_nothing(tmp_path: Path, name: str, kind: str) -> None:
    with disk(tmp_path / name, "64k", is_readonly=kind == "readonly") as folder:
        if kind == "full":
            fill(folder)
        with Studio(tmp_path, password=None) as studio:
            warnings(studio)
            with Peer(studio.address, studio.key(), events=0) as here:
                added = here.run_code(
                    "outputs.add", name="far", url="rtmp://127.0.0.1:9/live", key="a-secret-key"
                )
                names = [
                    output["name"] for output in here.run("state.get", parts=["outputs"])["outputs"]
                ]
                # What is said to have failed is not there, what is said to be there is.
                assert ("far" in names) == (added == "")


def test_previews_need_room_and_nothing_falls(tmp_path: Path) -> None:
    with disk(tmp_path / "run", "1m") as folder, Studio(tmp_path, password=None) as studio:
        fill(folder)
        with Peer(studio.address, studio.key(), events=0) as here:
            for _ in range(5):
                code = here.run_code("view.open", what="programme", width=320)
                assert code == "remote.no_room"
            assert here.run_code("scenes.take", scene="Two") == ""
        assert not list(folder.glob("*.pic"))
        assert studio.process.poll() is None


def test_a_runtime_folder_that_is_full_from_the_start(tmp_path: Path) -> None:
    with disk(tmp_path / "run", "64k") as folder:
        fill(folder)
        with Studio(tmp_path, password="a password") as studio:  # noqa: SIM117 - an address
            with Peer(studio.address, "a password", events=0) as owner:
                assert owner.run_code("scenes.take", scene="Two") == ""
                warned = owner.run("state.get", parts=["engine"])["engine"]["warnings"]
                assert any("remote.json" in pair[1] for pair in warned)


def test_a_recording_whose_disk_folder_or_file_vanishes_is_told_and_another_begins(
    tmp_path: Path,
) -> None:
    def remove(file: Path) -> None:
        file.unlink()

    def move(file: Path) -> None:
        file.parent.rename(file.parent.with_name("moved"))

    def pull(file: Path) -> None:
        subprocess.run(["umount", "-l", str(file.parent)], check=True)

    with (
        Studio(tmp_path, password=None) as studio,
        Peer(studio.address, studio.key(), events=0) as here,
    ):

        def recording(name: str) -> dict[str, Any]:
            rows = here.run("state.get", parts=["outputs"])["outputs"]
            return next((row for row in rows if row["name"] == name), {"state": ""})

        for number, vanish in enumerate((remove, move, pull)):
            folder, name = tmp_path / f"to {number}", f"record {number}"
            folder.mkdir()
            call = ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(folder)]
            if vanish is pull and subprocess.run(call, capture_output=True).returncode:
                continue
            here.run("outputs.add", name=name, url=str(folder / "a.mkv"))
            here.run("outputs.start", name=name)
            until(lambda of=name: recording(of)["state"] == "recording", f"{name} records", 20)
            vanish(folder / "a.mkv")
            until(lambda of=name: recording(of)["state"] == "failed", f"{name} is told", 10)
            assert recording(name)["reason"]["key"] == "outputs.file_gone"
            assert str(folder / "a.mkv") in str(recording(name)["reason"])
            folder.mkdir(exist_ok=True)
            here.run("outputs.start", name=name)
            until(lambda of=name: recording(of)["state"] == "recording", f"{name} records", 20)
            here.run("outputs.stop", name=name, confirm=True)
            assert (folder / "a.mkv").stat().st_size
        assert here.run_code("scenes.take", scene="Two") == ""
