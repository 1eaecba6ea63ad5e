"""What laws and scripts find is advice: opening a show does not wait for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.app.check import check, read
from studio.app.extensions import Extensions
from studio.app.root import SERVICES
from studio.host.packs.service import PackService
from tests.contract.test_services import A, written


def test_a_check_asks_and_an_opening_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    product = {"id": "coat", "number": 1, "name": "全国第一大衣", "price_cents": 100}
    folder = written(
        tmp_path / "a.show", {**A, "packs": {"places": ["cn"]}, "shop": {"products": [product]}}
    )
    findings = [found for found in check(folder) if found.place.startswith("shop.products")]
    assert findings
    assert not any(finding.is_fatal for finding in findings)

    def refuse(*_: object) -> None:
        raise AssertionError("asked while a show is opened")

    for service in SERVICES:
        if service.is_advice:
            monkeypatch.setattr(service, "validate", refuse)
    assert PackService.is_advice
    assert read(folder, Extensions()).parts["shop"].products[0].name == product["name"]
