"""What people write is shown without boxes where the machine has no emoji."""

from __future__ import annotations

import pytest

from ui.widgets import comment_words


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("小鹿🦌", "小鹿"),
        ("6️⃣6️⃣6️⃣", "666"),
        ("👨‍👩‍👧 三口之家", "三口之家"),
        ("加薇❤️", "加薇❤"),
        ("🔥🔥", "…"),
        ("𠮷野家", "𠮷野家"),
    ],
)
def test_no_boxes(monkeypatch: pytest.MonkeyPatch, written: str, shown: str) -> None:
    monkeypatch.setattr(comment_words, "_has_emoji", lambda: False)
    comment_words.drawable.cache_clear()
    assert comment_words.drawable(written) == shown
    monkeypatch.setattr(comment_words, "_has_emoji", lambda: True)
    comment_words.drawable.cache_clear()
    assert comment_words.drawable(written) == written
    comment_words.drawable.cache_clear()
