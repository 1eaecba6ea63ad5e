"""A picture that was published is the one that is read."""

from __future__ import annotations

import pytest

from studio.media.picture_memory import PictureReader, PictureWriter


def test_the_newest_picture_is_read(tmp_path):
    writer = PictureWriter(tmp_path / "a.pic", 4, 2)
    reader = PictureReader(tmp_path / "a.pic")
    assert reader.number == 0
    for value in range(1, 6):
        slot = writer.slot()
        slot[:] = bytes([value]) * len(slot)
        slot.release()
        writer.publish()
        newest = reader.newest()
        assert bytes(newest) == bytes([value]) * 32
        newest.release()
        assert reader.number == value
    reader.close()
    writer.close()
    assert not (tmp_path / "a.pic").exists()


def test_another_file_is_refused(tmp_path):
    (tmp_path / "b.pic").write_bytes(b"x" * 100)
    with pytest.raises(ValueError):
        PictureReader(tmp_path / "b.pic")
