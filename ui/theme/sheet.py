"""The one style sheet, filled in from the tokens."""

from __future__ import annotations

from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

from studio.api import assets_dir
from ui.theme import tokens as t
from ui.theme.fonts import load_fonts


def _mark(name: str) -> str:
    """An icon in its own colour, as a style sheet wants it."""
    return (assets_dir() / "icons" / f"{name}.svg").as_posix()


def sheet() -> str:
    """The style sheet at the present scale."""
    px = t.px
    return f"""
* {{ outline: none; }}
QMainWindow, QWidget#central, QWidget#overlay {{ background: {t.BACKGROUND}; }}
QMainWindow::separator {{ background: {t.BACKGROUND}; width: {px(8)}px; height: {px(8)}px; }}
QMainWindow::separator:hover {{ background: {t.LINE}; }}
QTableView {{ background: {t.BACKGROUND}; color: {t.TEXT}; border: 1px solid {t.LINE};
    border-radius: {px(4)}px; selection-background-color: {t.SELECTED};
    selection-color: {t.TEXT}; }}
QTableView::item {{ padding: 0 {px(6)}px; border-bottom: 1px solid {t.RAISED}; }}
QTableView::indicator:unchecked {{ background: {t.BACKGROUND}; border: 1px solid {t.MUTED};
    border-radius: {px(3)}px; }}
QTableView:focus {{ border: 2px solid {t.FOCUS}; }}
QHeaderView {{ background: {t.PANEL}; }}
QHeaderView::section {{ background: {t.PANEL}; color: {t.MUTED}; border: none;
    border-bottom: 1px solid {t.LINE}; padding: {px(4)}px {px(6)}px; }}
QToolTip {{ background: {t.RAISED}; color: {t.TEXT}; border: 1px solid {t.LINE};
    padding: {px(4)}px {px(8)}px; }}
QLabel {{ background: transparent; color: {t.TEXT}; }}
QLabel[tone="muted"] {{ color: {t.MUTED}; }}
QLabel[tone="attention"] {{ color: {t.ATTENTION}; }}
QLabel[tone="next"] {{ color: {t.NEXT_TEXT}; }}

QSlider#tbar::groove:vertical {{ background: {t.BACKGROUND}; border: 1px solid {t.LINE};
    width: {px(8)}px; border-radius: {px(4)}px; }}
QSlider#tbar::handle:vertical {{ background: {t.TEXT}; height: {px(12)}px;
    margin: 0 -{px(8)}px; border-radius: {px(3)}px; }}
QSlider#tbar::handle:vertical:hover {{ background: {t.ACCENT_TEXT}; }}
QSlider#tbar:focus {{ border: 2px solid {t.FOCUS}; border-radius: {px(4)}px; }}
QFrame#panel {{ background: {t.PANEL}; border: none; border-radius: {px(t.RADIUS)}px; }}
QFrame#panelHead {{ background: {t.PANEL}; border: none;
    border-top-left-radius: {px(t.RADIUS)}px; border-top-right-radius: {px(t.RADIUS)}px; }}
QFrame#panelBody {{ background: {t.PANEL}; border: none; border-top: 1px solid {t.RAISED};
    border-bottom-left-radius: {px(t.RADIUS)}px; border-bottom-right-radius: {px(t.RADIUS)}px; }}
QFrame#bar {{ background: {t.PANEL}; border: none; }}
QFrame#line {{ background: {t.LINE}; border: none; }}
QFrame#form {{ background: {t.RAISED}; border: 1px solid {t.LINE};
    border-radius: {px(t.RADIUS)}px; }}
QFrame#ask {{ background: {t.ATTENTION_SOFT}; border: 1px solid {t.ATTENTION};
    border-radius: {px(t.RADIUS)}px; }}
QFrame#card {{ background: {t.PANEL}; border: 1px solid {t.LINE};
    border-radius: {px(8)}px; }}

QScrollArea, QAbstractScrollArea {{ background: transparent; border: none; }}
QScrollArea > QWidget > QWidget {{ background: transparent; }}
QListView {{ background: transparent; border: none; color: {t.TEXT}; }}
QScrollBar:vertical {{ background: transparent; width: {px(8)}px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: {px(8)}px; margin: 0; }}
QScrollBar::handle {{ background: {t.LINE}; border-radius: {px(4)}px; }}
QScrollBar::handle:vertical {{ min-height: {px(24)}px; }}
QScrollBar::handle:horizontal {{ min-width: {px(24)}px; }}
QScrollBar::handle:hover {{ background: {t.FAINT}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}

QPushButton {{ background: {t.RAISED}; color: {t.TEXT}; border: 1px solid {t.LINE};
    border-radius: {px(5)}px; padding: 0 {px(9)}px; min-height: {px(24)}px; }}
QPushButton:hover {{ background: {t.HOVER}; }}
QPushButton:pressed {{ background: {t.LINE}; }}
QPushButton:focus {{ border: 2px solid {t.FOCUS}; }}
QPushButton:disabled {{ color: {t.FAINT}; background: transparent; }}
QPushButton:checked {{ background: {t.ACCENT_FILL}; border: 1px solid {t.ACCENT};
    color: {t.WHITE}; }}
QPushButton[kind="quiet"] {{ background: transparent; border: 1px solid transparent;
    color: {t.MUTED}; }}
QPushButton[kind="quiet"]:hover {{ background: {t.RAISED}; color: {t.TEXT}; }}
QPushButton[kind="quiet"]:focus {{ border: 2px solid {t.FOCUS}; }}
QPushButton[kind="quiet"]:checked {{ background: {t.RAISED}; color: {t.TEXT};
    border: 1px solid {t.RAISED}; }}
QPushButton[kind="quiet"]:checked:focus {{ border: 2px solid {t.FOCUS}; }}
QFrame#form QPushButton[kind="quiet"]:checked {{ background: {t.ACCENT_FILL};
    border: 1px solid {t.ACCENT}; color: {t.WHITE}; }}
QPushButton[kind="primary"] {{ background: {t.ACCENT_FILL}; border: 1px solid {t.ACCENT};
    color: {t.WHITE}; font-weight: bold; }}
QPushButton[kind="primary"]:hover {{ background: #2A4C8A; }}
QPushButton[kind="primary"]:disabled {{ color: {t.FAINT}; background: transparent;
    border: 1px solid {t.LINE}; }}
QPushButton[kind="golive"] {{ background: {t.GO_LIVE}; border: 1px solid {t.ACCENT};
    color: {t.WHITE}; font-weight: bold; padding: 0 {px(14)}px; }}
QPushButton[kind="golive"]:hover {{ background: {t.GO_LIVE_HOVER}; }}
QPushButton[kind="golive"]:focus {{ border: 2px solid {t.FOCUS}; }}
QPushButton[kind="golive"]:disabled {{ background: {t.ACCENT_FILL}; color: {t.MUTED};
    border: 1px solid {t.LINE}; }}
QPushButton[kind="take"] {{ background: {t.ON_AIR_FILL}; border: 1px solid {t.ON_AIR_FILL};
    color: {t.WHITE}; font-weight: bold; }}
QPushButton[kind="take"]:hover {{ background: {t.ON_AIR_HOVER}; }}
QPushButton[kind="take"]:focus {{ border: 2px solid {t.FOCUS}; }}
QPushButton[kind="take"]:disabled {{ background: {t.ON_AIR_SOFT}; color: {t.MUTED};
    border: 1px solid {t.ON_AIR_SOFT}; }}
QPushButton[kind="attention"] {{ background: transparent; border: 1px solid {t.ATTENTION};
    color: {t.ATTENTION}; }}
QPushButton[kind="attention"]:hover {{ background: {t.ATTENTION_SOFT}; }}
QPushButton[kind="attention"]:focus {{ border: 2px solid {t.FOCUS}; }}
QPushButton[kind="attention"]:disabled {{ color: {t.FAINT}; border: 1px solid {t.LINE}; }}
QPushButton[dense="true"] {{ padding: 0 {px(7)}px; min-height: {px(22)}px; }}
QPushButton[big="true"] {{ padding: 0 {px(16)}px; min-height: {px(32)}px; }}
QPushButton[tight="true"] {{ padding: 0 {px(4)}px; }}
QPushButton[kind="primary"]:focus, QPushButton:checked:focus {{ border: 2px solid {t.FOCUS}; }}
QPushButton::menu-indicator {{ width: 0; }}

QLineEdit, QPlainTextEdit, QSpinBox, QDoubleSpinBox, QComboBox {{
    background: {t.BACKGROUND}; color: {t.TEXT}; border: 1px solid {t.LINE};
    border-radius: {px(5)}px; padding: 0 {px(8)}px; min-height: {px(26)}px;
    selection-background-color: {t.ACCENT_FILL}; selection-color: {t.WHITE}; }}
QPlainTextEdit {{ padding: {px(4)}px {px(6)}px; }}
QLineEdit:focus, QPlainTextEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus {{
    border: 2px solid {t.FOCUS}; }}
QLineEdit:disabled, QPlainTextEdit:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled,
QComboBox:disabled {{ color: {t.FAINT}; background: transparent; border: 1px dashed {t.LINE}; }}
QLineEdit[wrong="true"] {{ border: 1px solid {t.ATTENTION}; }}
QComboBox::drop-down {{ border: none; width: {px(24)}px; }}
QComboBox::down-arrow {{ image: url({_mark("down")}); width: {px(12)}px; height: {px(12)}px; }}
QComboBox QAbstractItemView {{ background: {t.RAISED}; color: {t.TEXT};
    border: 1px solid {t.LINE}; selection-background-color: {t.ACCENT_FILL}; }}
QSpinBox QLineEdit, QDoubleSpinBox QLineEdit, QComboBox QLineEdit {{ border: none; padding: 0;
    min-height: 0; background: transparent; }}
QSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::up-button,
QDoubleSpinBox::down-button {{ width: 0; border: none; }}
QCheckBox {{ color: {t.TEXT}; spacing: {px(8)}px; background: transparent; }}
QCheckBox::indicator {{ width: {px(16)}px; height: {px(16)}px; border: 1px solid {t.FAINT};
    border-radius: {px(4)}px; background: {t.BACKGROUND}; }}
QCheckBox::indicator:checked {{ background: {t.ACCENT_FILL}; border: 1px solid {t.ACCENT};
    image: url({_mark("tick")}); }}
QCheckBox::indicator:focus {{ border: 2px solid {t.FOCUS}; }}
QMenu {{ background: {t.RAISED}; color: {t.TEXT}; border: 1px solid {t.LINE};
    padding: {px(4)}px; }}
QMenu::item {{ padding: {px(6)}px {px(24)}px {px(6)}px {px(12)}px; border-radius: {px(4)}px; }}
QMenu::item:selected {{ background: {t.ACCENT_FILL}; }}
QMenu::item:disabled {{ color: {t.FAINT}; }}
QMenu::separator {{ height: 1px; background: {t.LINE}; margin: {px(4)}px {px(8)}px; }}
QDockWidget {{ background: {t.PANEL}; color: {t.TEXT}; border: none; }}
QMainWindow > QTabBar {{ max-height: 0px; }}
QMainWindow > QTabBar::tab {{ height: 0px; width: 0px; padding: 0; margin: 0; border: none; }}
"""


def dress(app: QApplication) -> None:
    """Fusion, our palette, our fonts, the sheet: the same on every system."""
    t.set_family(load_fonts())
    made = sheet()
    if app.styleSheet() == made:
        return  # a second window: all widgets would be polished again for nothing
    app.setStyle(QStyleFactory.create("Fusion"))
    palette = QPalette()
    role = QPalette.ColorRole
    for which, name in {
        role.Window: t.BACKGROUND,
        role.WindowText: t.TEXT,
        role.Base: t.PANEL,
        role.AlternateBase: t.RAISED,
        role.Text: t.TEXT,
        role.PlaceholderText: t.FAINT,
        role.Button: t.RAISED,
        role.ButtonText: t.TEXT,
        role.BrightText: t.WHITE,
        role.Highlight: t.ACCENT_FILL,
        role.HighlightedText: t.WHITE,
        role.Link: t.ACCENT,
        role.ToolTipBase: t.RAISED,
        role.ToolTipText: t.TEXT,
    }.items():
        palette.setColor(which, t.colour(name))
    app.setPalette(palette)
    app.setFont(t.font(13))
    app.setStyleSheet(made)
