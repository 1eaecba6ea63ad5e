"""The studio's own fonts, so that Chinese is never boxes."""

from __future__ import annotations

import functools

from PySide6.QtGui import QFontDatabase

from studio.api import assets_dir


@functools.cache
def load_fonts() -> str:
    """Loads the bundled fonts; the family to use, the system's where they are missing."""
    for path in sorted((assets_dir() / "fonts").glob("*.[ot]tf")):
        QFontDatabase.addApplicationFont(str(path))
    names = QFontDatabase.families()
    for wanted in ("Noto Sans SC", "Noto Sans CJK SC"):
        for name in names:
            if name.startswith(wanted):
                return name
    return QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).family()
