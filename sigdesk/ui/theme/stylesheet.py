"""The one stylesheet, made from a theme's tokens. Widgets choose their look by dynamic properties, never by own sheets.

Properties that it knows:

- QPushButton `kind`: primary, plain (also without), ghost, danger, link, big (plain, 36 px); `large` true: 36 px.
- QToolButton `kind`: tool (28 px square; checked: selected), field (looks like a line edit).
- QLabel `role`: caption, muted, secondary, lead, small, strong, title, head, page-title, result, mono, chip.
- QFrame `role`: card, panel, panel-head, sunken, separator, banner, status-bar, palette.
- QTabBar `variant`: page, bottom.
- `status` on labels and frames: ok, warn, error, accent, muted.
"""

from __future__ import annotations

from string import Template

from msgspec.structs import asdict
from PySide6.QtGui import QColor

from sigdesk.places import shipped_folder
from sigdesk.ui.theme.tokens import Theme

STATUSES = ("ok", "warn", "error", "accent")

_BASE = """
QMainWindow, QDialog { background: $window; }
QToolTip { background: $raised; color: $text; border: 1px solid $border_strong; padding: 3px 6px; font-size: 12px; }
QLabel { background: transparent; }
QLabel[role="caption"] { color: $muted; font-size: 11px; }
QLabel[role="muted"] { color: $muted; font-size: 12px; }
QLabel[role="secondary"] { color: $text_2; font-size: 12px; }
QLabel[role="lead"] { color: $text_2; }
QLabel[role="small"] { font-size: 12px; }
QLabel[role="strong"] { font-size: 12px; font-weight: 500; }
QLabel[role="title"] { font-weight: 600; }
QLabel[role="head"] { font-size: 15px; font-weight: 600; }
QLabel[role="page-title"] { font-size: 24px; font-weight: 600; }
QLabel[role="result"] { font-size: 20px; font-weight: 600; }
QLabel[role="mono"] { font-family: "JetBrains Mono", "DejaVu Sans Mono"; font-size: 12px; }
QLabel[role="chip"] {
    background: $window; color: $text_2; border-radius: 4px; padding: 0 6px;
    min-height: 20px; max-height: 20px; font-size: 11px; font-weight: 500;
}
QLabel:disabled { color: $disabled; }
QFrame[role="panel"] { background: $surface; border: none; }
QFrame[role="panel-head"] { background: $surface; border: none; border-bottom: 1px solid $border; }
QFrame[role="sunken"] { background: $sunken; border: none; }
QFrame[role="card"] { background: $surface; border: 1px solid $border; border-radius: 6px; }
QFrame[role="status-bar"] { background: $surface; border: none; border-top: 1px solid $border; }
QFrame[role="palette"] { background: $surface; border: 1px solid $border_strong; }
QFrame[role="separator"] { background: $border; border: none; }
QFrame[role="banner"] { background: $window; border: none; border-bottom: 1px solid $border; }
"""

_STATUS = """
QLabel[status="$status"] { color: $ink; }
QLabel[role="chip"][status="$status"] { background: $tint; color: $ink; }
QFrame[role="banner"][status="$status"] { background: $tint; }
QFrame[role="card"][status="$status"] { background: $tint; border-color: $ink; }
"""

_BUTTONS = """
QPushButton {
    background: $raised; color: $text; border: 1px solid $border_strong; border-radius: 4px;
    padding: 0 11px; min-height: 26px; font-size: 12px; font-weight: 500;
}
QPushButton[small="true"] { min-height: 22px; padding: 0 7px; }
QPushButton[large="true"], QPushButton[kind="big"] {
    min-height: 34px; padding: 0 15px; border-radius: 6px; font-size: 13px;
}
QPushButton:hover { background: $hover; }
QPushButton:pressed, QPushButton:checked { background: $selected; }
QPushButton:checked { color: $accent_text; }
QPushButton[kind="primary"] { background: $accent; color: $on_accent; border-color: $accent; }
QPushButton[kind="primary"]:hover, QPushButton[kind="primary"]:pressed {
    background: $accent_hover; border-color: $accent_hover;
}
QPushButton[kind="danger"] { background: $record; color: $on_record; border-color: $record; }
QPushButton[kind="ghost"] { background: transparent; color: $text_2; border-color: transparent; }
QPushButton[kind="ghost"]:hover { background: $hover; }
QPushButton[kind="ghost"]:pressed, QPushButton[kind="ghost"]:checked { background: $selected; }
QPushButton[kind="link"] {
    background: transparent; color: $accent_text; border-color: transparent; padding: 0 3px; min-height: 22px;
}
QPushButton[kind="link"]:hover { text-decoration: underline; }
QPushButton:disabled { background: $window; color: $disabled; border-color: $border; }
QPushButton[kind="plain"]:disabled, QPushButton[kind="big"]:disabled { background: $surface; }
QPushButton[kind="ghost"]:disabled, QPushButton[kind="link"]:disabled {
    background: transparent; border-color: transparent;
}
QToolButton {
    background: transparent; color: $text_2; border: 1px solid transparent; border-radius: 4px;
    padding: 0 5px; font-size: 12px; font-weight: 500;
}
QToolButton:hover { background: $hover; }
QToolButton:pressed, QToolButton:checked { background: $selected; }
QToolButton:checked { color: $accent_text; }
QToolButton:disabled { color: $disabled; }
QToolButton[kind="tool"] { padding: 0; min-width: 26px; max-width: 26px; min-height: 26px; max-height: 26px; }
QToolButton::menu-indicator { image: none; }
QCheckBox, QRadioButton { color: $text_2; background: transparent; font-size: 12px; spacing: 8px;
    min-height: 24px; }
QCheckBox:disabled, QRadioButton:disabled { color: $disabled; }
QCheckBox::indicator, QTreeView::indicator {
    width: 14px; height: 14px; border: 1px solid $border_strong; border-radius: 3px; background: $raised;
}
QCheckBox::indicator:hover, QCheckBox::indicator:focus { border-color: $accent; }
QCheckBox::indicator:checked, QCheckBox::indicator:indeterminate,
QTreeView::indicator:checked, QTreeView::indicator:indeterminate { background: $accent; border-color: $accent; }
QCheckBox::indicator:checked, QTreeView::indicator:checked { image: url("$icons/check-$name.svg"); }
QCheckBox::indicator:disabled { background: $window; border-color: $border; }
QCheckBox::indicator:checked:disabled { background: $disabled; border-color: $disabled; }
"""

_FIELDS = """
QLineEdit, QComboBox, QAbstractSpinBox, QPlainTextEdit, QTextEdit {
    background: $field; color: $text; border: 1px solid $border_strong; border-radius: 4px; font-size: 12px;
    selection-background-color: $accent; selection-color: $on_accent; placeholder-text-color: $muted;
}
QTextEdit[role="page"] { background: transparent; border: none; font-size: 13px; }
QLineEdit, QComboBox, QAbstractSpinBox { min-height: 26px; padding: 0 8px; }
QLineEdit[small="true"] { min-height: 22px; }
QLineEdit:focus, QComboBox:focus, QAbstractSpinBox:focus, QPlainTextEdit:focus, QTextEdit:focus {
    border-color: $accent;
}
QLineEdit:disabled, QComboBox:disabled, QAbstractSpinBox:disabled, QPlainTextEdit:disabled {
    background: $window; color: $disabled; border-color: $border;
}
QLineEdit:read-only { background: $window; color: $muted; border-color: $border; }
QAbstractSpinBox QLineEdit, QComboBox QLineEdit { border: none; padding: 0; min-height: 20px; background: transparent; }
QComboBox { padding: 0 4px 0 8px; }
QComboBox:hover { background: $hover; }
QComboBox::drop-down { border: none; width: 22px; }
QComboBox::down-arrow { image: url("$icons/caret-down-$name.svg"); width: 12px; height: 12px; }
QComboBox QAbstractItemView {
    background: $raised; color: $text; border: 1px solid $border_strong; padding: 4px 0; outline: none;
    selection-background-color: $selected; selection-color: $text; font-size: 12px;
}
QComboBox QAbstractItemView::item { min-height: 26px; padding: 0 8px; }
QAbstractSpinBox { padding: 0 2px 0 0; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {
    border: none; background: transparent; width: 20px; subcontrol-origin: padding;
}
QAbstractSpinBox::up-button { subcontrol-position: top right; height: 13px; }
QAbstractSpinBox::down-button { subcontrol-position: bottom right; height: 13px; }
QAbstractSpinBox::up-button:hover, QAbstractSpinBox::down-button:hover { background: $selected; }
QAbstractSpinBox::up-arrow { image: url("$icons/caret-up-$name.svg"); width: 10px; height: 10px; }
QAbstractSpinBox::down-arrow { image: url("$icons/caret-down-$name.svg"); width: 10px; height: 10px; }
QAbstractSpinBox::up-arrow:off, QAbstractSpinBox::down-arrow:off { image: none; }
"""

_VIEWS = """
QAbstractItemView {
    background: $surface; alternate-background-color: $surface; color: $text; border: none; outline: none;
    font-size: 12px; selection-background-color: $selected; selection-color: $text; gridline-color: $border;
}
QAbstractItemView::item:hover { background: $hover; }
QAbstractItemView::item:selected { background: $selected; color: $text; }
QHeaderView { background: $sunken; border: none; }
QHeaderView::section {
    background: $sunken; color: $muted; border: none; border-bottom: 1px solid $border; padding: 0 8px;
    height: 23px; font-size: 11px; font-weight: 500;
}
QTableView[role="matrix"] QTableCornerButton::section { background: $surface; border: none; }
QTableCornerButton::section { background: $sunken; border: none; border-bottom: 1px solid $border; }
QScrollArea { background: transparent; border: none; }
QScrollBar { background: transparent; border: none; margin: 0; }
QScrollBar:vertical { width: 10px; }
QScrollBar:horizontal { height: 10px; }
QScrollBar::handle { background: $border_strong; border-radius: 3px; margin: 2px; }
QScrollBar::handle:hover { background: $muted; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; border: none; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QAbstractScrollArea::corner { background: transparent; border: none; }
"""

_FRAME = """
QMenuBar { background: $surface; color: $text_2; border: none; font-size: 13px; spacing: 0; }
QMenuBar::item { background: transparent; padding: 4px 8px; border-radius: 4px; }
QMenuBar::item:selected { background: $hover; color: $text; }
QMenuBar::item:pressed { background: $selected; color: $text; }
QMenu { background: $raised; color: $text; border: 1px solid $border_strong; padding: 4px 0; font-size: 13px; }
QMenu::item { padding: 4px 24px 4px 12px; min-height: 20px; background: transparent; }
QMenu::item:selected { background: $selected; }
QMenu::item:disabled { color: $disabled; }
QMenu::icon { padding-left: 12px; }
QMenu::separator { height: 1px; background: $border; margin: 4px 0; }
QTabBar { background: transparent; border: none; qproperty-drawBase: 0; }
QTabBar::tab {
    background: transparent; color: $text_2; border: none; border-bottom: 2px solid transparent;
    padding: 0 8px; min-height: 30px; font-size: 12px;
}
QTabBar::tab:hover { color: $text; }
QTabBar::tab:selected { color: $text; font-weight: 500; border-bottom-color: $accent; }
QTabBar[variant="page"]::tab { min-height: 42px; font-size: 13px; }
QTabWidget::pane { border: none; }
QSplitter::handle { background: $border; }
QSplitter::handle:hover { background: $accent; }
QMainWindow::separator { background: $border; width: 1px; height: 1px; }
QMainWindow::separator:hover { background: $accent; }
QDockWidget { border: none; titlebar-close-icon: none; titlebar-normal-icon: none; }
QProgressBar { background: $border; border: none; border-radius: 2px; max-height: 4px; min-height: 4px; }
QProgressBar::chunk { background: $accent; border-radius: 2px; }
QGroupBox { border: none; font-weight: 600; }
"""


def stylesheet(theme: Theme) -> str:
    """The whole sheet of a theme."""
    values = asdict(theme) | {"icons": (shipped_folder("resources") / "icons").as_posix()}
    sheet = Template(_BASE + _BUTTONS + _FIELDS + _VIEWS + _FRAME).substitute(values)
    status = Template(_STATUS)
    statuses = (
        status.substitute(status=name, ink=status_ink(theme, name), tint=values[f"{name}_tint"]) for name in STATUSES
    )
    return "".join((sheet, *statuses, f'QLabel[status="muted"] {{ color: {theme.muted}; }}'))


def status_ink(theme: Theme, status: str) -> str:
    """The colour of text and icons that stand for a status ("ok", "warn", "error", "accent", "muted")."""
    ink: str = getattr(theme, "accent_text" if status == "accent" else status)
    return ink


def ring_colour(theme: Theme) -> QColor:
    """The 2 px ring around what has the focus: the accent at 30%."""
    colour = QColor(theme.accent)
    colour.setAlphaF(0.3)
    return colour
