"""Goods dropped or pasted on the panel: seen, put right, ticked, accepted, taken back."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication

from tests.unit.shop.test_importers import workbook

pytestmark = [pytest.mark.ui, pytest.mark.timeout(240)]
SHARES_WINDOW = SHARES_STUDIO = True
SOON = 60_000
TABLE = (
    "货号,商品名称,价格,库存,备注\nsunglasses,猫眼偏光墨镜,149.00,38,\n"
    "cap-1,渔夫帽,59.00,12,米色\nscarf-1,羊绒围巾,-99.00,5,灰\n短款,79.00,30,红\n"
)


def drop(panel: Any, data: QMimeData) -> None:
    event = QDropEvent(
        QPointF(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    panel.dropEvent(event)


def card_of(qtbot: Any, panel: Any) -> Any:
    card = panel.import_card
    qtbot.waitUntil(lambda: bool(card.difference.lines or card.problem.text()), timeout=SOON)
    return card


@pytest.fixture
def panel(program: Any) -> Any:
    return program.window.panels["products"]


def test_a_dropped_file_is_put_right_accepted_and_taken_back(
    qtbot: Any, program: Any, panel: Any, tmp_path: Path
) -> None:
    file = tmp_path / "goods.csv"
    file.write_bytes(TABLE.encode("gb18030"))
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file))])
    before = program.store.shop.products
    drop(panel, data)
    card = card_of(qtbot, panel)
    assert program.store.shop.products == before, "nothing changes before it is accepted"
    lines = {line["id"]: line for line in card.difference.lines}
    assert {"new:cap-1", "gone:lipstick"} <= set(lines)
    assert "gone:lipstick" not in card.difference.chosen
    assert {cell.row for cell in card.refused.cells} == {4, 5}
    assert card.refused.mends()["5"]["商品名称"] == "短款"
    # What is proposed and what is typed is read again.
    price = next(n for n, cell in enumerate(card.refused.cells) if cell.row == 4)
    index = card.refused.index(price, 4)
    assert card.refused.setData(index, "89.00")
    card.again.click()
    qtbot.waitUntil(lambda: not card.refused.cells, timeout=SOON)
    assert "new:scarf-1" in card.difference.chosen
    # One line is not accepted.
    row = next(n for n, line in enumerate(card.difference.lines) if line["id"] == "new:cap-1")
    card.difference.setData(
        card.difference.index(row, 0), Qt.CheckState.Unchecked, Qt.ItemDataRole.CheckStateRole
    )
    card.accept.click()
    qtbot.waitUntil(lambda: program.store.shop.product("scarf-1") is not None, timeout=SOON)
    qtbot.waitUntil(lambda: not card.isVisible(), timeout=SOON)
    scarf = program.store.shop.product("scarf-1")
    assert (scarf.price_cents, scarf.stock) == (8900, 5)
    assert program.store.shop.product("cap-1") is None
    program.actions.undo()
    qtbot.waitUntil(lambda: program.store.shop.product("scarf-1") is None, timeout=SOON)
    assert program.store.shop.products == before


def test_a_pasted_table_is_read(qtbot: Any, program: Any, panel: Any) -> None:
    QGuiApplication.clipboard().setText("sku\tname\tprice\ncap-2\tCap\t12.50\n")
    panel.key_paste()
    card = card_of(qtbot, panel)
    assert "new:cap-2" in card.difference.chosen
    card.close_card()


def test_a_file_that_is_no_table_says_so_in_the_card(
    qtbot: Any, program: Any, panel: Any, tmp_path: Path
) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("Dear shop,\nhello\n", encoding="utf-8")
    panel.import_goods(path=str(file))
    card = card_of(qtbot, panel)
    qtbot.waitUntil(lambda: bool(card.problem.text()), timeout=SOON)
    assert not card.accept.isEnabled()
    card.close_card()


def test_thousands_of_products_leave_the_desk_alive(
    qtbot: Any, program: Any, panel: Any, tmp_path: Path
) -> None:
    rows = [["sku", "name", "price", "stock"]]
    rows += [[f"S{n}", f"Coat {n}", 10 + n % 90, n % 50] for n in range(5000)]
    file = workbook(tmp_path / "goods.xlsx", rows)
    longest = standstill(
        qtbot,
        lambda: panel.import_goods(path=str(file)),
        lambda: len(panel.import_card.difference.lines) > 4999,
    )
    card = panel.import_card
    longest = max(longest, standstill(qtbot, card.accept.click, lambda: not card.isVisible()))
    qtbot.waitUntil(lambda: len(program.store.shop.products) > 5000, timeout=SOON)
    program.actions.undo()
    qtbot.waitUntil(lambda: len(program.store.shop.products) < 100, timeout=SOON)
    assert longest < 2.0, f"the window stood still for {longest:.2f} s"


def standstill(qtbot: Any, begin: Any, is_done: Any) -> float:
    """Runs until it is done; the longest time in which the window answered nothing."""
    gaps = [0.0]
    last = time.monotonic()

    def look() -> bool:
        nonlocal last
        now = time.monotonic()
        gaps.append(now - last)
        last = now
        return bool(is_done())

    begin()
    qtbot.waitUntil(look, timeout=60_000)
    return max(gaps)


def test_a_look_is_seen_off_the_programme_then_taken_and_taken_back(
    qtbot: Any, program: Any, panel: Any
) -> None:
    panel.ask_looks()
    card = panel.looks_card
    qtbot.waitUntil(lambda: card.template.count() > 5, timeout=SOON)
    pictures = card.pictures
    qtbot.waitUntil(
        lambda: all(not found.pixmap().isNull() for found in pictures.values()), timeout=SOON
    )
    plain = pictures["landscape"].pixmap().toImage()
    card.template.setCurrentIndex(card.template.findData("fashion"))
    card.longest.setChecked(True)
    qtbot.waitUntil(lambda: pictures["landscape"].pixmap().toImage() != plain, timeout=SOON)
    assert program.store.cards.template == "", "looking changes nothing"
    card.all.click()
    qtbot.waitUntil(lambda: program.store.cards.template == "fashion", timeout=SOON)
    assert "Fashion" in card.state.text()
    id = card.product.currentData()
    card.template.setCurrentIndex(card.template.findData("sale"))
    card.one.click()
    qtbot.waitUntil(lambda: program.store.cards.own == {id: "sale"}, timeout=SOON)
    program.actions.undo()
    qtbot.waitUntil(lambda: not program.store.cards.own, timeout=SOON)
    program.actions.undo()
    qtbot.waitUntil(lambda: program.store.cards.template == "", timeout=SOON)
    card.close_card()
