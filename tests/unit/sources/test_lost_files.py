"""Missing files are found again in a folder: by name, the likest folders first, whatever system."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest

import studio.filters.kinds as filter_folder
from studio.core.errors import StudioError
from studio.core.registry import discover
from studio.filters.base import Filter
from studio.filters.workshop import FilterFactory
from studio.sources.lost_file_commands import LostFileCommands
from studio.sources.lost_files import best_of, files_below, name_of, with_found
from studio.sources.model import FilterSpec, SourceSpec
from tests.unit.show.test_layouts import House


@pytest.mark.parametrize(
    ("path", "name"),
    [("C:\\Goods\\Hat.PNG", "hat.png"), ("/a/b/Hat.png", "hat.png"), ("hat.png", "hat.png"),
     ("media/e\u0301te.mp4", "\u00e9te.mp4"), ("", ""), ("C:\\", "c:")],
)  # fmt: skip
def test_names_of_every_system_are_one(path: str, name: str) -> None:
    assert name_of(path) == name


def test_the_likest_folder_wins() -> None:
    there = ["/new/summer/hat.png", "/new/winter/hat.png", "/new/hat.png"]
    assert best_of("D:\\Shop\\Winter\\hat.png", there) == "/new/winter/hat.png"
    assert best_of("/old/hat.png", there) == "/new/summer/hat.png"
    assert best_of("/old/hat.png", []) == ""


def test_lists_and_words_are_replaced_and_nothing_else() -> None:
    lost = {"/old/a.png": "/new/a.png"}
    given = {"files": ["/old/a.png", "/b.png"], "path": "/old/a.png", "text": "/old/a.png"}
    made = with_found(given, lost, ["files", "path"])
    assert made == {"files": ["/new/a.png", "/b.png"], "path": "/new/a.png", "text": "/old/a.png"}


def test_a_folder_that_links_to_itself_ends(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.png").write_bytes(b"x")
    (tmp_path / "in" / "round").symlink_to(tmp_path)
    assert files_below(tmp_path, {"a.png"}) == {"a.png": [str(tmp_path / "in" / "a.png")]}


def test_the_command_finds_them_in_one_go_and_undoes_it(tmp_path: Path) -> None:
    house = House()
    workshop = FilterFactory(discover(filter_folder, Filter), Path)
    commands = LostFileCommands(house.bank, workshop, lambda event: None)
    new = tmp_path / "moved" / "goods"
    new.mkdir(parents=True)
    for name in ("hat.png", "look.cube", "one.png"):
        (new / name).write_bytes(b"x")
    lut = FilterSpec("look", "lut", {"path": "/gone/look.cube"})
    house.bank.put(SourceSpec("Hat", "image", {"path": "C:\\gone\\Hat.png"}, filters=(lut,)))
    slides = {"files": ["/gone/one.png", "/gone/two.png"]}
    house.bank.put(SourceSpec("Slides", "slide_show", slides))

    async def run() -> None:
        done = await commands.find(str(tmp_path / "moved"))
        assert done.result["missing"] == ["/gone/two.png"]
        assert done.result["sources"] == ["Hat", "Slides"]
        hat = house.bank.get("Hat")
        assert hat.settings["path"] == str(new / "hat.png")
        assert hat.filters[0].settings["path"] == str(new / "look.cube")
        files = house.bank.get("Slides").settings["files"]
        assert files == [str(new / "one.png"), "/gone/two.png"]
        commands.put_files(msgspec.convert(done.undo[1]["specs"], list[SourceSpec]))
        assert house.bank.get("Slides").settings == slides
        assert house.bank.get("Hat").filters == (lut,)
        with pytest.raises(StudioError):
            await commands.find(str(tmp_path / "nowhere"))

    try:
        asyncio.run(run())
    finally:
        house.bank.stop()
