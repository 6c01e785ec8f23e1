"""Every control of the window can be told by who does not see it, explained by who does not know it, and hit.

The whole tree is walked: all pages and tabs, every menu, and every dialog that an action opens.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QMenuBar,
    QMessageBox,
    QPlainTextEdit,
    QRadioButton,
    QScrollBar,
    QStackedWidget,
    QTabBar,
    QTextEdit,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from sigdesk.app.actions import ACTIONS
from sigdesk.classifiers.folder import Classifier
from sigdesk.signals.contents import Content
from sigdesk.signals.recording import Channel
from sigdesk.ui.models.add_dialog import AddDialog
from sigdesk.ui.models.trust_dialog import TrustDialog
from sigdesk.ui.opening.tree_dialog import TreeDialog
from sigdesk.ui.plots.scale_dialog import ScaleDialog
from sigdesk.ui.start import Desk
from sigdesk.ui.widgets.keys import key_words
from sigdesk.ui.window.close_dialog import CloseDialog
from sigdesk.ui.window.crash_dialog import CrashDialog
from sigdesk.ui.window.question_dialog import QuestionDialog
from sigdesk.ui.window.relink_dialog import RelinkDialog
from tests.end_to_end.command_line import SAMPLES
from tests.end_to_end.conftest import drop

_KINDS = (
    QAbstractButton, QLineEdit, QComboBox, QAbstractSpinBox, QAbstractItemView, QTextEdit, QPlainTextEdit,
    QAbstractSlider,
)  # fmt: skip
OPENED_BY_ACTIONS = {
    "SettingsDialog", "ShortcutSheet", "TextDialog", "AboutDialog", "NotesDialog", "JobDialog", "RecipeDialog",
    "TableDialog", "ClassKeysDialog",
}  # fmt: skip
_LEAST = 24
"""Pixels that a target has at least (tokens.md)."""


def controls(root: QWidget) -> Iterator[QWidget]:
    """What takes the mouse or the keyboard below a widget, without what is hidden and the parts that Qt makes."""
    for widget in (root, *root.findChildren(QWidget)):
        if widget.isHidden() and widget is not root and not isinstance(widget.parentWidget(), QStackedWidget):
            continue
        takes_keys = widget.focusPolicy() != Qt.FocusPolicy.NoFocus and not isinstance(widget, QDialog | QLabel)
        if (isinstance(widget, _KINDS) or takes_keys) and not _is_qts_own(widget):
            yield widget


def _is_qts_own(widget: QWidget) -> bool:
    if widget.objectName().startswith("qt_") or isinstance(widget, QHeaderView | QScrollBar | QMenu | QMenuBar):
        return True
    if type(widget).__name__ == "QTableCornerButton":
        return True
    one = widget.parentWidget()
    if isinstance(one, QTabBar) or (isinstance(one, QAbstractScrollArea) and one.viewport() is widget):
        return True
    while one is not None:
        if isinstance(one, QComboBox | QAbstractSpinBox | QFileDialog | QMessageBox):
            return True
        one = one.parentWidget()
    return False


def what(widget: QWidget) -> str:
    parents: list[str] = []
    one = widget.parentWidget()
    while one is not None and len(parents) < 3:
        parents.append(type(one).__name__)
        one = one.parentWidget()
    return f"{type(widget).__name__} {widget.accessibleName()!r} in {' < '.join(parents)}"


def text_of(widget: QWidget) -> str:
    text = widget.text() if isinstance(widget, QAbstractButton) else ""
    return widget.accessibleName() or text or (widget.windowTitle() if widget.isWindow() else "")


def faults(root: QWidget) -> set[str]:
    keys = {row.text.removesuffix("…"): row.keys[0] for row in ACTIONS if row.keys}
    found = set()
    for widget in controls(root):
        name = text_of(widget)
        if not name:
            found.add(f"no name: {what(widget)}")
        if not isinstance(widget, QAbstractButton):
            continue
        is_icon = isinstance(widget, QToolButton) and widget.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonIconOnly
        if is_icon or not widget.text():
            if not widget.toolTip():
                found.add(f"icon without a tooltip: {what(widget)}")
            shortcut = keys.get(name, "")
            shown = key_words(shortcut)
            if is_icon and widget.isEnabled() and shortcut and shown not in widget.toolTip():
                found.add(f"tooltip without {shown}: {what(widget)}")
        if widget.isVisible() and not _large_enough(widget):
            found.add(f"{widget.width()} x {widget.height()} px: {what(widget)}")
    return found


def _large_enough(widget: QAbstractButton) -> bool:
    size = widget.size()
    if isinstance(widget, QCheckBox | QRadioButton):  # their text is part of the target
        return size.height() >= _LEAST
    return size.expandedTo(QSize(_LEAST, _LEAST)) == size


def nameless_entries(menu: QMenu) -> set[str]:
    return {f"entry without text in {menu.title()}" for a in menu.actions() if not a.isSeparator() and not a.text()}


@pytest.fixture
def working(desk: Desk, tmp_path: Path, qtbot: QtBot) -> Desk:
    """A desk with signals, a label, a job that has ended and a problem."""
    with qtbot.waitSignal(desk.program.opened, timeout=20_000):
        shutil.copy(SAMPLES / "microwave.csv", tmp_path)  # labels are written beside it
        drop(desk.window, tmp_path / "microwave.csv", tmp_path / "no such file.csv")
    desk.program.classifying.choose_model("appliance-current")
    desk.program.classifying.classify_current()
    qtbot.waitUntil(lambda: desk.program.feed.results.rowCount() > 0, timeout=90_000)
    (entry,) = desk.program.session.entries
    desk.program.labelling.create_label(entry.id, 0, 1, "idle")
    return desk


@pytest.mark.parametrize("size", [(1440, 900), (1100, 700)])
def test_pages_tabs_and_menus(working: Desk, size: tuple[int, int]) -> None:
    window = working.window
    window.resize(*size)
    found = faults(window)
    for page in ("Record", "Review", "Models", "Workspace"):
        window.show_page(page)
        QApplication.processEvents()
        found |= faults(window)
    for row in ACTIONS:
        if row.id.startswith("tab-"):
            working.wiring.actions[row.id].trigger()
            QApplication.processEvents()
            found |= faults(window)
    for menu in window.findChildren(QMenu):
        found |= nameless_entries(menu)
    assert not found, "\n".join(sorted(found))


def test_the_welcome_page(desk: Desk, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: desk.window.welcome.findChildren(QAbstractButton) != [])
    found = faults(desk.window)
    assert not found, "\n".join(sorted(found))


def test_every_dialog_that_an_action_opens(working: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, nothing in (
        ("getOpenFileNames", ([], "")), ("getOpenFileName", ("", "")), ("getSaveFileName", ("", "")),
        ("getExistingDirectory", ""),
    ):  # fmt: skip
        monkeypatch.setattr(QFileDialog, name, lambda *_, nothing=nothing, **__: nothing)  # those that block
    window, opened = working.window, set()
    working.window.bottom.jobs.selectRow(0)
    found: set[str] = set()
    for row in ACTIONS:
        action = working.wiring.actions[row.id]
        if row.id in ("quit", "open-samples", "new-session", "remove") or not action.isEnabled():
            continue
        if row.text.endswith("…") or row.menu == "Help":
            action.trigger()
            QApplication.processEvents()
            for dialog in window.findChildren(QDialog):
                if dialog.isVisible():
                    opened.add(type(dialog).__name__)
                    found |= faults(dialog)
                    dialog.reject()
            for menu in window.findChildren(QMenu):
                menu.close()
            QApplication.processEvents()
    assert opened >= OPENED_BY_ACTIONS
    assert not found, "\n".join(sorted(found))


def test_every_dialog_that_something_else_opens(desk: Desk, qtbot: QtBot) -> None:
    """Those that come of a drop, a crash, the end, or a menu in the middle of the plot."""
    look, window = desk.look, desk.window
    model = next(
        one for one in desk.program.classifying.models if isinstance(one, Classifier) and one.manifest.file is not None
    )
    dialogs: list[QDialog] = [
        ScaleDialog(look, Channel("Current", "A"), (0.0, 1.0), window),
        CrashDialog(look, "What", "Way out", "details", "note", window),
        QuestionDialog(look, "Title", "What", "Way out", ["Replace"], window),
        CloseDialog(look, "2 jobs have not ended.", "They are kept.", window),
        RelinkDialog(["/gone/pump.csv"], look, window),
        TreeDialog("rig.h5", 1, [Content("run 1/current", (100,), "float64", "A")], ["run 1/current"], look, window),
        AddDialog(look, window),
        TrustDialog(look, model, window),
    ]
    found: set[str] = set()
    for dialog in dialogs:
        dialog.open()
        qtbot.waitUntil(dialog.isVisible)
        found |= faults(dialog)
        dialog.done(0)
    assert not found, "\n".join(sorted(found))
    known = {type(dialog).__name__ for dialog in dialogs} | OPENED_BY_ACTIONS
    ours = {one.__name__ for one in QDialog.__subclasses__() if one.__module__.startswith("sigdesk.")}
    assert ours <= known, "a new dialog belongs into one of these two tests"
