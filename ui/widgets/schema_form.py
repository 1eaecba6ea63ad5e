"""A form drawn from a JSON schema: the fields of a source's settings, a command's arguments."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QColorDialog,
    QComboBox,
    QCompleter,
    QDialog,
    QDoubleSpinBox,
    QFileDialog,
    QFormLayout,
    QLineEdit,
    QPlainTextEdit,
    QSlider,
    QSpinBox,
    QWidget,
)

from ui.i18n import language, t
from ui.theme import tokens
from ui.widgets.basics import Button, TextLabel, calm, column, padded, row

Schema = dict[str, Any]
Choices = Callable[[str], Sequence[tuple[str, str]]]
LONG_MS = 60_000
MS = re.compile(r"\bms\b")


def label_of(name: str, schema: Schema) -> str:
    """What a field is called: its own words, the catalogue's, else its name."""
    own = str(schema.get("x-zh" if language.code == "zh" else "x-en") or "")
    if own and in_seconds(schema):
        return own.replace("毫秒", "秒") if language.code == "zh" else MS.sub("s", own)
    if own:
        return own
    words = t(f"arg.{name}")
    return name if words == f"ui.arg.{name}" else words


def in_seconds(schema: Schema) -> bool:
    """Milliseconds that may be minutes: a person thinks of them in seconds."""
    is_long = schema.get("type") == "array" or int(schema.get("maximum", 0) or 0) >= LONG_MS
    return is_long and "毫秒" in str(schema.get("x-zh", ""))


def plain_type(schema: Schema) -> Schema:
    """The schema without its "or null"."""
    options = schema.get("anyOf")
    if isinstance(options, list):
        real = [option for option in options if option.get("type") != "null"]
        if len(real) == 1:
            return {**real[0], **{k: v for k, v in schema.items() if k != "anyOf"}}
        kinds = [entry.get("type") for entry in real]
        if "string" in kinds:
            return {**schema, "type": "string"}
    return schema


class FormField:
    """One field: its widget, how to read it, how to set it."""

    def __init__(
        self, widget: QWidget, read: Callable[[], Any], write: Callable[[Any], None]
    ) -> None:
        self.widget, self.read, self.write = widget, read, write


def make_field(name: str, raw: Schema, choices: Choices) -> FormField | None:
    """The field for a schema; None for what a person cannot type (nested objects)."""
    schema = plain_type(raw)
    kind, widget = schema.get("type"), str(schema.get("x-widget", ""))
    known = list(choices(widget.partition(":")[2] if widget.startswith("device") else name))
    if "enum" in schema:
        own = schema.get("x-words", {})
        named = [(str(value), choice_words(str(value), own)) for value in schema["enum"]]
        return _choice(named, is_free=False)
    if kind == "integer" and in_seconds(schema):
        return _seconds(int(schema.get("minimum", 0)), int(schema["maximum"]))
    if kind == "array":
        inner = str(schema.get("items", {}).get("type", ""))
        return _files() if widget == "files" else _list(inner, is_ms=in_seconds(schema))
    if kind == "boolean":
        box = QCheckBox()
        return FormField(box, box.isChecked, lambda v: box.setChecked(bool(v)))
    if kind == "integer":
        spin = QSpinBox()
        padded(spin)
        low, high = int(schema.get("minimum", -(10**9))), int(schema.get("maximum", 10**9))
        spin.setRange(low, high)
        if widget == "slider":
            return _slider(spin)
        return FormField(spin, spin.value, lambda v: spin.setValue(int(v or 0)))
    if kind == "number":
        real = QDoubleSpinBox()
        padded(real)
        real.setRange(float(schema.get("minimum", -1e9)), float(schema.get("maximum", 1e9)))
        real.setDecimals(2)
        if widget == "slider":
            real.setSingleStep(0.01 if real.maximum() - real.minimum() <= 10 else 0.5)
            return _slider(real)
        return FormField(real, real.value, lambda v: real.setValue(float(v or 0)))
    if kind == "string":
        if known:
            return _choice(known, is_free=True)
        if widget == "multiline":
            area = QPlainTextEdit()
            area.setMaximumHeight(tokens.px(72))
            return FormField(area, area.toPlainText, lambda v: area.setPlainText(str(v or "")))
        if widget in ("file", "folder"):
            return _file(is_folder=widget == "folder")
        if widget == "colour":
            return _colour()
        edit = QLineEdit()
        if widget == "secret" or "key" in name or "password" in name:
            edit.setEchoMode(QLineEdit.EchoMode.Password)
        return FormField(edit, edit.text, lambda v: edit.setText(str(v or "")))
    return None


def choice_words(value: str, own: Mapping[str, Sequence[str]]) -> str:
    """What a choice is called: by the field's own words, else the catalogue's, else its name."""
    if value in own:
        return own[value][0 if language.code == "zh" else 1]
    if not value:
        return t("form.any")
    for key in (f"enum.{value}", f"role.{value}"):
        if (words := t(key)) != f"ui.{key}":
            return words
    return value


def _choice(known: Sequence[tuple[str, str]], *, is_free: bool) -> FormField:
    box = QComboBox()
    box.setEditable(is_free)
    for value, words in known:
        box.addItem(words, value)
    if is_free:
        box.setCurrentIndex(-1)
        box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        completer = box.completer()
        if completer is not None:
            completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)

    def read() -> Any:
        text = box.currentText()
        at = box.findText(text)
        return box.itemData(at) if at >= 0 else text

    def write(value: Any) -> None:
        at = box.findData(str(value or ""))
        if at >= 0:
            box.setCurrentIndex(at)
        elif is_free:
            box.setEditText(str(value or ""))

    return FormField(box, read, write)


class _Beside(QWidget):
    """A slider with its number beside; its name is the number's too."""

    def __init__(self, spin: QSpinBox | QDoubleSpinBox) -> None:
        super().__init__()
        self._spin = spin
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, 1000)
        self.slider.setMinimumWidth(tokens.px(48))
        self.slider.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the number is the way by keyboard
        spin.setFixedWidth(tokens.px(82))
        layout = row(gap=6)
        layout.addWidget(self.slider, 1)
        layout.addWidget(spin)
        self.setLayout(layout)
        self.setFocusProxy(spin)
        self.slider.valueChanged.connect(self._slid)
        spin.valueChanged.connect(self._typed)
        self._typed()

    def setAccessibleName(self, name: str) -> None:
        """Named as a whole and in both of its parts."""
        super().setAccessibleName(name)
        self._spin.setAccessibleName(name)
        self.slider.setAccessibleName(name)

    def _slid(self, at: int) -> None:
        low, high = self._spin.minimum(), self._spin.maximum()
        value = low + (high - low) * at / 1000
        if isinstance(self._spin, QSpinBox):
            self._spin.setValue(round(value))
        else:
            self._spin.setValue(value)

    def _typed(self) -> None:
        low, high = self._spin.minimum(), self._spin.maximum()
        self.slider.blockSignals(True)
        self.slider.setValue(round(1000 * (self._spin.value() - low) / max(1e-9, high - low)))
        self.slider.blockSignals(False)


def _slider(spin: QSpinBox | QDoubleSpinBox) -> FormField:
    def write(value: Any) -> None:
        if isinstance(spin, QSpinBox):
            spin.setValue(int(value or 0))
        else:
            spin.setValue(float(value or 0))

    return FormField(_Beside(spin), spin.value, write)


class SecondsSpin(QDoubleSpinBox):
    """Seconds to the millisecond, without zeros that say nothing."""

    def textFromValue(self, value: float) -> str:
        """As a person writes it: 2.5."""
        return f"{value:.3f}".rstrip("0").rstrip(".")


def _seconds(low_ms: int, high_ms: int) -> FormField:
    spin = SecondsSpin()
    padded(spin)
    spin.setDecimals(3)
    spin.setRange(low_ms / 1000, high_ms / 1000)
    return FormField(
        spin, lambda: round(spin.value() * 1000), lambda v: spin.setValue(int(v or 0) / 1000)
    )


def _list(kind: str, *, is_ms: bool = False) -> FormField | None:
    """Words a line each; numbers side by side.

    Args:
        is_ms: milliseconds, which are shown and typed in seconds.
    """
    if kind in ("integer", "number"):
        edit = QLineEdit()
        edit.setPlaceholderText("0, 1, 2.5" if is_ms else "0, 1000, 2500")
        times = 1000 if is_ms else 1

        def numbers() -> list[Any]:
            found = [float(n) * times for n in re.findall(r"-?\d+(?:\.\d+)?", edit.text())]
            return (
                [round(n) for n in found]
                if is_ms
                else [int(n) if kind == "integer" else n for n in found]
            )

        def show(values: Any) -> None:
            shown = [f"{v / times:g}" if is_ms else str(v) for v in values or ()]
            edit.setText(", ".join(shown))

        return FormField(edit, numbers, show)
    if kind != "string":
        return None
    area = QPlainTextEdit()
    area.setMaximumHeight(tokens.px(84))
    area.setTabChangesFocus(True)

    def lines() -> list[str]:
        return [line.strip() for line in area.toPlainText().splitlines() if line.strip()]

    return FormField(area, lines, lambda v: area.setPlainText("\n".join(map(str, v or ()))))


def _beside(dialog: QDialog, field: QWidget) -> None:
    """Opens a dialog for a field; a form that pops up waits behind it instead of closing."""
    form = field.window()
    if form.windowType() == Qt.WindowType.Popup:
        dialog.setParent(form.parentWidget(), dialog.windowFlags())
        form.destroyed.connect(dialog.deleteLater)
        form.hide()
        dialog.finished.connect(form.show)
    dialog.setModal(False)
    dialog.show()


def _files() -> FormField:
    """Files a line each, typed or chosen; what is chosen goes below what is there."""
    lines = _list("string")
    assert lines is not None
    area = lines.widget
    assert isinstance(area, QPlainTextEdit)

    def pick_files() -> None:
        dialog = QFileDialog(area.window())
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(lambda entry: lines.write([*lines.read(), *entry]))
        _beside(dialog, area)

    return FormField(_with_chooser(area, "form.choose_files", pick_files), lines.read, lines.write)


def _file(*, is_folder: bool = False) -> FormField:
    edit = QLineEdit()

    def pick_file() -> None:
        dialog = QFileDialog(edit.window())
        mode = QFileDialog.FileMode
        dialog.setFileMode(mode.Directory if is_folder else mode.ExistingFile)
        dialog.setOption(QFileDialog.Option.DontUseNativeDialog, False)
        dialog.fileSelected.connect(edit.setText)
        _beside(dialog, edit)

    box = _with_chooser(edit, "form.choose_file", pick_file)
    return FormField(box, edit.text, lambda v: edit.setText(str(v or "")))


def _with_chooser(field: QWidget, name: str, pick: Callable[[], None]) -> QWidget:
    """A field with a button beside its first line that opens a dialog."""
    button = Button("", icon="folder", clicked=pick)
    button.name(t(name))
    box = QWidget()
    layout = row(gap=6)
    layout.addWidget(field, 1)
    layout.addWidget(button)
    if not isinstance(field, QLineEdit):
        layout.setAlignment(button, Qt.AlignmentFlag.AlignTop)
    box.setLayout(layout)
    box.setFocusProxy(field)
    return box


def _colour() -> FormField:
    edit = QLineEdit()
    edit.setPlaceholderText("#rrggbb")
    patch = Button("", icon="")
    patch.setFixedWidth(tokens.px(32))
    patch.name(t("form.choose_colour"))

    def show() -> None:
        text = edit.text().strip()
        patch.setStyleSheet(f"background: {text};" if text.startswith("#") else "")

    def choose() -> None:
        dialog = QColorDialog(edit.window())
        dialog.colorSelected.connect(lambda c: edit.setText(c.name()))
        _beside(dialog, edit)

    edit.textChanged.connect(show)
    patch.clicked.connect(choose)
    box = QWidget()
    layout = row(gap=6)
    layout.addWidget(edit, 1)
    layout.addWidget(patch)
    box.setLayout(layout)
    box.setFocusProxy(edit)
    return FormField(box, edit.text, lambda v: edit.setText(str(v or "")))


def _grid() -> QFormLayout:
    layout = QFormLayout()
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setHorizontalSpacing(tokens.px(10))
    layout.setVerticalSpacing(tokens.px(6))
    return layout


class SchemaForm(QWidget):
    """All fields of an object's schema.

    Args:
        schema: JSON schema of an object.
        values: what is set now; else the defaults.
        choices: known values for a field by its name ("scene", "source", …), may be empty.
        only: leave out all other fields.
        first: shown at once, in this order; the others come with a click on "More". None shows
            all of them.

    Signals:
        edited: a text field was left by Enter.
    """

    takes_keys = True

    edited = Signal()

    def __init__(
        self,
        schema: Schema,
        values: dict[str, Any] | None = None,
        choices: Choices = lambda name: (),
        only: Sequence[str] | None = None,
        first: Sequence[str] | None = None,
    ) -> None:
        super().__init__()
        self._fields: dict[str, FormField] = {}
        self._before: dict[str, Any] = {}
        above, below = _grid(), _grid()
        is_special = False
        properties: dict[str, Schema] = schema.get("properties", {})
        order = [name for name in first or () if name in properties]
        order += [name for name in properties if name not in order]
        is_folded = first is not None and len(order) > len(first) + 1
        for name in order:
            part = properties[name]
            if only is not None and name not in only:
                continue
            field = make_field(name, part, choices)
            if field is None:
                continue
            value = (values or {}).get(name, part.get("default"))
            if value is not None:
                field.write(value)
            words = label_of(name, part)
            field.widget.setAccessibleName(words)
            inner = field.widget.focusProxy()  # of a field with a button beside it
            if inner is not None:
                inner.setAccessibleName(words)
            is_below = is_folded and name not in (first or ())
            grid = below if is_below else above
            grid.addRow(TextLabel(words, size=12, tone="muted"), field.widget)
            self._fields[name] = field
            self._before[name] = field.read()
            is_special |= is_below and value is not None and value != part.get("default")
        layout = column(gap=6)
        layout.addLayout(above)
        self._rest = QWidget()
        self._rest.setLayout(below)
        self.more = Button(t("output_form.more"), "quiet", checkable=True)
        self.more.toggled.connect(self._rest.setVisible)
        self.more.setVisible(is_folded)
        self._rest.setVisible(False)
        self.more.setChecked(is_special)  # what somebody has set is seen
        layout.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self._rest)
        self.setLayout(layout)
        calm(self)

    @property
    def names(self) -> list[str]:
        """The fields there are."""
        return list(self._fields)

    def values(self, *, only_changed: bool = False) -> dict[str, Any]:
        """What the fields hold."""
        found = {name: field.read() for name, field in self._fields.items()}
        if only_changed:
            found = {k: v for k, v in found.items() if v != self._before[k]}
        return found

    def put(self, name: str, value: Any) -> None:
        """Sets a field."""
        if name in self._fields:
            self._fields[name].write(value)

    def widget(self, name: str) -> QWidget | None:
        """The widget of a field."""
        return self._fields[name].widget if name in self._fields else None

    def begin(self) -> None:
        """Puts the hand into the first field; what one types takes the place of what is there."""
        for field in self._fields.values():
            field.widget.setFocus()
            hand = field.widget.focusProxy() or field.widget
            if isinstance(hand, QAbstractSpinBox | QLineEdit):
                hand.selectAll()
            return
