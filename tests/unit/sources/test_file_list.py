"""Lists of other players are read to the files they name, whatever their form and encoding."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote
from urllib.request import pathname2url

import pytest

from studio.core.errors import StudioError
from studio.sources.base import SourceContext
from studio.sources.file_list import is_list, read_list
from studio.sources.gather import FILMS, gather


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "films").mkdir()
    for name in ("a.mp4", "films/b.mp4", "片头 1.mp4"):
        (tmp_path / name).write_bytes(b"x")
    return tmp_path


def lists(folder: Path) -> dict[str, bytes]:
    address = "file://" + pathname2url(str(folder / "片头 1.mp4"))
    names = ["a.mp4", "films/b.mp4", "片头 1.mp4"]
    pls = "[playlist]\nNumberOfEntries=3\n" + "".join(
        f"File{n}={name}\nTitle{n}=x\n" for n, name in enumerate(names, 1)
    )
    return {
        "plain.m3u": "\r\n".join(names).encode(),
        "extended.m3u8": ("#EXTM3U\n" + "".join(f"#EXTINF:1,x\n{n}\n" for n in names)).encode(),
        "marked.m3u": ("\ufeff" + "\n".join(names)).encode(),
        "chinese.m3u": "\n".join(names).encode("gbk"),
        "wide.m3u": "\n".join(names).encode("utf-16"),
        "windows.m3u": "\r\n".join(names).replace("/", "\\").encode(),
        "whole.m3u": "\n".join([*map(str, (folder / n for n in names[:2])), address]).encode(),
        "a.pls": pls.encode(),
        "wide.pls": pls.encode("utf-16"),
        "taiwan.m3u": "\n".join(names).replace("头", "頭").encode("big5"),
        "percent.m3u": "\n".join([*names[:2], quote(names[2])]).encode(),
        "old.m3u": "\r".join(names).encode(),
        "a.xspf": (
            '<?xml version="1.0"?><playlist version="1" xmlns="http://xspf.org/ns/0/"><trackList>'
            f"<track><location>a.mp4</location><title>x</title></track><track><location>\n"
            f"films/b.mp4 </location></track><track><location>{quote(names[2])}</location></track>"
            "</trackList></playlist>"
        ).encode("utf-16"),
    }


def test_every_form_names_its_files(folder: Path) -> None:
    (folder / "片頭 1.mp4").write_bytes(b"x")
    for name, data in lists(folder).items():
        path = folder / name
        path.write_bytes(data)
        assert is_list(path), name
        found = [place.name for place in read_list(path)]
        assert [n.replace("頭", "头") for n in found] == ["a.mp4", "b.mp4", "片头 1.mp4"], name


def test_a_playlist_takes_a_list_among_its_files(folder: Path) -> None:
    (folder / "x.m3u").write_text("films/b.mp4\nhttp://radio.example/live\n")
    found = gather(["a.mp4", "x.m3u"], "", FILMS, SourceContext(folder))
    assert [path.name for path in found] == ["a.mp4", "b.mp4"]


@pytest.mark.parametrize("text", ["", "gone.mp4\n", "http://radio.example/live\n", "\0" * 40])
def test_a_list_of_nothing_is_told(folder: Path, text: str) -> None:
    (folder / "x.m3u").write_text(text)
    with pytest.raises(StudioError) as caught:
        gather(["x.m3u"], "", FILMS, SourceContext(folder))
    assert caught.value.key == "sources.list_empty"


def test_hls_is_no_list(folder: Path) -> None:
    (folder / "x.m3u8").write_text("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\na.ts\n")
    assert not is_list(folder / "x.m3u8")
    assert not is_list(folder / "a.mp4")


@pytest.mark.parametrize(
    "text", ["", "<playlist>", "no xml", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>']
)
def test_a_broken_xspf_is_a_list_of_nothing(folder: Path, text: str) -> None:
    (folder / "x.xspf").write_text(text)
    with pytest.raises(StudioError) as caught:
        read_list(folder / "x.xspf")
    assert caught.value.key == "sources.list_empty"
