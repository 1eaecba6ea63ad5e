"""Windows for a second display: one picture full screen, or the multiview with tally and health."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QByteArray, QObject, QRect, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QScreen,
)
from PySide6.QtWidgets import QMenu, QWidget

from studio.sources.model import Health
from ui import client as link
from ui.desk import Desk
from ui.i18n import language, t
from ui.theme import tokens
from ui.widgets.paint import painting
from ui.widgets.picture import PictureView

FOOT = 28
BLACK = "#000000"


class Beside(QWidget):
    """A window beside the desk: it stands until it is closed."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(None, Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.desk = desk
        desk.windows.add(self)
        self.destroyed.connect(lambda *_: desk.windows.discard(self))

    def again(self, desk: Desk) -> Beside:
        """The same for a desk that was made anew."""
        raise NotImplementedError

    def move_to(self, desk: Desk) -> None:
        """Gives its place to the same window of another desk."""
        new = self.again(desk)
        new.setGeometry(self.geometry())
        new.showFullScreen() if self.isFullScreen() else new.show()
        self.close()


class Projector(Beside):
    """A picture alone, black around it. Esc or a double click leaves the full screen.

    Args:
        what: "programme", "preview", "scene" or "source".
        scene: name of the scene or source.
    """

    def __init__(self, desk: Desk, what: str, canvas: str, scene: str = "") -> None:
        super().__init__(desk)
        self._shows = (what, canvas, scene)
        self.view = PictureView(desk.pictures, what, 60 if what == "programme" else 30)
        self.view.setParent(self)
        shape = desk.store.scenes.canvas(canvas)
        self.view.show_canvas(canvas, scene, (shape.width, shape.height))
        words = t("programme.title") if what == "programme" else scene or t("preview.title")
        self.setWindowTitle(f"{words} · {t(f'canvas.{canvas}')} · Shopcast")
        self.resize(
            QSize(shape.width, shape.height).scaled(960, 960, Qt.AspectRatioMode.KeepAspectRatio)
        )

    def again(self, desk: Desk) -> Projector:
        """The same picture."""
        return Projector(desk, *self._shows)

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        """Black around the picture."""
        QPainter(self).fillRect(self.rect(), QColor(BLACK))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The picture fills the window."""
        self.view.setGeometry(self.rect())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leaves; F11 fills the screen. The keys of the show work here too."""
        press_window(self, self.desk, event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """In and out of the full screen."""
        self.showNormal() if self.isFullScreen() else self.showFullScreen()

    def closeEvent(self, event: object) -> None:
        """Gives the picture back."""
        self.view.drop()


def press_window(window: QWidget, desk: Desk, event: QKeyEvent) -> None:
    """Keys of a window beside the desk."""
    if event.key() == Qt.Key.Key_Escape:
        if window.isFullScreen():
            window.showNormal()
        else:
            window.close()
    elif event.key() == Qt.Key.Key_F11:
        window.showNormal() if window.isFullScreen() else window.showFullScreen()
    else:
        desk.press(event)


def health_word(health: Health) -> str:
    """What is wrong with a source, in a word."""
    if health.is_slow:
        own = f"{health.own_fps:.0f}"
        return t("health.slow", fps=health.params.get("fps", ""), own=own)
    return t(f"health.{health.state}")


class Tile(QWidget):
    """One picture of the multiview: its edge is the tally, its foot the name and what is wrong."""

    def __init__(self, desk: Desk, parent: QWidget, what: str, canvas: str, scene: str) -> None:
        super().__init__(parent)
        self.desk, self.what, self.canvas, self.scene = desk, what, canvas, scene
        fps = {"programme": 30, "preview": 15}.get(what, 5)
        self.view = PictureView(desk.pictures, what, fps)
        self.view.setParent(self)
        self.view.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        shape = desk.store.scenes.canvas(canvas)
        self.view.show_canvas(canvas, scene, (shape.width, shape.height))
        self.view.words = t("picture.waiting")

    def name(self) -> str:
        """What stands in the foot."""
        state = self.desk.store.scenes
        if self.what == "scene":
            order = next((n for n, s in enumerate(state.scenes, 1) if s.name == self.scene), 0)
            return f"{order}  {self.scene}"
        shown = state.programme if self.what == "programme" else state.preview
        return f"{t(f'{self.what}.title')} · {shown.get(self.canvas, '')}"

    def tone(self) -> str:
        """ "programme", "preview" or "": who looks at it."""
        if self.what != "scene":
            return self.what
        state = self.desk.store.scenes
        if self.scene in state.programme.values():
            return "programme"
        return "preview" if self.scene in state.preview.values() else ""

    def faults(self) -> list[str]:
        """The sources of this picture that are not well, with their state in words."""
        store = self.desk.store
        state = store.scenes
        names = {"programme": state.programme, "preview": state.preview}.get(self.what, {})
        scene = state.scene(self.scene or names.get(self.canvas, ""))
        found = []
        for item in scene.items if scene else ():
            source = store.source(item.source)
            if item.is_enabled and source and source.health and source.health.needs_look:
                found.append(f"{source.name} {health_word(source.health)}")
        return found

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Picture above, name below."""
        edge, foot = tokens.px(3), tokens.px(FOOT)
        self.view.setGeometry(edge, edge, self.width() - 2 * edge, self.height() - 2 * edge - foot)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click previews."""
        if self.what == "scene" and event.button() == Qt.MouseButton.LeftButton:
            self.desk.actions.run("scenes.preview", {"scene": self.scene}, origin=self)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A second one takes."""
        args = {"scene": self.scene} if self.what == "scene" else {}
        if self.what != "programme":
            self.desk.actions.run("scenes.take", args, origin=self)

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        """Edge and foot."""
        painter = QPainter(self)
        red = tokens.ON_AIR if self.desk.store.is_on_air else tokens.ON_PROGRAMME
        ink = {"programme": red, "preview": tokens.NEXT}.get(self.tone(), tokens.LINE)
        if self.desk.client.state != link.LIVE:
            ink = tokens.LINE
        painter.fillRect(self.rect(), QColor(ink))
        edge = tokens.px(3)
        painter.fillRect(self.rect().adjusted(edge, edge, -edge, -edge), QColor(tokens.PANEL))
        foot = QRect(edge, self.height() - edge - tokens.px(FOOT), self.width() - 2 * edge,
                     tokens.px(FOOT))  # fmt: skip
        faults = self.faults()
        painter.setFont(tokens.font(13, 600))
        painter.setPen(QColor(tokens.TEXT))
        room = foot.adjusted(tokens.px(10), 0, -tokens.px(10), 0)
        metrics = painter.fontMetrics()
        words = metrics.elidedText(self.name(), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, words)
        left = room.width() - metrics.horizontalAdvance(words) - tokens.px(12)
        if faults and left > tokens.px(30):
            painter.setPen(QColor(tokens.ATTENTION))
            text = metrics.elidedText("▲ " + ", ".join(faults), Qt.TextElideMode.ElideRight, left)
            flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(room, flags, text)


class Multiview(Beside):
    """Programme and preview large, every scene below; edges are the tally."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._tiles: list[Tile] = []
        self.resize(tokens.px(1280), tokens.px(720))
        desk.store.changed.connect(self._changed)
        language.changed.connect(self.retext)
        self.retext()
        self._fill()

    def again(self, desk: Desk) -> Multiview:
        """All scenes again."""
        return Multiview(desk)

    def retext(self) -> None:
        """The window's name."""
        self.setWindowTitle(f"{t('multiview.title')} · Shopcast")
        self.setAccessibleName(t("multiview.title"))
        self.update()

    def tiles(self) -> list[Tile]:
        """What is shown: preview, programme, then the scenes in their order."""
        return list(self._tiles)

    def _changed(self, part: str) -> None:
        if part == "scenes":
            names = [scene.name for scene in self.desk.store.scenes.scenes]
            if names != [tile.scene for tile in self._tiles if tile.what == "scene"]:
                self._fill()
        if part in ("scenes", "sources", "outputs"):
            for tile in self._tiles:
                tile.update()

    def _fill(self) -> None:
        for tile in self._tiles:
            tile.view.drop()
            tile.hide()
            tile.deleteLater()
        on = [c.name for c in self.desk.store.scenes.canvases if c.is_enabled]
        canvas = "landscape" if "landscape" in on or not on else on[0]
        wanted = [("preview", ""), ("programme", "")]
        wanted += [("scene", scene.name) for scene in self.desk.store.scenes.scenes]
        self._tiles = [Tile(self.desk, self, what, canvas, scene) for what, scene in wanted]
        self._lay()
        for tile in self._tiles:
            tile.show()

    def _lay(self) -> None:
        gap = tokens.px(6)
        wide, high = self.width() - gap, self.height() - gap
        count = max(1, len(self._tiles) - 2)
        columns = min(count, max(4, math.ceil(math.sqrt(count * 2))))
        rows = math.ceil(count / columns)
        top = high * 5 // 9 if rows == 1 else high // 2
        for index, tile in enumerate(self._tiles[:2]):
            tile.setGeometry(gap + index * (wide // 2), gap, wide // 2 - gap, top - gap)
        each, part = wide // columns, (high - top) // rows
        for index, tile in enumerate(self._tiles[2:]):
            x, y = index % columns, index // columns
            tile.setGeometry(gap + x * each, gap + top + y * part, each - gap, part - gap)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Everything in its place."""
        self._lay()

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        """The ground."""
        QPainter(self).fillRect(self.rect(), QColor(tokens.BACKGROUND))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leaves; F11 fills the screen. The keys of the show work here too."""
        press_window(self, self.desk, event)

    def closeEvent(self, event: object) -> None:
        """Gives the pictures back."""
        for tile in self._tiles:
            tile.view.drop()


def projector_menu(desk: Desk, parent: QWidget, what: str, canvas: str) -> QMenu:
    """Where a picture, or the multiview, may be put."""
    menu = QMenu(parent)
    menu.addAction(t("projector.window")).triggered.connect(
        lambda: Projector(desk, what, canvas).show()
    )
    for number, screen in enumerate(QGuiApplication.screens(), 1):
        menu.addAction(t("projector.screen", n=number, name=screen.name())).triggered.connect(
            lambda _=False, s=screen: fill(Projector(desk, what, canvas), s)
        )
    menu.addSeparator()
    menu.addAction(t("multiview.open")).triggered.connect(lambda: Multiview(desk).show())
    for number, screen in enumerate(QGuiApplication.screens(), 1):
        words = t("multiview.screen", n=number, name=screen.name())
        menu.addAction(words).triggered.connect(lambda _=False, s=screen: fill(Multiview(desk), s))
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return menu


def fill(window: QWidget, screen: QScreen) -> None:
    """Full screen on one display."""
    window.setGeometry(screen.geometry())
    window.showFullScreen()


def open_on(window: QWidget, screen: str = "") -> None:
    """A window, or full screen on the display of this number; "" for a window."""
    screens = QGuiApplication.screens()
    if screen.isdigit() and 0 < int(screen) <= len(screens):
        fill(window, screens[int(screen) - 1])
    else:
        window.show()


class Projectors(QObject):
    """Tells the engine which screens there are, and opens what a remote asks for.

    Args:
        edit: opens the form of a source.
    """

    def __init__(self, desk: Desk, parent: QObject, edit: Callable[[str], object]) -> None:
        super().__init__(parent)
        self.desk, self._edit = desk, edit
        desk.client.ready.connect(self.announce)
        desk.store.happened.connect(self._happened)
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.screenAdded.connect(self.announce)
            app.screenRemoved.connect(self.announce)
        if desk.client.state == link.LIVE:
            self.announce()

    def announce(self, *_: object) -> None:
        """The screens as they are now."""
        screens = []
        for screen in QGuiApplication.screens():
            at, by = screen.geometry(), screen.devicePixelRatio()
            screens.append({
                "name": screen.name(), "x": at.x(), "y": at.y(),
                "width": round(at.width() * by), "height": round(at.height() * by),
            })  # fmt: skip
        self.desk.client.call("desk.screens", {"screens": screens})

    def _happened(self, name: str, data: object) -> None:
        if name == "projector.wanted" and isinstance(data, dict):
            self.open(data)
        elif name == "form.wanted" and isinstance(data, dict):
            self._edit(str(data.get("source", "")))

    def open(self, wanted: dict[str, Any]) -> None:
        """Opens a window, or fills a screen."""
        what, canvas = str(wanted.get("what", "")), str(wanted.get("canvas", "landscape"))
        shows, number = str(wanted.get("shows", "")), wanted.get("screen", -1)
        if what == "multiview":
            window: QWidget = Multiview(self.desk)
        else:
            window = Projector(self.desk, what, canvas, shows)
        screens = QGuiApplication.screens()
        if isinstance(number, int) and 0 <= number < len(screens):
            fill(window, screens[number])
            return
        place = str(wanted.get("geometry", ""))
        if place:
            window.restoreGeometry(QByteArray.fromBase64(place.encode()))
        window.show()
