"""Phones by a code: let in here alone, by a token alone, encrypted, listed and turned away."""

from __future__ import annotations

import hashlib
import socket
import ssl
import stat
import sys
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.onair.peer import Peer
from tests.ui.test_offers_panel import look, pop_form
from tests.ui.test_watch_panel import words
from tests.waiting import until
from ui.dialogs.settings.phone import PhoneSwitch
from ui.widgets.basics import TextLabel

pytestmark = [pytest.mark.ui, pytest.mark.timeout(120)]
SHARES_WINDOW = True
SOON = 20_000


def trusting(fingerprint: str, port: int) -> ssl.SSLContext:
    """A phone that has compared the fingerprint and gone on."""
    pem = ssl.get_server_certificate(("127.0.0.1", port))
    digest = hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest().upper()
    assert ":".join(digest[at : at + 2] for at in range(0, 64, 2)) == fingerprint
    context = ssl.create_default_context(cadata=pem)
    context.check_hostname = False
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def asked(qtbot: Any, program: Any, command: str, args: dict[str, Any]) -> Any:
    """What a command answers at this desk."""
    found: list[Any] = []
    program.client.call(command, args, found.append)
    qtbot.waitUntil(lambda: bool(found), timeout=SOON)
    assert found[0].ok, found[0].text
    return found[0].result["result"]


def start(qtbot: Any, program: Any, port: int, **more: Any) -> dict[str, Any]:
    args = {"network": "127.0.0.1", "port": port, **more}
    found: dict[str, Any] = asked(qtbot, program, "phone.start", args)
    return found


def allow_clear(qtbot: Any, program: Any) -> None:
    asked(qtbot, program, "phone.clear_allow", {"reason": "an old phone", "days": 2})


def token_of(url: str) -> str:
    return urllib.parse.parse_qs(urllib.parse.urlsplit(url).fragment)["token"][0]


def test_a_phone_is_paired_listed_and_turned_away(
    qtbot: Any, program: Any, engine: Any, free_port: int, tmp_path: Path
) -> None:
    assert not asked(qtbot, program, "phone.status", {})["is_on"], "closed until it is opened"
    view = start(qtbot, program, free_port)
    assert view["url"] == f"https://127.0.0.1:{free_port}/"
    context = trusting(view["fingerprint"], free_port)
    page = urllib.request.urlopen(view["url"], context=context, timeout=10).read()
    assert b"panel.js" in page
    wss = view["url"].replace("https", "wss")
    with Peer(wss, "", ssl=context, identify=False) as stranger:
        assert stranger.hello["d"].get("authentication"), "never open, though loopback is"
    for secret in ("", "guess"):
        with pytest.raises(ConnectionClosed):
            Peer(wss, secret, ssl=context)
    with pytest.raises(InvalidStatus):
        Peer(wss, "", ssl=context, identify=False, origin="https://evil.example")
    paired = asked(qtbot, program, "phone.pair", {"name": "Ana", "role": "viewer"})
    assert paired["url"].startswith(f"{view['url']}#token=")
    with Peer(wss, token_of(paired["url"]), ssl=context) as phone:
        me = phone.run("session.introduce", name="phone")
        assert me["role"] == "viewer"
        status = asked(qtbot, program, "phone.status", {})
        device = next(entry for entry in status["devices"] if entry["name"] == "Ana")
        assert device["is_here"]
        assert token_of(paired["url"]) not in str(status)
        asked(qtbot, program, "remote.token_remove", {"name": "Ana"})

        def is_out() -> bool:
            try:
                phone.socket.recv(timeout=0.05)
            except TimeoutError:
                return False
            except ConnectionClosed:
                return True
            return False

        until(is_out, "the phone is out", 10)
    with pytest.raises(ConnectionClosed):
        Peer(wss, token_of(paired["url"]), ssl=context)


def test_who_comes_from_elsewhere_opens_no_door(
    qtbot: Any, program: Any, engine: Any, free_port: int
) -> None:
    allow_clear(qtbot, program)
    view = start(qtbot, program, free_port, tls=False)
    assert view["url"].startswith("http://")
    made = asked(qtbot, program, "remote.token_add", {"name": "Boss", "role": "owner"})
    ws = view["url"].replace("http", "ws")
    with Peer(ws, made["token"]) as boss:
        for command in ("phone.stop", "phone.pair", "phone.start"):
            assert boss.run_code(command) == "remote.phone_only_here", command
    asked(qtbot, program, "remote.token_remove", {"name": "Boss"})
    asked(qtbot, program, "phone.stop", {})
    with pytest.raises(OSError):
        Peer(ws, made["token"])


def test_the_settings_show_code_devices_and_warning(
    qtbot: Any, program: Any, free_port: int
) -> None:
    window = program.window
    window.settings_card.open("phone")
    switch = window.settings_card.findChild(PhoneSwitch)
    asked(qtbot, program, "phone.clear_end", {})
    start(qtbot, program, free_port)
    qtbot.waitUntil(lambda: switch.view.is_on and not switch.view.clear_until, timeout=SOON)
    QTest.mouseClick(switch.tls, Qt.MouseButton.LeftButton)
    assert switch.tls.isChecked()  # until it is said why, and for how long
    form = pop_form()
    form.form.put("reason", "an old phone")
    look(program, "clear_text")
    QTest.mouseClick(form.done, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: switch.view.is_on and not switch.view.is_tls, timeout=SOON)
    qtbot.waitUntil(lambda: program.store.watch.door.clear is not None, timeout=SOON)
    assert program.store.watch.door.clear.reason == "an old phone"
    assert "unencrypted until" in words(program.window.panels["watch"])
    qtbot.waitUntil(lambda: switch.view.is_on, timeout=SOON)
    assert switch.warning.isVisible()
    assert "Not encrypted" in switch.warning.text()
    QTest.mouseClick(switch.show_code, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(switch.code_box.isVisible, timeout=SOON)

    def inks() -> set[str]:
        image = switch.code.grab().toImage()
        return {
            image.pixelColor(x, y).name()
            for x in range(0, image.width(), 3)
            for y in range(0, image.height(), 3)
        }

    qtbot.waitUntil(lambda: inks() >= {"#000000", "#ffffff"}, timeout=SOON)
    qtbot.waitUntil(lambda: len(switch.view.devices) == 1, timeout=SOON)
    name = switch.view.devices[0].name
    switch.revoke(name)
    qtbot.waitUntil(lambda: switch.view.devices == (), timeout=SOON)
    assert not switch.code_box.isVisible()
    asked(qtbot, program, "phone.stop", {})
    window.settings_card.close_card()


def test_the_certificate_is_its_users_alone(monkeypatch: Any, tmp_path: Path) -> None:
    monkeypatch.setenv("SHOPCAST_CONFIG", str(tmp_path))
    from studio.remote.certificate import certificate_path, fingerprint, server_context

    _, first = server_context(["127.0.0.1"])
    _, again = server_context(["10.0.0.9"])
    assert first == again == fingerprint(certificate_path()), "it stays what people compared"
    if sys.platform != "win32":
        assert stat.S_IMODE(certificate_path().stat().st_mode) == 0o600
    certificate_path().write_text("broken", encoding="utf-8")
    assert server_context(["127.0.0.1"])[1] != first


def test_a_phone_is_lent_for_hours_and_one_that_has_ended_is_listed_no_more(
    qtbot: Any, program: Any, free_port: int
) -> None:
    start(qtbot, program, free_port)
    asked(qtbot, program, "phone.pair", {"name": "Stand-in", "role": "viewer", "hours": 2})
    asked(qtbot, program, "phone.pair", {"name": "Late", "role": "viewer", "hours": 0.0002})

    def listed() -> dict[str, str]:
        devices = asked(qtbot, program, "phone.status", {})["devices"]
        return {device["name"]: device["until"] for device in devices}

    qtbot.waitUntil(lambda: "Late" not in listed(), timeout=SOON)
    assert listed()["Stand-in"].endswith("Z")
    card = program.window.settings_card
    card.open("phone")
    switch = next(view for section, view in card.rows if section == "phone")
    phones = switch.findChild(PhoneSwitch)
    assert [phones.hours.itemData(at) for at in range(phones.hours.count())][0] == 0
    qtbot.waitUntil(
        lambda: any("until" in label.text() for label in phones.list.findChildren(TextLabel)),
        timeout=SOON,
    )
    asked(qtbot, program, "phone.pair", {"name": "Late", "role": "viewer"})  # its name is free
    for name in ("Stand-in", "Late"):
        program.client.call("remote.token_remove", {"name": name})
    asked(qtbot, program, "phone.stop", {})
    card.close_card()


def test_plugins_are_accepted_and_kept_out_in_the_settings(qtbot: Any, program: Any) -> None:
    card = program.window.settings_card
    card.open("plugins")
    (view,) = (view for section, view in card.rows if section == "plugins")
    plugins = view.setting.below

    def button(name: str) -> Any:
        buttons = plugins.findChildren(QAbstractButton)
        return next((b for b in buttons if b.accessibleName().startswith(name)), None)

    qtbot.waitUntil(lambda: button("Keep clock out") is not None, timeout=SOON)
    button("Keep clock out").click()
    qtbot.waitUntil(lambda: button("Accept clock") is not None, timeout=SOON)
    words = [label.text() for label in plugins.findChildren(TextLabel)]
    assert any("kept out" in text for text in words)
    asked(qtbot, program, "plugins.accept", {"name": "clock"})
    plugins.look()
    qtbot.waitUntil(lambda: button("Keep clock out") is not None, timeout=SOON)
    card.close_card()
