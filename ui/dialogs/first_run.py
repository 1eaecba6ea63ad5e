"""The first minute: camera, microphone, platform, one product; a picture at each step."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QLineEdit, QScrollArea, QStackedWidget, QWidget
from shiboken6 import isValid

from studio.sources.model import SourceView
from ui.client import Reply
from ui.desk import Desk
from ui.dialogs.card import Card
from ui.dialogs.output_form import OutputForm
from ui.i18n import language, pick, t
from ui.listen import listen
from ui.models.devices import Device
from ui.panels.mixer.meter import part_of
from ui.theme import tokens
from ui.widgets.bar import LevelBar
from ui.widgets.basics import Button, Dot, TextLabel, clear, column, line, row
from ui.widgets.flow import Flow
from ui.widgets.picture import PictureView
from ui.widgets.platform_mark import mark_icon

STEPS = ("camera", "microphone", "platform", "product", "done")
PLACEHOLDERS = ("clip", "test_signal", "camera")
PICTURE = (360, 203)


class Step(QFrame):
    """One step: words, its choices, and what of it is done.

    Signals:
        went_on: the person is through with it.
    """

    went_on = Signal()

    def __init__(self, desk: Desk, id: str) -> None:
        super().__init__()
        self.desk, self.id = desk, id
        self.title = TextLabel(size=16, weight=600, wraps=True)
        self.words = TextLabel(tone="muted", wraps=True)
        self.inside = column(gap=8)
        self.said = TextLabel(size=12, tone="attention", wraps=True)
        layout = column(gap=8)
        for part in (self.title, self.words):
            layout.addWidget(part)
        layout.addLayout(self.inside)
        layout.addWidget(self.said)
        layout.addStretch(1)
        self.setLayout(layout)
        self.said.hide()

    def open(self) -> None:
        """Shown now."""
        self.title.setText(t(f"first.{self.id}"))
        self.words.setText(t(f"first.{self.id}_words"))

    def say(self, text: str) -> None:
        """What went wrong, in its place; "" for nothing."""
        self.said.setText(text)
        self.said.setVisible(bool(text))

    def run(self, command: str, args: dict[str, object], then: Callable[[], object]) -> None:
        """A command of this step; a refusal is said here."""

        def done(reply: Reply) -> None:
            if isValid(self):
                self.say("" if reply.ok else pick(reply.text) or reply.code)
                if reply.ok:
                    then()

        self.desk.actions.run(command, args, done=done)


class DeviceStep(Step):
    """Cameras or microphones as large buttons; a click takes one into the show."""

    def __init__(self, desk: Desk, id: str) -> None:
        super().__init__(desk, id)
        self.taken = ""
        """Name of the source that stands for it now."""
        self.offered: list[Device] = []
        self._again = Button("", icon="retry", clicked=desk.store.look_for_devices)
        self._choices = QWidget()
        self._choices.setLayout(column(gap=6))
        self.inside.addWidget(self._choices)
        self.inside.addWidget(self._again, 0, Qt.AlignmentFlag.AlignLeft)
        listen(self, desk.store.changed, self._changed)

    def open(self) -> None:
        super().open()
        self._again.setText(t("first.look_again"))
        self._again.name(t("first.look_again"))
        self.desk.store.look_for_devices()
        self._offer(is_forced=True)

    def _changed(self, part: str) -> None:
        if part in ("devices", "sources") and self.isVisible():
            self._offer()

    def _offer(self, *, is_forced: bool = False) -> None:
        devices = list(self.desk.store.devices.of(self.id))
        if devices == self.offered and not is_forced:
            return
        self.offered = devices
        layout = self._choices.layout()
        assert layout is not None
        clear(layout)
        for device in devices:
            button = Button(device.name or device.id, icon=self.id, dense=False)
            button.name(t("first.use", name=device.name or device.id))
            button.setProperty("big", "true")
            button.clicked.connect(partial(self.take, device))
            layout.addWidget(button)
        if not devices:
            layout.addWidget(TextLabel(t(f"first.no_{self.id}"), tone="muted", wraps=True))

    def take(self, device: Device, *_: bool) -> None:
        """The device is the host's camera, or one more sound."""
        store = self.desk.store
        settings = {"device": device.id}
        own = next((s for s in store.sources if s.settings.get("device") == device.id), None)
        if own is not None:  # it is there already
            self._took(own.name)
            return
        place = placeholder(self.desk) if self.id == "camera" else None
        if place is not None:
            args: dict[str, object] = {"name": place.name, "kind": "camera", "settings": settings}
            self.run("sources.become", args, lambda: self._took(place.name))
            return
        taken = {source.name for source in store.sources}
        base = device.name or t(f"sources.{self.id}")
        name = next(n for n in (base, *(f"{base} {i}" for i in range(2, 99))) if n not in taken)
        args = {"name": name, "kind": self.id, "settings": settings}
        self.run("sources.add", args, lambda: self._took(name))

    def _took(self, name: str) -> None:
        self.taken = name
        self.words.setText(t(f"first.{self.id}_taken", name=name))


def placeholder(desk: Desk) -> SourceView | None:
    """The source that stands in for the host's camera: what the host scenes show most."""
    scenes = desk.store.scenes.scenes
    wanted = [scene for scene in scenes if scene.purpose in ("host", "try_on")]
    seen = [item.source for scene in wanted for item in scene.items]
    found = [
        source
        for source in desk.store.sources
        if source.kind in PLACEHOLDERS and source.name in seen
    ]
    return max(found, key=lambda source: seen.count(source.name), default=None)


class PlatformStep(Step):
    """All platforms by their marks; then where to and the key, in the form of every day."""

    def __init__(self, desk: Desk, id: str) -> None:
        super().__init__(desk, id)
        self.form: OutputForm | None = None
        self._marks = QWidget()
        self._flow = Flow()
        self._marks.setLayout(self._flow)
        self.inside.addWidget(self._marks)
        listen(self, desk.store.changed, self._changed)

    def open(self) -> None:
        super().open()
        self._close()
        self._offer()

    def _changed(self, part: str) -> None:
        if part == "platforms":  # who is quick is here before the engine has told them
            self._offer()

    def _offer(self) -> None:
        clear(self._flow)
        for platform in self.desk.store.platforms:
            button = Button(pick(platform.label), dense=False)
            button.setIcon(mark_icon(platform))
            button.name(t("first.use", name=pick(platform.label)))
            button.setProperty("platform", platform.id)
            button.clicked.connect(self._chosen)
            self._flow.addWidget(button)

    def _chosen(self) -> None:
        self.choose(str(self.sender().property("platform")))

    def choose(self, id: str) -> None:
        """Its form, filled in as far as it can be."""
        self._close()
        self.form = OutputForm(self.desk, None)
        self.form.choose(id)
        self.form.closed.connect(self._left)
        self.inside.addWidget(self.form)
        self._marks.hide()
        self.form.go_to("key" if self.form.url.text() else "url")

    def _left(self) -> None:
        is_saved = self.form is not None and self.form.is_saved
        self._close()
        if is_saved:
            self.went_on.emit()

    def _close(self) -> None:
        if self.form is not None:
            self.form.hide()
            self.form.deleteLater()
            self.form = None
        self._marks.show()


class ProductStep(Step):
    """Name, price, pieces: its card is on the picture at once."""

    def __init__(self, desk: Desk, id: str) -> None:
        super().__init__(desk, id)
        self.name, self.price, self.stock = QLineEdit(), QLineEdit(), QLineEdit()
        self.put = Button("", "primary", dense=False, clicked=self._put)
        grid = QGridLayout()
        grid.setSpacing(tokens.px(8))
        self._labels = []
        for number, field in enumerate((self.name, self.price, self.stock)):
            label = TextLabel(size=12, tone="muted")
            label.setBuddy(field)
            label.setFixedWidth(tokens.px(72))
            self._labels.append(label)
            grid.addWidget(label, number, 0)
            grid.addWidget(field, number, 1)
            field.returnPressed.connect(self._put)
        self.inside.addLayout(grid)
        self.inside.addWidget(self.put, 0, Qt.AlignmentFlag.AlignLeft)

    def open(self) -> None:
        super().open()
        words = ("first.product_name", "first.product_price", "first.product_stock")
        for label, field, key in zip(
            self._labels, (self.name, self.price, self.stock), words, strict=True
        ):
            label.setText(t(key))
            field.setAccessibleName(t(key))
        self.put.setText(t("first.product_put"))
        self.put.name(t("first.product_put"))
        self.name.setFocus()

    def _put(self) -> None:
        products = self.desk.store.shop.products
        name = self.name.text().strip()
        cents = _cents(self.price.text())
        if not name or cents is None:
            self.say(t("first.product_wrong"))
            (self.name if not name else self.price).setFocus()
            return
        number = max((product.number for product in products), default=0) + 1
        stock = self.stock.text().strip()
        product: dict[str, object] = {
            "id": f"own-{number}",
            "number": number,
            "name": name,
            "price_cents": cents,
            "stock": int(stock) if stock.isdigit() else None,
            "currency": "CNY" if language.code == "zh" else "USD",
        }

        def shown() -> None:
            self.desk.actions.run("shop.card", {"product": product["id"]}, done=self._shown)

        self.run("shop.put", {"product": product}, shown)

    def _shown(self, reply: Reply) -> None:
        if isValid(self):
            self.went_on.emit()


def _cents(text: str) -> int | None:
    try:
        value = round(float(text.strip().lstrip("¥$€£").replace(",", "")) * 100)
    except (ValueError, OverflowError):
        return None
    return value if 0 <= value <= 1_000_000_000 else None


class DoneStep(Step):
    """What was done, what was skipped and waits in the checks."""

    def __init__(self, desk: Desk, id: str) -> None:
        super().__init__(desk, id)
        self._rows: list[tuple[Dot, TextLabel]] = []
        for _ in range(3):
            dot, text = Dot(), TextLabel(wraps=True)
            layout = row(dot, gap=8)
            layout.addWidget(text, 1)
            self.inside.addLayout(layout)
            self._rows.append((dot, text))
        listen(self, desk.store.changed, self._changed)

    def open(self) -> None:
        super().open()
        self._changed("ready")

    def _changed(self, part: str) -> None:
        if part != "ready":
            return
        for (dot, text), head in zip(self._rows, self.desk.store.ready.heads, strict=False):
            dot.set(head.tone)
            text.setText(f"{pick(head.label)}: {pick(head.text)}")


class FirstRun(Card):
    """Five steps over the window, each can be skipped; the show goes on behind it."""

    def __init__(self, desk: Desk, window: QWidget) -> None:
        super().__init__(window, 880, 600)
        self.desk = desk
        self._marks = [TextLabel(size=12, tone="muted") for _ in STEPS]
        self.steps: dict[str, Step] = {
            "camera": DeviceStep(desk, "camera"),
            "microphone": DeviceStep(desk, "microphone"),
            "platform": PlatformStep(desk, "platform"),
            "product": ProductStep(desk, "product"),
            "done": DoneStep(desk, "done"),
        }
        self._stack = QStackedWidget()
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(self._stack)
        for step in self.steps.values():
            self._stack.addWidget(step)
            step.went_on.connect(self.go_on)
        self.picture = PictureView(desk.pictures, "programme", 15)
        self.picture.setFixedSize(*(tokens.px(side) for side in PICTURE))
        self.level = LevelBar()
        self._caption = TextLabel(size=12, tone="muted", wraps=True)
        self.skip = Button("", "quiet", clicked=self.go_on)
        self.back = Button("", "quiet", clicked=self._go_back)
        self.next = Button("", "primary", dense=False, clicked=self.go_on)
        side = column(self.picture, self.level, self._caption, gap=8)
        side.addStretch(1)
        middle = row(gap=20)
        middle.addLayout(side)
        middle.addWidget(area, 1)
        middle.setAlignment(side, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(row(*self._marks, 1, gap=16))
        self.body.addWidget(line())
        self.body.addLayout(middle, 1)
        self.body.addLayout(row(self.back, 1, self.skip, self.next, gap=8))
        listen(self, desk.store.levels, self._hear)
        self._at = 0

    @property
    def step(self) -> str:
        """Which one is shown."""
        return STEPS[self._at]

    def open(self) -> None:
        """From the beginning."""
        self.open_card(t("first.title"))
        self.go_to("camera")

    def go_to(self, id: str) -> None:
        """One of the steps."""
        self._at = STEPS.index(id)
        for number, (mark, name) in enumerate(zip(self._marks, STEPS, strict=True)):
            mark.setText(f"{number + 1} {t(f'first.short_{name}')}")
            mark.set_tone("next" if number == self._at else "muted")
        is_last = id == STEPS[-1]
        self.back.setText(t("first.back"))
        self.back.name(t("first.back"))
        self.back.setVisible(self._at > 0)
        self.skip.setText(t("first.skip"))
        self.skip.name(t("first.skip"), t("first.skip_tip"))
        self.skip.setVisible(not is_last)
        words = t("first.live") if is_last else t("first.next")
        self.next.setText(words)
        self.next.name(words)
        self.next.setVisible(id not in ("platform", "product"))
        self._caption.setText(t("first.caption"))
        self.level.setVisible(id in ("microphone", "done"))
        step = self.steps[id]
        self._stack.setCurrentWidget(step)
        step.open()

    def go_on(self) -> None:
        """To the next step; after the last to the check before air."""
        if self._at + 1 < len(STEPS):
            self.go_to(STEPS[self._at + 1])
        else:
            self.close_card()
            self.desk.change("go_live", "")

    def _go_back(self) -> None:
        self.go_to(STEPS[max(0, self._at - 1)])

    def _hear(self, levels: object) -> None:
        """The level of the microphone that was chosen, else of all that goes out."""
        if not self.isVisible() or not isinstance(levels, dict):
            return
        step = self.steps["microphone"]
        assert isinstance(step, DeviceStep)
        found = levels.get(step.taken) or levels.get("programme")
        rms = found.get("rms") if isinstance(found, dict) else None
        if isinstance(rms, (list, tuple)) and rms:
            self.level.show_part(part_of(max(float(value) for value in rms)))
