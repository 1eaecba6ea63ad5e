"""Whoever did a step takes it back from a phone or the command line, and nobody else's goes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.onair.peer import Peer
from tests.onair.studio import ROOT, Studio

pytestmark = [pytest.mark.onair, pytest.mark.timeout(120)]


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    with Studio(tmp_path_factory.mktemp("own"), password="a password") as running:
        yield running


@pytest.fixture
def owner(studio: Studio) -> Iterator[Peer]:
    with Peer(studio.address, studio.key(), events=0) as peer:
        peer.run("session.introduce", name="desk")
        yield peer


@pytest.fixture(scope="module")
def tokens(studio: Studio) -> dict[str, str]:
    """Two people with a phone each."""
    with Peer(studio.address, studio.key(), events=0) as owner:
        for name, role in (("Anna", "controller"), ("Ben", "controller"), ("Cleo", "streamer")):
            owner.run("rights.put", name=name, role=role)
        return {
            name: owner.run("remote.token_add", name=name.lower(), role="owner", operator=name)[
                "result"
            ]["token"]
            for name in ("Anna", "Ben", "Cleo")
        }


@pytest.fixture
def phones(studio: Studio, tokens: dict[str, str]) -> Iterator[tuple[Peer, Peer, Peer]]:
    with (
        Peer(studio.address, tokens["Anna"], events=0) as anna,
        Peer(studio.address, tokens["Ben"], events=0) as ben,
        Peer(studio.address, tokens["Cleo"], events=0) as cleo,
    ):
        yield anna, ben, cleo


Phones = tuple[Peer, Peer, Peer]


def hat(peer: Peer) -> dict[str, Any]:
    product: dict[str, Any] = peer.run("state.get", parts=["shop"])["shop"]["products"][0]
    return product


def test_the_last_own_step_goes_and_the_one_before_it_is_next(phones: Phones) -> None:
    anna, ben, _ = phones
    anna.run("shop.card", product="hat")
    anna.run("shop.price", product="hat", cents=100)
    ben.run("scenes.set", scene="Two", colour="#112233")
    last = anna.run("undo.last")
    assert (last["command"], last["label"]) == ("shop.price", ["改价", "Set price"])
    done = anna.run("undo.run", number=last["number"])
    assert done["step"] == last
    assert hat(anna)["price_cents"] == 9900
    assert anna.run("undo.last")["command"] == "shop.card"
    assert anna.run_code("undo.run", number=last["number"]) == "command.undone"
    anna.run("undo.run")
    assert anna.run("undo.last") is None
    assert anna.run_code("undo.run") == "command.no_step"
    assert ben.run("undo.last")["command"] == "scenes.set"
    ben.run("undo.run")


def test_what_another_has_changed_since_is_refused_and_named(phones: Phones) -> None:
    anna, ben, _ = phones
    anna.run("shop.card", product="hat")
    ben.run("shop.card_off")
    ben.run("shop.card", product="hat")
    assert anna.run_code("undo.run") == "command.overtaken"
    assert anna.run("undo.last") is None
    ben.run("undo.run")
    ben.run("undo.run")
    anna.run("shop.price", product="hat", cents=100)
    ben.run("shop.price", product="hat", cents=200)
    assert anna.run_code("undo.run") == "command.changed_since"
    assert hat(anna)["price_cents"] == 200
    ben.run("shop.price", product="hat", cents=9900)


def test_another_field_of_the_same_product_stays(phones: Phones) -> None:
    anna, ben, _ = phones
    before = hat(anna)
    anna.run("shop.price", product="hat", cents=100)
    ben.run("shop.stock", product="hat", count=7)
    anna.run("undo.run")
    assert hat(anna) == {**before, "stock": 7}
    ben.run("undo.run")
    assert hat(anna) == before


def test_the_same_of_something_else_is_no_hindrance(phones: Phones) -> None:
    anna, ben, _ = phones
    anna.run("sound.mute", source="tone")
    ben.run("sound.mute", source="clip")
    anna.run("undo.run")
    strips = {s["source"]: s["is_muted"] for s in sound(anna)}
    assert (strips["tone"], strips["clip"]) == (False, True)
    ben.run("undo.run")
    anna.run("sound.set", source="tone", gain_db=-3)
    ben.run("sound.set", source="tone", pan=0.5)
    anna.run("undo.run")
    strip = next(s for s in sound(anna) if s["source"] == "tone")
    assert (strip["gain_db"], strip["pan"]) == (0, 0.5)
    ben.run("undo.run")


def sound(peer: Peer) -> list[dict[str, Any]]:
    strips: list[dict[str, Any]] = peer.run("state.get", parts=["sound"])["sound"]["strips"]
    return strips


def test_what_another_has_worked_on_is_not_taken_away(phones: Phones) -> None:
    anna, ben, _ = phones
    anna.run("scenes.add", name="Mine")
    ben.run("items.add", scene="Mine", source="title")
    assert anna.run_code("undo.run") == "command.overtaken"
    ben.run("scenes.remove", name="Mine")


def test_nobody_goes_another_s_way_back_without_the_right(phones: Phones, owner: Peer) -> None:
    _, ben, cleo = phones
    done = ben.run("scenes.take", scene="Two", transition="cut")
    command, args = done["undo"]
    assert cleo.run("undo.last") is None
    assert cleo.run_code(command, **args, undoing=True) == "command.denied"
    owner.run("rights.put", name="Ben", role="viewer")
    assert ben.run_code("undo.run") == "command.denied"
    owner.run("rights.put", name="Ben", role="controller")
    ben.run("undo.run")


def test_a_way_back_goes_once(phones: Phones) -> None:
    anna, ben, _ = phones
    command, args = anna.run("sound.master", gain_db=-6)["undo"]
    anna.run(command, **args, undoing=True)
    ben.run("sound.master", gain_db=-9)
    assert anna.run_code(command, **args, undoing=True) == "command.undone"
    assert anna.run_code(command, **args) == "", "said by hand it is a step like any other"
    ben.run("undo.run")


def test_another_show_or_the_same_anew_has_nothing_to_take_back(
    phones: Phones, owner: Peer, studio: Studio
) -> None:
    anna = phones[0]
    command, args = anna.run("shop.price", product="hat", cents=500)["undo"]
    owner.run("show.open", folder=str(studio.options["show"]))
    assert anna.run("undo.last") is None
    assert anna.run_code("undo.run") == "command.no_step"
    before = hat(anna)
    anna.run_code(command, **args, undoing=True)
    assert hat(anna) == before, "what the step left is not there"


def test_the_command_line_takes_back_its_own(studio: Studio, phones: Phones) -> None:
    def call(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "studio.app.cli", *words], env=studio.environment, cwd=ROOT,
            capture_output=True, text=True, encoding="utf-8", timeout=60, check=False,
        )  # fmt: skip

    phones[0].run("shop.card", product="hat")
    assert call("do", "shop.price", "product=hat", "cents=333").returncode == 0
    assert hat(phones[0])["price_cents"] == 333
    done = call("undo")
    assert (done.returncode, done.stdout.strip()) == (0, "Taken back: Set price")
    assert hat(phones[0])["price_cents"] != 333
    again = call("undo")
    assert again.returncode == 1
    assert "nothing to take back" in again.stderr
    phones[0].run("undo.run")
