"""The form of a destination; a key that was entered is never shown again."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QSpinBox, QWidget

from studio.outputs.model import PlatformProfile
from studio.sender.model import OutputSettings, OutputStatus
from ui.desk import Desk
from ui.dialogs.form import Form
from ui.i18n import language, pick, t
from ui.theme import tokens
from ui.widgets.basics import Button, Segments, TextLabel, calm, column, padded
from ui.widgets.platform_mark import SIZE, mark_icon

HIDDEN = "/••••"
CANVAS_SHORT = 1080
NEAR = 0.75
"""A canvas' bitrate serves a platform that would like this much more; see `renditions.SHARED`."""

SIZES = (1080, 720, 540, 480)
_MORE = ("bitrate_kbps", "short_side", "delay_s", "ca_file", "split_min", "split_mb")


def _spin(low: int, high: int, step: int, unit: str, none: str, value: int) -> QSpinBox:
    """A number whose least means "none"."""
    made = QSpinBox()
    padded(made)
    made.setRange(low, high)
    made.setSingleStep(step)
    made.setSuffix(unit)
    made.setSpecialValueText(none)
    made.setValue(value)
    return made


class OutputForm(Form):
    """Adds a destination, or changes one that is not running."""

    def __init__(self, desk: Desk, status: OutputStatus | None) -> None:
        super().__init__(desk)
        self.status = status
        self.is_saved = False
        self.name = QLineEdit(status.name if status else "")
        self.name.setEnabled(status is None)
        self.platform = QComboBox()
        self.platform.addItem(t("output_form.no_platform"), "")
        self.platform.setIconSize(QSize(tokens.px(SIZE), tokens.px(SIZE)))
        for platform in desk.store.platforms:
            self.platform.addItem(mark_icon(platform), pick(platform.label), platform.id)
        self.where = Button("", "quiet", icon="info", checkable=True)
        self.where.toggled.connect(self._show_where)
        self.steps = TextLabel(size=12, tone="muted", wraps=True)
        self.steps.hide()
        self.platform.activated.connect(self.use_platform)
        self.url = QLineEdit(status.shown_url.removesuffix(HIDDEN) if status else "")
        self.url.setPlaceholderText("rtmp://…")
        self.key = QLineEdit()
        self.key.setEchoMode(QLineEdit.EchoMode.Password)
        self.key.setPlaceholderText(t("output_form.key_kept") if status else "")
        self.backup = QLineEdit()
        self.backup.setPlaceholderText(t("output_form.optional"))
        self.canvas = Segments()
        self.canvas.offer([(n, t(f"canvas.{n}")) for n in ("landscape", "portrait")])
        self.canvas.set(status.canvas if status else "landscape")
        old = desk.store.air.settings.get(status.name) if status else None
        self.before = old or OutputSettings(name="new")
        self._make_more(self.before)
        grid = QGridLayout()
        grid.setHorizontalSpacing(tokens.px(10))
        grid.setVerticalSpacing(tokens.px(6))
        fields: tuple[tuple[str, QWidget], ...] = (
            ("platform", self.platform),
            ("name", self.name),
            ("url", self.url),
            ("key", self.key),
            ("backup", self.backup),
            ("canvas", self.canvas),
        )
        more: tuple[tuple[str, QWidget], ...] = (
            ("bitrate", self.bitrate),
            ("size", self.size_),
            ("codec", self.codec),
            ("delay", self.delay),
            ("backup_key", self.backup_key),
            ("ca", self.ca),
            ("split_min", self.split_min),
            ("split_mb", self.split_mb),
        )
        self._fields, self._more_fields = dict(fields), dict(more)
        self.rest = QWidget()
        rest = QGridLayout()
        rest.setContentsMargins(0, 0, 0, 0)
        rest.setHorizontalSpacing(tokens.px(10))
        rest.setVerticalSpacing(tokens.px(6))
        self.rest.setLayout(rest)
        for form, which in ((grid, fields), (rest, more)):
            for line, (name, field) in enumerate(which):
                label = TextLabel(t(f"output_form.{name}"), size=12, tone="muted")
                label.setBuddy(field)
                label.setFixedWidth(tokens.px(88))
                field.setMinimumWidth(tokens.px(80))
                if isinstance(field, QComboBox):
                    field.setMinimumContentsLength(6)
                    field.setSizeAdjustPolicy(
                        QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
                    )
                field.setAccessibleName(t(f"output_form.{name}"))
                form.addWidget(label, line, 0)
                form.addWidget(field, line, 1)
        self.more = Button(t("output_form.more"), "quiet", checkable=True)
        self.more.toggled.connect(self.rest.setVisible)
        is_special = any(getattr(self.before, name) for name in _MORE) or self.codec.value == "hevc"
        self.more.setChecked(is_special)
        self.rest.setVisible(is_special)
        where = t(f"output_form.kept_in_{desk.store.engine.secrets_in or 'file'}")
        note = TextLabel(where, size=11, tone="muted", wraps=True)
        layout = column(gap=8, margins=(12, 10, 12, 10))
        title = "output_form.edit" if status else "output_form.new"
        layout.addWidget(TextLabel(t(title), weight=600))
        layout.addLayout(grid)
        layout.addWidget(self.where, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self.steps)
        layout.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self.rest)
        layout.addWidget(self._takes)
        layout.addWidget(note)
        layout.addWidget(self.error)
        layout.addLayout(self._buttons())
        self.setLayout(layout)
        calm(self)
        self._used = desk.store.platform(self.before.platform)
        self._show_platform()

    def _make_more(self, old: OutputSettings) -> None:
        """What most destinations leave as it is."""
        self.platform.setCurrentIndex(max(0, self.platform.findData(old.platform)))
        if old.backup_url:
            self.backup.setText(old.backup_url)
        self.bitrate = _spin(0, 50_000, 250, " kbps", t("output_form.of_canvas"), old.bitrate_kbps)
        self.size_ = QComboBox()
        self.size_.addItem(t("output_form.of_canvas"), 0)
        for lines in SIZES if old.short_side in (0, *SIZES) else (*SIZES, old.short_side):
            self.size_.addItem(t("output_form.size_p", n=lines), lines)
        self.size_.setCurrentIndex(max(0, self.size_.findData(old.short_side)))
        self.codec = Segments()
        self.codec.offer([(n, t(f"output_form.codec_{n}")) for n in ("h264", "hevc")])
        self.codec.set(old.codec)
        self.delay = _spin(0, 30, 1, " s", t("air.delay_none"), round(old.delay_s))
        self.backup_key = QLineEdit()
        self.backup_key.setEchoMode(QLineEdit.EchoMode.Password)
        self.backup_key.setPlaceholderText(t("output_form.optional"))
        self.ca = QLineEdit(old.ca_file)
        self.ca.setPlaceholderText(t("output_form.optional"))
        self.split_min = _spin(0, 1440, 5, " min", t("output_form.never"), old.split_min)
        self.split_mb = _spin(0, 1_000_000, 500, " MB", t("output_form.never"), old.split_mb)
        self._takes = TextLabel(size=11, tone="muted", wraps=True)
        self._takes.hide()

    def _more_args(self) -> dict[str, object]:
        """Of those the ones that are other than they were."""
        now: dict[str, object] = {
            "bitrate_kbps": self.bitrate.value(),
            "short_side": self.size_.currentData(),
            "codec": self.codec.value or "h264",
            "ca_file": self.ca.text().strip(),
            "split_min": self.split_min.value(),
            "split_mb": self.split_mb.value(),
        }
        found = {k: v for k, v in now.items() if v != getattr(self.before, k)}
        if self.status is None and self.delay.value():
            found["delay_s"] = float(self.delay.value())
        if self.backup_key.text():
            found["backup_key"] = self.backup_key.text().strip()
        return found

    def begin(self) -> None:
        """Puts the hand where it starts."""
        (self.url if self.status else self.name).setFocus()

    def choose(self, platform: str) -> None:
        """A platform, as if the person had."""
        self.platform.setCurrentIndex(max(0, self.platform.findData(platform)))
        self.use_platform()

    def go_to(self, field: str) -> None:
        """Puts the hand into a field by its name (url, key, size, bitrate …)."""
        widget = {**self._fields, **self._more_fields}.get(field)
        if widget is None:
            return
        if field in self._more_fields:
            self.more.setChecked(True)
        widget.setFocus(Qt.FocusReason.OtherFocusReason)
        if isinstance(widget, QLineEdit):
            widget.selectAll()

    def use_platform(self) -> None:
        """Another platform brings its name, address, canvas, size and bitrate.

        What the person wrote stays: only what is empty or came with the platform before changes.
        """
        old, new = self._used, self.desk.store.platform(self.platform.currentData())
        self._used = new
        if new is not None:
            names = ("", *old.label.values()) if old else ("",)
            if self.status is None and self.name.text().strip() in names:
                self.name.setText(pick(new.label))
            if self.url.text().strip() in ("", old.server if old else ""):
                self.url.setText(new.server)
            self.canvas.set(new.canvas)
            self._fit_size(new)
            self.bitrate.setValue(0 if self._shares_rate(new) else new.best_kbps)
        self._show_platform()

    def _fit_size(self, platform: PlatformProfile) -> None:
        """The canvas' own size where the platform takes it, else the largest it does."""
        rungs = [rung for rung in self.desk.store.air.rungs if rung.canvas == platform.canvas]
        own = min(rungs[0].size) if rungs else CANVAS_SHORT
        wanted = 0 if own <= platform.max_short else platform.max_short
        self.size_.setCurrentIndex(max(0, self.size_.findData(wanted)))

    def _shares_rate(self, platform: PlatformProfile) -> bool:
        """What is near enough shares the canvas' encode: another one costs a whole core."""
        rate = self.desk.store.air.rates.get(platform.canvas)
        nominal = rate.nominal_kbps if rate else 0
        return bool(nominal) and NEAR * platform.best_kbps <= nominal <= platform.max_kbps

    def _show_platform(self) -> None:
        """What it takes, and where its key is."""
        platform = self._used
        if platform is not None and platform.max_kbps:
            words = t("output_form.takes", kbps=platform.max_kbps, best=platform.best_kbps)
            self._takes.setText(f"{pick(platform.label)}: {words}")
        self._takes.setVisible(bool(platform and platform.max_kbps))
        name = pick(platform.label) if platform else ""
        words = t("output_form.where_of", name=name) if name else t("output_form.where")
        self.where.setText(words)
        self.where.name(words)
        self._show_where(self.where.isChecked())

    def _show_where(self, is_shown: bool) -> None:
        """The steps to address and key, on the platform's own pages."""
        steps = self._used.where.get(language.code, ()) if self._used else ()
        lines = [f"{number}. {step}" for number, step in enumerate(steps, 1)]
        lines = lines or [t("output_form.where_other")]
        self.steps.setText("\n".join([*lines, t("output_form.where_note")]))
        self.steps.setVisible(is_shown)

    def _save(self) -> None:
        args: dict[str, object] = {"name": self.name.text().strip()}
        url = self.url.text().strip()
        if self.status is None or url != self.status.shown_url.removesuffix(HIDDEN):
            args["url"] = url
        if self.key.text() or self.status is None:
            args["key"] = self.key.text().strip()
        if self.backup.text().strip() != self.before.backup_url:
            args["backup_url"] = self.backup.text().strip()
        if self.platform.currentData() != self.before.platform:
            args["platform"] = self.platform.currentData()
        args |= self._more_args()
        args["canvas"] = self.canvas.value or "landscape"
        command = "outputs.edit" if self.status else "outputs.add"
        if not args["name"]:
            self._complain(t("output_form.no_name"))
            self.name.setFocus()
            return
        self.save.setEnabled(False)
        self.desk.actions.run(command, args, origin=self.save, done=self._answered)

    def _saved(self) -> None:
        self.is_saved = True
        if self.status is not None and self.delay.value() != round(self.before.delay_s):
            late: dict[str, object] = {"name": self.status.name, "seconds": self.delay.value()}
            self.desk.actions.run("outputs.delay", late)
        used, layout = self._used, self.desk.settings.layout
        is_new = used and used.canvas == self.canvas.value == "portrait" != self.before.canvas
        if used and is_new and layout != "vertical":
            self.desk.say(None, t("output_form.vertical", name=pick(used.label)), "off")
        self.key.clear()
        self.backup_key.clear()
