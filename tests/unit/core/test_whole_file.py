"""A file is whole or as it was before."""

from __future__ import annotations

import errno
import os
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from studio.core.whole_file import PRIVATE, make_once, whole, write_whole
from tests.contract import source_tree

LONG = "x" * 200_000


def test_a_reader_never_sees_a_part(tmp_path: Path) -> None:
    path = tmp_path / "note.json"
    texts = [letter * 100_000 for letter in "abcd"]
    write_whole(path, texts[0])
    over = threading.Event()

    def write(text: str) -> None:
        while not over.is_set():
            write_whole(path, text)

    writers = [threading.Thread(target=write, args=(text,)) for text in texts]
    for writer in writers:
        writer.start()
    try:
        for _ in range(500):
            assert path.read_text(encoding="utf-8") in texts
    finally:
        over.set()
        for writer in writers:
            writer.join()
    assert [entry.name for entry in tmp_path.iterdir()] == ["note.json"]


@pytest.mark.skipif(os.name != "posix", reason="limits are POSIX's")
@pytest.mark.parametrize("is_synced", [False, True])
def test_a_disk_without_room_leaves_what_was_there(tmp_path: Path, is_synced: bool) -> None:
    import resource
    import signal

    path = tmp_path / "note.json"
    write_whole(path, "before")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    told = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))
    try:
        with pytest.raises(OSError) as fault:
            write_whole(path, LONG, is_synced=is_synced)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, told)
    assert fault.value.errno == errno.EFBIG
    assert path.read_text(encoding="utf-8") == "before"
    assert [entry.name for entry in tmp_path.iterdir()] == ["note.json"]


def test_one_that_is_given_up_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), whole(tmp_path / "note.json", "x"):
        raise RuntimeError
    with pytest.raises(FileNotFoundError):
        write_whole(tmp_path / "missing" / "note.json", "x")
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError):
        write_whole(tmp_path / "folder", "x")
    assert [entry.name for entry in tmp_path.iterdir()] == ["folder"]


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_private_is_private_and_a_link_is_replaced_not_followed(tmp_path: Path) -> None:
    mine, other = tmp_path / "mine", tmp_path / "other"
    other.write_text("theirs", encoding="utf-8")
    mine.symlink_to(other)
    write_whole(mine, b"secret", mode=PRIVATE)
    assert not mine.is_symlink()
    assert stat.S_IMODE(mine.stat().st_mode) == PRIVATE
    assert other.read_text(encoding="utf-8") == "theirs"


def test_a_name_as_long_as_names_may_be(tmp_path: Path) -> None:
    path = tmp_path / ("n" * 255)
    write_whole(path, LONG)
    assert path.stat().st_size == len(LONG)


def test_what_is_made_once_is_the_same_for_all(tmp_path: Path) -> None:
    made: list[bytes] = []

    def make() -> bytes:
        made.append(os.urandom(32))
        return made[-1]

    with ThreadPoolExecutor(8) as askers:
        for number in range(50):
            path = tmp_path / f"{number}" / "secret"
            found = list(askers.map(lambda _, path=path: make_once(path, make, least=32), range(8)))
            assert len(set(found)) == 1
            assert [entry.name for entry in path.parent.iterdir()] == ["secret"]


def test_a_part_of_one_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_bytes(b"half")
    made = make_once(path, lambda: b"x" * 32, least=32)
    assert made == path.read_bytes() == b"x" * 32
    assert make_once(path, lambda: b"y" * 32, least=32) == made


def test_nobody_renames_by_hand() -> None:
    allowed = {"studio/core/whole_file.py": 1}
    found: dict[str, int] = {}
    for file, tree in source_tree.trees().items():
        if file.startswith(("studio/", "ui/", "plugins/")):
            many = sum(name in ("os.replace", "os.rename") for name, _ in source_tree.calls(tree))
            if many:
                found[file] = many
    assert found == allowed, "use studio.core.whole_file"
