"""Offers and coupons on the phone: what each costs, what is left, the next step, and who may."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.phone_page import run_page

PAGE = """
import page from "PATH";
import { element, ranked, run, said, section } from "STAGE";
const price = ({ price_cents }) => `¥${price_cents / 100}`;
const { state, role } = JSON.parse(process.argv[2]);
page({ section, element, run, language: () => "en", isAtLeast: ranked(role), price })(state, true);
const rows = (list) => (list.inner ?? []).map(({ inner: [name, ...steps] }) => ({
  name: name.inner[0], about: name.inner[1].textContent ?? name.inner[1].inner[0],
  steps: steps.map((b) => { b.onclick(); return [b.inner[0], b.disabled]; }) }));
console.log(JSON.stringify({ hidden: section.hidden, offers: rows(section.inner[1]),
  coupons: rows(section.inner[3]), said }));
process.exit(0);
"""


def drawn(folder: Path, role: str = "controller", **state: Any) -> dict[str, Any]:
    return run_page("offers", PAGE, {"state": state, "role": role}, folder)


def offer(id: str, stage: str, **more: Any) -> dict[str, Any]:
    return {
        "offer": {"id": id, "name": "Flash", "slot": more.pop("slot", None)}, "product": "Coat",
        "cents": 9900, "currency": "CNY", "stage": stage, "left": None, "left_s": None, "why": "",
        **more,
    }  # fmt: skip


def test_each_offer_has_its_next_step(tmp_path: Path) -> None:
    said = drawn(
        tmp_path,
        offers=[
            offer("a", "ready"), offer("b", "live", left=12, left_s=95),
            offer("c", "ended", slot={"at": "20:00"}), offer("d", "armed"),
        ],
    )  # fmt: skip
    assert [row["about"] for row in said["offers"]] == [
        "¥99 · not begun", "¥99 · live · 1:35 · 12 left", "¥99 · ended",
        "¥99 · waits for its slot",
    ]  # fmt: skip
    assert [[words for words, _ in row["steps"]] for row in said["offers"]] == [
        ["Start"], ["Stop"], ["By slot", "Start"], ["Stop"]
    ]  # fmt: skip
    assert said["said"] == [
        ["offers.start", {"id": "a"}], ["offers.stop", {"id": "b"}],
        ["offers.arm", {"id": "c"}], ["offers.start", {"id": "c"}], ["offers.stop", {"id": "d"}],
    ]  # fmt: skip
    assert said["offers"][0]["name"] == "Flash · Coat"


def test_a_coupon_goes_from_booking_to_its_end(tmp_path: Path) -> None:
    def coupon(id: str, stage: str, left: int | None = 5) -> dict[str, Any]:
        return {"coupon": {"id": id, "name": ""}, "stage": stage, "left": left, "used": 2}

    said = drawn(
        tmp_path,
        coupons=[coupon("a", "ready"), coupon("b", "booking"), coupon("c", "released", None)],
    )
    assert [row["about"] for row in said["coupons"]] == [
        "not begun · 5 left · 2 used", "being booked · 5 left · 2 used",
        "may be used · the stock ledger is away",
    ]  # fmt: skip
    assert said["said"] == [
        ["coupons.open", {"id": "a"}], ["coupons.release", {"id": "b"}],
        ["coupons.stop", {"id": "c"}],
    ]  # fmt: skip


def test_who_may_not_only_looks(tmp_path: Path) -> None:
    said = drawn(tmp_path, "streamer", offers=[offer("a", "ready")])
    assert said["offers"][0]["steps"] == [["Start", True]]
    assert drawn(tmp_path)["hidden"]
