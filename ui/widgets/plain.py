"""Text of other people as plain text: Qt takes whatever looks like markup for markup."""

from __future__ import annotations

from PySide6.QtGui import Qt


def plain(text: str) -> str:
    """``text`` as a tool tip shows it letter for letter.

    A tip has no text format of its own: one that looks like markup would be drawn as such, and a
    picture named in it read, ``/dev/zero`` too. Every tip in the desk goes through here.
    """
    if not Qt.mightBeRichText(text):
        return text
    return Qt.convertFromPlainText(text)
