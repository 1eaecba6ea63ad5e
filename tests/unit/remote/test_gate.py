"""Who comes in, with which role, and how slowly one may guess."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from studio.core.command import Role
from studio.core.errors import StudioError
from studio.governance import roles
from studio.governance.secrets import Secrets
from studio.protocols.obs_ws import Challenge, authentication
from studio.remote.gate import LOOK_S, MOST_AT_ONCE, Authenticator


def answer(challenge: Challenge, password: str) -> str:
    return authentication(password, challenge.salt, challenge.challenge)


def test_the_string_is_the_protocols() -> None:
    """The example of obs-websocket's protocol.md, "Creating an authentication string"."""
    found = authentication(
        "supersecretpassword",
        "lM1GncleQOaCu9lT1yeUZhFYnqhsLLP1G5lAGo3ixaI=",
        "+IxH4CnCiqpX1rM9scsNynZzbOe4KhDeYcTNS3PDaeY=",
    )
    assert found == "1Ct943GAT+6YQUUX47Ia/ncufilbe6+oD6lY+5kaCu4="


def test_password_key_and_tokens_each_open_with_their_role() -> None:
    phone, old = roles.Token("phone", "t1", "streamer"), roles.Token("old", "t2", "wizard")
    lent = roles.Token("lent", "t3", "owner", "2100-01-01T00:00:00Z", ("shop.*",))
    over = [roles.Token("over", f"t{n}", "owner", end) for n, end in ((4, "2020-01-01"), (5, "x"))]
    tokens = [phone, old, lent, *over]

    async def admit(password: str) -> object:
        gate = Authenticator("pw", "key", lambda: tokens, first_s=0.0)
        challenge = Challenge()
        return await gate.admit(challenge, answer(challenge, password))

    assert asyncio.run(admit("pw")) == ("remote", Role.OWNER, "", False, None)
    assert asyncio.run(admit("key")) == ("remote", Role.OWNER, "", True, None)
    assert asyncio.run(admit("t1")) == ("remote:phone", Role.STREAMER, "phone", False, phone)
    assert asyncio.run(admit("t2")) == ("remote:old", Role.VIEWER, "old", False, old)
    assert asyncio.run(admit("t3")) == ("remote:lent", Role.OWNER, "lent", False, lent)
    assert asyncio.run(admit("t4")) is None
    assert asyncio.run(admit("t5")) is None
    assert asyncio.run(admit("")) is None
    assert asyncio.run(admit("PW")) is None


def test_an_empty_password_opens_nothing_but_an_open_door() -> None:
    assert Authenticator("").is_open
    assert not Authenticator("x").is_open


def test_guessing_gets_slower_by_address_and_never_the_owner() -> None:
    async def guess() -> tuple[float, float, float, float, float]:
        gate = Authenticator("pw", "key", first_s=0.02)
        challenge = Challenge()

        async def took(text: str, address: str) -> float:
            began = time.monotonic()
            found = await gate.admit(challenge, text, address)
            assert (found is None) == (text == "wrong")
            return time.monotonic() - began

        first = await took("wrong", "a")
        crowd = [asyncio.create_task(took("wrong", "a")) for _ in range(10)]
        await asyncio.sleep(0)
        right = await took(answer(challenge, "pw"), "a")
        key = await took(answer(challenge, "key"), "a")
        elsewhere = await took(answer(challenge, "pw"), "b")
        return first, right, key, elsewhere, max(await asyncio.gather(*crowd))

    first, right, key, elsewhere, last = asyncio.run(guess())
    assert first >= 0.02
    # Each of the ten is looked at before it, and none of their waits is waited for.
    assert 10 * LOOK_S <= right < 0.3
    assert key < 0.1
    assert elsewhere < 0.1
    assert last >= 10 * LOOK_S + min(2.0, 0.02 * 2**8)


def test_who_waits_for_no_answer_guesses_no_faster() -> None:
    """A hundred connections of one address that are gone before they can have been refused."""

    async def siege() -> tuple[int, float]:
        gate, challenge = Authenticator("pw", "key", first_s=1.0), Challenge()
        for _ in range(100):
            guess = asyncio.create_task(gate.admit(challenge, "wrong", "10.0.0.9"))
            await asyncio.sleep(0.002)
            guess.cancel()
            await asyncio.gather(guess, return_exceptions=True)
        began = time.monotonic()
        assert await gate.admit(challenge, answer(challenge, "pw"), "10.0.0.7") is not None
        return dict(gate.guesses)["10.0.0.9"], time.monotonic() - began

    looked_at, took_s = asyncio.run(siege())
    assert 1 <= looked_at <= MOST_AT_ONCE
    assert took_s < 0.1


def test_tokens_are_kept_and_forgotten(tmp_path: Path) -> None:
    store = Secrets(tmp_path, use_keyring=False)
    made = roles.add(store, "平板", "controller")
    assert roles.load(store) == [made]
    assert made.right is Role.CONTROLLER
    assert len(made.secret) >= 20
    assert made.secret.encode() not in (tmp_path / "secrets.bin").read_bytes()
    with pytest.raises(StudioError, match="token"):
        roles.add(store, "平板", "viewer")
    with pytest.raises(StudioError, match="wizard"):
        roles.add(store, "x", "wizard")
    with pytest.raises(StudioError, match="nobody"):
        roles.remove(store, "nobody")
    roles.remove(store, "平板")
    assert roles.load(store) == []


def test_broken_tokens_let_nobody_in(tmp_path: Path) -> None:
    store = Secrets(tmp_path, use_keyring=False)
    store.set(roles.TOKENS, '[{"name": 5}]')
    assert roles.load(store) == []
