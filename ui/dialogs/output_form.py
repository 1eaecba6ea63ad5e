"""The form of a destination; a key that was entered is never shown again."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QSpinBox, QWidget

from studio.sender.model import OutputSettings, OutputStatus
from ui.desk import Desk
from ui.dialogs.form import Form
from ui.i18n import pick, t
from ui.theme import tokens
from ui.widgets.basics import Button, Segments, TextLabel, calm, column, padded

HIDDEN = "/••••"
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
        self.name = QLineEdit(status.name if status else "")
        self.name.setEnabled(status is None)
        self.platform = QComboBox()
        self.platform.addItem(t("output_form.no_platform"), "")
        for platform in desk.store.platforms:
            self.platform.addItem(pick(platform.label), platform.id)
        self.platform.activated.connect(self._use_platform)
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
        self._rest = QWidget()
        rest = QGridLayout()
        rest.setContentsMargins(0, 0, 0, 0)
        rest.setHorizontalSpacing(tokens.px(10))
        rest.setVerticalSpacing(tokens.px(6))
        self._rest.setLayout(rest)
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
        self.more.toggled.connect(self._rest.setVisible)
        is_special = any(getattr(self.before, name) for name in _MORE) or self.codec.value == "hevc"
        self.more.setChecked(is_special)
        self._rest.setVisible(is_special)
        where = t(f"output_form.kept_in_{desk.store.engine.secrets_in or 'file'}")
        note = TextLabel(where, size=11, tone="muted", wraps=True)
        layout = column(gap=8, margins=(12, 10, 12, 10))
        title = "output_form.edit" if status else "output_form.new"
        layout.addWidget(TextLabel(t(title), weight=600))
        layout.addLayout(grid)
        layout.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self._rest)
        layout.addWidget(self._takes)
        layout.addWidget(note)
        layout.addWidget(self._error)
        layout.addLayout(self._buttons())
        self.setLayout(layout)
        calm(self)

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

    def _use_platform(self) -> None:
        """A platform brings its name and the canvas it is watched on."""
        id = self.platform.currentData()
        found = next((p for p in self.desk.store.platforms if p.id == id), None)
        if found is None:
            return
        if self.status is None and not self.name.text():
            self.name.setText(pick(found.label))
        if len(found.orientations) == 1:
            self.canvas.set(found.orientations[0])
        if found.max_kbps:
            words = t("output_form.takes", kbps=found.max_kbps, best=found.best_kbps)
            self._takes.setText(f"{pick(found.label)}: {words}")
        self._takes.setVisible(bool(found.max_kbps))

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
        if self.status is not None and self.delay.value() != round(self.before.delay_s):
            late: dict[str, object] = {"name": self.status.name, "seconds": self.delay.value()}
            self.desk.actions.run("outputs.delay", late)
        self.key.clear()
        self.backup_key.clear()
