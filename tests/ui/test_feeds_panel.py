"""The panel of comment feeds: a platform is joined, its blind spots stand there, one answers."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QPushButton
from websockets.sync.server import ServerConnection, serve

from tests.ui.test_offers_panel import SOON, look, pop_form, press
from ui.i18n import language
from ui.panels.feeds.form import FeedForm
from ui.widgets.basics import TextLabel

pytestmark = pytest.mark.ui
SHARES_WINDOW = SHARES_STUDIO = True
ASKED = "@display-name=Ann;id=77;user-id=9 :ann!a@a PRIVMSG #coats :how much is the coat?\r\n"
GONE = "@login=ann;target-msg-id=77 :tmi.twitch.tv CLEARMSG #coats :how much\r\n"


@contextmanager
def twitch(heard: list[str], delete: threading.Event) -> Iterator[int]:
    """Twitch's chat server, as far as it is documented."""

    def talk(socket: ServerConnection) -> None:
        for message in socket:
            heard.append(str(message).strip())
            if str(message).startswith("JOIN"):
                socket.send(":tmi.twitch.tv ROOMSTATE #coats\r\n" + ASKED)
            if str(message).startswith(("PRIVMSG", "@reply")):
                delete.wait(20)
                socket.send(GONE)

    with serve(talk, "127.0.0.1", 0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.socket.getsockname()[1]
        finally:
            delete.set()
            server.shutdown()
            thread.join(5)


def words(panel) -> str:
    return "\n".join(label.text() for label in panel.findChildren(TextLabel))


def test_a_platform_is_joined_answered_and_what_it_deletes_goes(program, qtbot):
    panel, store = program.window.panels["feeds"], program.store
    heard: list[str] = []
    delete = threading.Event()
    program.window.reveal("feeds")
    qtbot.waitUntil(panel.isVisible, timeout=SOON)
    with twitch(heard, delete) as port:
        press(qtbot, panel, "Add a feed")
        form = program.window.findChild(FeedForm)
        assert form is not None
        form.kind.setCurrentIndex(form.kind.findData("twitch"))
        assert "AutoMod" in words(form)
        fields = form.form
        qtbot.waitUntil(lambda: fields.height() == fields.sizeHint().height(), timeout=SOON)
        look(program, "feed_form_en")
        form.form.put("channel", "coats")
        form.form.put("login", "shop")
        form.form.put("token", "planted-twitch-token")
        form.form.put("url", f"ws://127.0.0.1:{port}")
        qtbot.mouseClick(form.save, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: any(f.state == "live" for f in store.comments.feeds), timeout=SOON)
        asked = "how much is the coat?"
        qtbot.waitUntil(lambda: any(e.text == asked for e in store.comments.all), timeout=SOON)
        qtbot.waitUntil(lambda: "connected" in words(panel), timeout=SOON)
        assert "What it cannot see" in words(panel)
        assert "planted-twitch-token" not in words(panel) + str(store.comments)
        look(program, "feeds_en")
        language.set("zh")
        look(program, "feeds_zh")
        language.set("en")
        program.actions.run("comments.pin", {"id": "77"})
        qtbot.waitUntil(lambda: store.comments.pinned is not None, timeout=SOON)
        program.window.reveal("comments")
        comments = program.window.panels["comments"]
        entry = next(e for e in store.comments.all if e.id == "77")
        comments.list.asked.emit(entry, comments.list.mapToGlobal(comments.list.pos()))
        menu = next(m for m in comments.findChildren(QMenu) if m.isVisible())
        reply = next(a for a in menu.actions() if a.text().startswith("Reply"))
        reply.trigger()
        menu.close()
        asking = pop_form()
        asking.form.put("text", "299, size M is left")
        qtbot.mouseClick(asking.done, Qt.MouseButton.LeftButton)
        said = "@reply-parent-msg-id=77 PRIVMSG #coats :299, size M is left"
        qtbot.waitUntil(lambda: said in heard, timeout=SOON)
        delete.set()
        qtbot.waitUntil(lambda: store.comments.pinned is None, timeout=SOON)
        qtbot.waitUntil(lambda: all(e.id != "77" for e in store.comments.all), timeout=SOON)
        program.window.reveal("feeds")
        named = 'Remove "Twitch chat"'
        remove = next(b for b in panel.findChildren(QPushButton) if b.accessibleName() == named)
        qtbot.mouseClick(remove, Qt.MouseButton.LeftButton)
        name = "Twitch chat"
        qtbot.waitUntil(lambda: all(f.name != name for f in store.comments.feeds), timeout=SOON)
