"""A token lent for a while, without some commands: it ends by itself, and can do no more."""

from __future__ import annotations

from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed

from tests.onair.peer import Peer
from tests.onair.studio import Studio

pytestmark = [pytest.mark.onair, pytest.mark.timeout(120)]
SECONDS = 4.0


def test_a_lent_token_does_what_is_lent_and_ends(tmp_path: Path) -> None:
    with (
        Studio(tmp_path, password="a password") as studio,
        Peer(studio.address, studio.key(), events=0) as owner,
    ):
        for odd in ({"hours": -1}, {"hours": 1e9}, {"without": ["x" * 81]}, {"without": [""]}):
            assert owner.run_code("remote.token_add", name="odd", **odd) == "command.invalid"
        lent = owner.run(
            "remote.token_add", name="phone", role="owner", hours=SECONDS / 3600,
            without=["shop.*", "remote.token_*"],
        )["result"]  # fmt: skip
        assert lent["until"]
        assert lent["without"] == ["shop.*", "remote.token_*"]
        with Peer(studio.address, lent["token"], events=0) as phone:
            phone.run("scenes.take", scene="Two", transition="cut")
            assert phone.run_code("shop.price", product="hat", cents=1) == "command.not_lent"
            assert phone.run_code("remote.token_add", name="more") == "command.not_lent"
            with pytest.raises((ConnectionClosed, EOFError)):
                _listen(phone)
        with pytest.raises((ConnectionClosed, EOFError)):
            Peer(studio.address, lent["token"], events=0)
        (told,) = owner.run("remote.tokens")["result"]
        assert told["has_ended"]
        # One that has ended gives its name away.
        owner.run("remote.token_add", name="phone", role="viewer")
        (told,) = owner.run("remote.tokens")["result"]
        assert (told["role"], told["until"], told["has_ended"]) == ("viewer", "", False)


def test_an_operator_taken_back_is_out_with_every_device(tmp_path: Path) -> None:
    with (
        Studio(tmp_path, password="a password") as studio,
        Peer(studio.address, studio.key(), events=0) as owner,
    ):
        owner.run("rights.put", name="小李", role="streamer", without=["shop.*"])
        tokens = [
            owner.run("remote.token_add", name=name, role="owner", operator="小李")["result"]
            for name in ("phone", "tablet")
        ]
        with (
            Peer(studio.address, tokens[0]["token"], events=0) as phone,
            Peer(studio.address, tokens[1]["token"], events=0) as tablet,
        ):
            mine = phone.run("rights.mine")["result"]
            assert (mine["operator"], mine["role"]) == ("小李", "streamer")
            assert phone.run_code("rights.put", name="x") == "command.denied"
            # Another right holds at once, for who is in already.
            owner.run("rights.put", name="小李", role="owner", without=["shop.*"])
            assert phone.run("rights.mine")["result"]["role"] == "owner"
            assert tablet.run_code("shop.price", product="hat", cents=1) == "command.not_lent"
            owner.run("rights.remove", name="小李")
            for device in (phone, tablet):
                with pytest.raises((ConnectionClosed, EOFError)):
                    _listen(device)
        # A streamer who went on takes that back, and nothing else that the controller may.
        owner.run("rights.put", name="小王", role="streamer")
        lent = owner.run("remote.token_add", name="headset", operator="小王")["result"]
        with Peer(studio.address, lent["token"], events=0) as headset:
            back, args = headset.run("run_order.next")["undo"]
            assert headset.run_code(back, product="hat") == "command.denied"
            headset.run(back, **args)
            assert headset.run_code(back, **args) == "command.denied"
        owner.run("rights.remove", name="小王")
        assert owner.run("remote.tokens")["result"] == []


def _listen(peer: Peer) -> None:
    """Until its connection ends."""
    while True:
        peer.receive(2 * SECONDS)
