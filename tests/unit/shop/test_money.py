"""Money out of other people's cells: exact, or refused with the reason; never a float."""

from __future__ import annotations

import pytest

from studio.shop.model import price_text
from studio.shop.money import plain_amount, read_amount

READ = [
    ("¥1,299.00", "CNY", 129900, "CNY"),
    ("1.299,00 €", "CNY", 129900, "EUR"),
    ("28.2 OMR", "CNY", 28200, "OMR"),
    ("27.080 OMR", "USD", 27080, "OMR"),
    ("99元起", "CNY", 9900, "CNY"),
    ("１２９．５", "CNY", 12950, "CNY"),
    ("－５", "CNY", -500, "CNY"),
    ("(12.00)", "USD", -1200, "USD"),
    ("12.00-", "EUR", -1200, "EUR"),
    ("4,20", "EUR", 420, "EUR"),
    ("19.99", "CNY", 1999, "CNY"),
    ("£4,250.00", "CNY", 425000, "GBP"),
    ("1199.00 EGP", "CNY", 119900, "EGP"),
    ("١٢٫٥", "OMR", 12500, "OMR"),
    ("1299.00", "JPY", 1299, "JPY"),
    ("12,34,567.50", "INR", 123456750, "INR"),
    ("1 299,00 kr", "SEK", 129900, "SEK"),
    ("1'299.50", "CHF", 129950, "CHF"),
    ("RM 12.50", "CNY", 1250, "MYR"),
    ("50.0000", "CNY", 5000, "CNY"),
    ("1.2万", "CNY", 1200000, "CNY"),
    ("¥199", "JPY", 199, "JPY"),
]
REFUSED = [
    ("", "empty"),
    ("待定", "not_money"),
    ("9.70802e-39", "not_money"),
    ("99-129", "two_amounts"),
    ("1.299", "two_ways"),
    ("1,2,3", "two_ways"),
    ("19.999", "two_ways"),
    ("19.9999", "too_precise"),
    ("99999999999", "too_large"),
]


@pytest.mark.parametrize(("text", "currency", "minor", "code"), READ)
def test_an_amount_is_read_exactly(text: str, currency: str, minor: int, code: str) -> None:
    amount = read_amount(text, currency)
    assert (amount.minor, amount.currency) == (minor, code)
    assert amount.is_from == ("起" in text)


@pytest.mark.parametrize(("text", "why"), REFUSED)
def test_what_is_no_single_amount_is_refused(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=f"^{why}$"):
        read_amount(text, "CNY")


def test_a_number_of_a_workbook_is_a_decimal() -> None:
    assert read_amount("1.299", "KWD", is_number=True).minor == 1299
    assert read_amount("19.990000000000002", "CNY", is_number=True).minor == 1999


@pytest.mark.parametrize("currency", ["CNY", "JPY", "OMR", "USD", "KRW"])
@pytest.mark.parametrize("minor", [0, 1, 9, 10, 99, 100, 1000, 27080, 123456789])
def test_written_and_read_again_is_the_same(minor: int, currency: str) -> None:
    assert read_amount(plain_amount(minor, currency), currency, is_number=True).minor == minor
    assert read_amount(price_text(minor, currency), currency, is_number=True).minor == minor


def test_prices_say_the_decimals_of_their_currency() -> None:
    assert price_text(20220, "OMR") == "OMR 20.220"
    assert price_text(1299, "JPY") == "¥1,299"
    assert price_text(129950) == "¥1,299.50"
