"""A real desk for the tests of this folder: the whole program with its window, in a home folder of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from sigdesk.places import Places
from sigdesk.ui.start import Desk, build_desk

ARTEFACTS = Path(__file__).parents[1] / "artefacts"
MakeDesk = Callable[[], Desk]


@pytest.fixture
def make_desk(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> Iterator[MakeDesk]:
    """Opens a desk at 1440 x 900 in the test's own home; a second call is a restart, once the first was closed."""
    desks: list[Desk] = []

    def make() -> Desk:
        end(lambda desk: not desk.window.isVisible())  # or Qt would give it the look of the next one, which takes long
        desk = build_desk(qapp, Places(tmp_path / "home"))
        desks.append(desk)
        with qtbot.waitExposed(desk.window):
            desk.window.show()
        return desk

    def end(is_meant: Callable[[Desk], bool]) -> None:
        for desk in [desk for desk in desks if is_meant(desk)]:
            desks.remove(desk)
            desk.window.may_close = lambda: True  # whoever tests the question answers it
            desk.window.close()
            desk.program.close()
            for one in (desk.window, desk.program, desk.look):
                one.deleteLater()
        qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        if not desks:
            qapp.setStyleSheet("")

    yield make
    end(lambda _: True)
    assert not list((tmp_path / "home" / "tmp").iterdir()), "temporary files left behind"


@pytest.fixture
def desk(make_desk: MakeDesk) -> Desk:
    return make_desk()


def drop(target: QWidget, *paths: Path) -> None:
    """Drag files over a widget and let go of them, as the window system would tell it."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    place = QPoint(target.width() // 2, target.height() // 2)
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(place, Qt.DropAction.CopyAction, data, buttons, keys)
    QApplication.sendEvent(target, enter)
    assert enter.isAccepted(), "what is dragged would be refused"
    let_go = QDropEvent(QPointF(place), Qt.DropAction.CopyAction, data, buttons, keys)
    QApplication.sendEvent(target, let_go)
    assert let_go.isAccepted()


def screenshot(desk: Desk, request: pytest.FixtureRequest, name: str) -> Path:
    """Keep a picture of the window among the artefacts of CI."""
    ARTEFACTS.mkdir(exist_ok=True)
    QApplication.processEvents()
    path = ARTEFACTS / f"{re.sub(r'[^A-Za-z0-9]+', '-', request.node.name)}-{name}.png"
    assert desk.window.grab().save(str(path))
    return path
