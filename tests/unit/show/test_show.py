"""A show is never lost: not by a broken file, not by a full disk, not by a crash while saving."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path
from typing import ClassVar

import pytest

from studio.app.check import check
from studio.app.check import read as open_show
from studio.core.errors import StudioError
from studio.core.service import Service
from studio.core.services import Services
from studio.show.checkpoint import Checkpointer, forget, recall
from studio.show.file import KEPT, demo_show, read_show, write_show
from studio.show.keeper import ShowCommands, ShowRepository


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "我的.show"
    write_show(path, {"schema": 1, "name": "我的", "scenes": {"scenes": [{"name": "a"}]}})
    return path


def test_the_demo_show_is_whole():
    show = open_show(None)
    assert len(show.parts["scenes"].scenes) >= 4
    assert len(show.parts["shop"].products) >= 3
    for source in show.parts["sources"]:
        path = source.settings.get("path")
        assert path is None or (show.folder / path).is_file(), path
    for product in show.parts["shop"].products:
        assert (show.folder / product.photo).is_file()
        assert product.try_on is None or (show.folder / product.try_on.asset).is_file()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1"),
        ('{"name": "x",}', "column"),
        ("[]", "not an object"),
        ('{"scenes": {"scenes": [{"items": []}]}}', "name"),
        ('{"scenes": {"scenes": 3}}', "scenes"),
        ('{"shop": {"products": [{"id": "a"}]}}', "shop.products[0]"),
        ('{"shop": {"products": [{"id":"a","number":1,"name":"n","price_cents":-1}]}}', ">= 0"),
        ('{"fps": "0"}', "fps"),
        ('{"fps": "fast"}', "fast"),
        ('{"schema": 99}', "newer"),
        ('{"schema": 1, "canvases": {"landscape": [1281, 721]}}', "multiple of 2"),
    ],
)
def test_a_broken_show_says_where_and_is_not_touched(folder, text, said):
    file = folder / "show.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(StudioError) as caught:
        open_show(folder)
    assert caught.value.code == "invalid"
    assert said in caught.value.in_language("en")
    assert file.read_text(encoding="utf-8") == text


def test_a_show_that_is_not_there(tmp_path):
    with pytest.raises(StudioError) as caught:
        open_show(tmp_path / "no.show")
    assert caught.value.code == "not_found"


def test_what_is_not_known_is_kept(folder):
    raw = json.loads((folder / "show.json").read_text(encoding="utf-8"))
    raw |= {"later": {"a": 1}, "sources": [{"name": "x", "kind": "hologram", "settings": {"z": 9}}]}
    write_show(folder, raw)
    keeper = ShowRepository(open_show(folder), lambda: {})
    keeper.save()
    again = json.loads((folder / "show.json").read_text(encoding="utf-8"))
    assert again["later"] == {"a": 1}
    assert again["sources"][0]["settings"] == {"z": 9}


def test_the_last_ten_are_kept(folder):
    for number in range(15):
        write_show(folder, {"schema": 1, "name": f"n{number}"})
    backups = sorted((folder / "backups").glob("*.json"))
    assert 1 <= len(backups) <= KEPT
    assert not list(folder.glob(".show-*"))


def test_saving_the_same_makes_no_backup(folder):
    _, raw = read_show(folder)
    write_show(folder, raw)
    assert not (folder / "backups").exists()


def test_a_save_that_fails_leaves_the_old_file(folder, monkeypatch):
    before = (folder / "show.json").read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StudioError, match="No space left"):
        write_show(folder, {"schema": 1, "name": "other"})
    assert (folder / "show.json").read_bytes() == before


def test_the_demo_is_saved_elsewhere_with_its_media(tmp_path):
    keeper = ShowRepository(open_show(None), lambda: {"shop": {"products": []}})
    with pytest.raises(StudioError) as caught:
        keeper.save()
    assert caught.value.key == "show.readonly"
    commands = ShowCommands(keeper)
    asyncio.run(commands.save_as(str(tmp_path / "mine")))
    mine = open_show(tmp_path / "mine.show")
    assert mine.parts["shop"].products == ()
    assert (tmp_path / "mine.show" / "media" / "host.mp4").is_file()
    with pytest.raises(StudioError):
        asyncio.run(commands.save_as(str(tmp_path / "mine.show")))
    assert demo_show().is_dir()


def test_the_check_names_a_broken_plan(folder):
    (folder / "plans").mkdir()
    (folder / "plans" / "mine.json").write_text('{"id": "mine"', encoding="utf-8")
    (found,) = [entry for entry in check(folder) if entry.place == "plans"]
    assert "mine.json" in found.text
    assert not found.is_fatal


def test_a_copy_stands_alone(tmp_path):
    far = tmp_path / "far"
    far.mkdir()
    (far / "host.mp4").write_bytes(b"clip")
    demo = open_show(None)
    raw = {**demo.raw, "sources": [*demo.raw["sources"]]}
    raw["sources"].append(
        {"name": "远", "kind": "clip", "settings": {"path": str(far / "host.mp4")}}
    )
    keeper = ShowRepository(demo, lambda: raw)
    asyncio.run(ShowCommands(keeper).save_as(str(tmp_path / "mine")))
    mine = open_show(tmp_path / "mine.show")
    assert (mine.folder / mine.parts["sources"][-1].settings["path"]).read_bytes() == b"clip"
    assert (
        mine.parts["sources"][-1].settings["path"] == "media/host-2.mp4"
    )  # the demo has a host.mp4
    worn = mine.parts["shop"].products[0].try_on
    assert worn is not None
    assert (mine.folder / worn.asset).resolve().is_relative_to(mine.folder.resolve())
    assert check(mine.folder) == []
    assert raw["sources"][-1]["settings"]["path"] == str(far / "host.mp4")


def test_what_is_on_air_is_recalled():
    class Remembers(Service):
        name = "one"
        Checkpoint = dict[str, str]
        kept: ClassVar[dict[str, str]] = {"landscape": "主播"}

        def checkpoint(self):
            return self.kept

    keeper = Checkpointer(Services((Remembers(),)), Path("some.show"))
    first = keeper.update()
    Remembers.kept = {"landscape": "特写"}
    keeper.write(keeper.update(["one"]))
    keeper.write(first)  # a thread that comes late overwrites nothing
    kept = recall()
    assert kept is not None
    assert (kept.show, kept.parts) == ("some.show", {"one": {"landscape": "特写"}})
    forget()
    assert recall() is None


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ({"scenes": {"scenes": [{"name": "a"}, {"name": "a"}]}}, "scenes: a: more than once"),
        ({"sources": [{"name": "q", "kind": "colour"}] * 2}, "sources: q: more than once"),
        ({"scenes": {"scenes": [{"name": "a", "colour": "zz"}]}}, "colour 'zz'"),
    ],
)
def test_what_would_fail_half_way_is_found_at_reading(tmp_path, raw, said):
    path = tmp_path / "x.show"
    write_show(path, {"schema": 1, "name": "x", **raw})
    with pytest.raises(StudioError, match=said):
        open_show(path)


def test_what_was_collected_first_is_not_saved_last(folder):
    """A save in a thread that comes late does not undo the one made since."""
    brand = ["old"]
    keeper = ShowRepository(open_show(folder), lambda: {"note": brand[0]})
    late = keeper.collected()
    brand[0] = "new"
    keeper.save()
    late()
    assert json.loads((folder / "show.json").read_text("utf-8"))["note"] == "new"


class Room:
    """A show open in one studio, with one thing that can be edited."""

    def __init__(self, folder):
        self.part = {"word": ""}
        self.keeper = ShowRepository(open_show(folder), lambda: {"note": dict(self.part)})

    def save(self, word):
        self.part["word"] = word
        self.keeper.save()


def word_in(folder):
    return json.loads((folder / "show.json").read_text(encoding="utf-8"))["note"]["word"]


def test_two_studios_on_one_show_lose_nothing_silently(folder):
    one, two = Room(folder), Room(folder)
    one.save("one")
    one.save("one again")  # what one wrote itself is no change from elsewhere
    for _ in range(3):
        with pytest.raises(StudioError) as fault:
            two.save("two")
        assert (fault.value.code, fault.value.key) == ("conflict", "show.changed_elsewhere")
    assert word_in(folder) == "one again"
    two.keeper.take_over()
    two.save("two")
    assert word_in(folder) == "two"
    kept = [path.read_text(encoding="utf-8") for path in (folder / "backups").glob("*.json")]
    assert any("one again" in text for text in kept), "the other's edits are in a copy"
    with pytest.raises(StudioError):
        one.save("one once more")
    one.keeper.show = open_show(folder)  # opened again
    one.save("one at last")
    assert word_in(folder) == "one at last"
    shown = one.keeper.show
    one.keeper.show = open_show(None)  # another show, and back to this one, which is not read anew
    one.keeper.show = shown
    one.save("one for good")
    assert word_in(folder) == "one for good"
    with pytest.raises(StudioError):
        two.save("two")


def test_an_edit_by_hand_is_not_written_over(folder):
    room = Room(folder)
    raw = json.loads((folder / "show.json").read_text(encoding="utf-8"))
    (folder / "show.json").write_text(json.dumps(raw), encoding="utf-8")  # the same, otherwise
    room.save("a")
    by_hand = {**json.loads((folder / "show.json").read_text(encoding="utf-8")), "language": "zh"}
    (folder / "show.json").write_text(json.dumps(by_hand), encoding="utf-8")
    with pytest.raises(StudioError, match="changed elsewhere"):
        room.save("b")
    assert json.loads((folder / "show.json").read_text(encoding="utf-8")) == by_hand


@pytest.mark.parametrize("text", [None, "", "{", "[]"])
def test_what_is_gone_or_broken_is_written_anew(folder, text):
    room = Room(folder)
    room.save("a")
    (folder / "show.json").unlink()
    if text is not None:
        (folder / "show.json").write_text(text, encoding="utf-8")
    room.save("b")
    assert word_in(folder) == "b"
