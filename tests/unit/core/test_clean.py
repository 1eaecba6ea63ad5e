"""Text that comes in from outside, as words."""

from __future__ import annotations

import pytest

from studio.core import clean

WORDS = "秋季上新 · 橱窗专场\n第二行：羊绒大衣 ¥1,299"


@pytest.mark.parametrize(
    ("encoding", "words"),
    [("utf-8", WORDS), ("utf-8-sig", WORDS), ("utf-16", WORDS), ("utf-32", WORDS),
     ("gbk", "新品特价，今晚八点开抢"), ("gb18030", "价格：99元 限量十件"),
     ("utf-16-le", "Coats, tonight at eight\nonly ten pieces"),
     ("utf-16-be", "Coats, tonight at eight"), ("cp1252", "Crème brûlée – naïve café, 5 €"),
     ("cp1252", "Frühjahrsmäntel für Größe L"), ("ascii", "plain words"), ("utf-8", "é"),
     ("utf-16-le", "新品"), ("utf-16-be", "限时特价，今晚八点"), ("utf-16-le", "全館免運"),
     ("utf-16-be", "本日限定セール！"), ("utf-16-le", "오늘밤 특가"), ("big5", "限時特價"),
     ("big5", "全館免運，買一送一"), ("shift_jis", "新商品入荷"), ("shift_jis", "本日限定セール"),
     ("gbk", "秒杀"), ("cp1252", "Été"), ("cp1252", "Größe 42 für 19,90 €")],
)  # fmt: skip
def test_a_text_file_has_its_words_whoever_wrote_it(encoding: str, words: str) -> None:
    data = (
        words.replace("¥", "￥").encode(encoding) if encoding == "gbk" else words.encode(encoding)
    )
    assert clean.decode_words(data) == words


def test_a_text_file_that_is_cut_or_has_nuls_is_read_all_the_same() -> None:
    assert clean.decode_words("羊绒大衣".encode()[:-1]) == "羊绒大"
    assert clean.decode_words("羊绒大衣".encode("gbk")[:-1]) == "羊绒大"
    assert clean.decode_words("\ufeff羊绒".encode("utf-16-le")[:-1]) == "羊"
    assert clean.decode_words(b"a\0b\x07c\r\n") == "abc\r\n"
    assert clean.decode_words(b"") == ""
