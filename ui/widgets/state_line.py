"""A line of words at a state, with what can be done about it."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from ui.widgets.basics import Button, Dot, TextLabel, row


def state_line(tone: str, words: str, *buttons: Button) -> QWidget:
    """A dot of a tone, words that wrap, and buttons at the end."""
    line, text = QWidget(), TextLabel(words, wraps=True)
    text.set_tone("attention" if tone == "attention" else "")
    parts = row(Dot(tone), gap=8)
    parts.addWidget(text, 1)
    for button in buttons:
        parts.addWidget(button)
    line.setLayout(parts)
    line.setAccessibleName(words)
    return line
