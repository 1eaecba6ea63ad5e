"""Text that comes in from outside, as words."""

from __future__ import annotations

from pathlib import Path

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
     ("gbk", "秒杀"), ("cp1252", "Été"), ("cp1252", "Größe 42 für 19,90 €"),
     ("cp1252", "café"), ("cp1252", "Größe"), ("cp1252", "Grüße"), ("cp1252", "Füße"),
     ("cp1252", "çà et là"),
     ("gbk", "①号链接"), ("gbk", "“限时”特价"), ("utf-16-le", "①号链接"), ("gbk", "鑫"),
     ("utf-16-le", "🎁 抽奖"), ("gb18030", "🎁 抽奖"), ("cp932", "全品20%OFF"),
     ("gbk", "iPhone鑫")],
)  # fmt: skip
def test_a_text_file_has_its_words_whoever_wrote_it(encoding: str, words: str) -> None:
    data = (
        words.replace("¥", "￥").encode(encoding) if encoding == "gbk" else words.encode(encoding)
    )
    assert clean.decode_words(data) == words


def test_a_price_in_shift_jis_is_in_yen() -> None:
    data = "カシミヤコート ¥299".encode("shift_jis")
    assert b"\\299" in data
    assert clean.decode_words(data) == "カシミヤコート ¥299"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("words", ["买一送一", "一口价", "限时一元", "你好世界", "第一名", "Sale"])
def test_signs_of_utf16_that_look_like_ascii_or_nothing_are_read(encoding: str, words: str) -> None:
    """一 is 4E00: half of it is a NUL, as in English words."""
    assert clean.decode_words(words.encode(encoding)) == words


KOREAN = (
    "오늘만 할인 행사를 합니다", "무료 배송 지금 주문하세요", "신상품이 들어왔습니다",
    "한정 수량 선착순 판매", "감사합니다", "라이브 방송에 오신 것을 환영합니다",
    "이 가격은 오늘 밤까지만 가능합니다", "카드 결제도 가능합니다", "안녕하세요 여러분",
    "교환과 환불은 칠일 안에 가능합니다", "오후 여덟시에 다시 만나요", "인기 상품 재입고",
)  # fmt: skip


@pytest.mark.parametrize("words", KOREAN)
def test_korean_in_euc_kr_is_read_though_its_bytes_are_chinese_too(words: str) -> None:
    assert clean.decode_words(words.encode("euc_kr")) == words


def test_chinese_in_gbk_is_never_taken_for_korean() -> None:
    """Every line of the Chinese guide and documents, and all Chinese words of the desk."""
    root = Path(__file__).parents[3]
    pages = [*root.glob("docs/*.zh.md"), *root.glob("assets/i18n/*.json")]
    read = 0
    for page in pages:
        for line in page.read_text("utf-8").splitlines():
            data = line.encode("gbk", "ignore")
            words = data.decode("gbk")
            if sum(sign > "\u3000" for sign in words) > 8:
                assert clean.decode_words(data) == words
                read += 1
    assert read > 2000


def test_a_text_file_that_is_cut_or_has_nuls_is_read_all_the_same() -> None:
    assert clean.decode_words("羊绒大衣".encode()[:-1]) == "羊绒大"
    assert clean.decode_words("羊绒大衣".encode("gbk")[:-1]) == "羊绒大"
    assert clean.decode_words("\ufeff羊绒".encode("utf-16-le")[:-1]) == "羊"
    assert clean.decode_words(b"a\0b\x07c\r\n") == "abc\r\n"
    assert clean.decode_words(b"") == ""
