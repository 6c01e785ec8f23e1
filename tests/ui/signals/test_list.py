"""The list of signals by real mouse, key and drop events, and by what stands on the screen."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from sigdesk.app.rows import ClassMark, SignalState
from sigdesk.app.session import Session
from sigdesk.app.signals_model import SignalsModel
from sigdesk.ui.signals.delegate import GROUP_HEIGHT, SIGNAL_HEIGHT, SignalDelegate
from sigdesk.ui.signals.list import SignalList
from sigdesk.ui.signals.panel import SignalsPanel
from sigdesk.ui.signals.thumbnails import THUMBNAIL, ThumbnailStore
from sigdesk.ui.theme.look import Look
from tests.ui.painted import colours_in, name_of, row_colours
from tests.ui.signals.conftest import make_recording

LEFT, NO_KEYS = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def signals(panel: SignalsPanel) -> SignalList:
    return panel.list


def middle(signals: SignalList, row: int) -> QPoint:
    return signals.visualRect(signals.model().index(row, 0)).center()


def click(signals: SignalList, qtbot: QtBot, row: int, keys: Qt.KeyboardModifier = NO_KEYS) -> None:
    qtbot.mouseClick(signals.viewport(), LEFT, keys, middle(signals, row))


def heights(signals: SignalList) -> list[int]:
    return [signals.visualRect(signals.model().index(row, 0)).height() for row in range(signals.model().rowCount())]


def set_state(session: Session, signal_id: int, state: SignalState, **fields: object) -> None:
    entry = session.find(signal_id)
    assert entry is not None
    entry.state = state
    for name, value in fields.items():
        setattr(entry, name, value)
    session.touch([signal_id])


def drag(paths: list[Path]) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def test_groups_and_signals_have_their_heights(signals: SignalList) -> None:
    assert heights(signals) == [GROUP_HEIGHT, *[SIGNAL_HEIGHT] * 4, GROUP_HEIGHT, *[SIGNAL_HEIGHT] * 2]


def test_a_click_makes_a_signal_current(signals: SignalList, qtbot: QtBot) -> None:
    with qtbot.waitSignal(signals.current_changed) as current:
        click(signals, qtbot, 2)

    assert current.args == [2]
    assert signals.selected_ids() == (2,)


def test_arrow_keys_step_through_signals(signals: SignalList, qtbot: QtBot) -> None:
    click(signals, qtbot, 1)
    shown: list[int] = []
    signals.current_changed.connect(shown.append)

    qtbot.keyClick(signals, Qt.Key.Key_Down)
    qtbot.keyClick(signals, Qt.Key.Key_Down)

    assert shown == [2, 3]


def test_enter_shows_the_signal_once_more(signals: SignalList, qtbot: QtBot) -> None:
    click(signals, qtbot, 1)

    with qtbot.waitSignal(signals.current_changed) as current:
        qtbot.keyClick(signals, Qt.Key.Key_Return)

    assert current.args == [1]


def test_many_signals_are_selected_and_removed(signals: SignalList, qtbot: QtBot) -> None:
    click(signals, qtbot, 1)
    click(signals, qtbot, 3, SHIFT)
    click(signals, qtbot, 6, CTRL)
    assert signals.selected_ids() == (1, 2, 3, 5)

    with qtbot.waitSignal(signals.remove_requested) as removed:
        qtbot.keyClick(signals, Qt.Key.Key_Delete)

    assert removed.args == [(1, 2, 3, 5)]


def test_a_click_on_a_group_folds_it(signals: SignalList, session: Session, qtbot: QtBot) -> None:
    click(signals, qtbot, 0)
    assert heights(signals) == [GROUP_HEIGHT, GROUP_HEIGHT, SIGNAL_HEIGHT, SIGNAL_HEIGHT]
    assert signals.selected_ids() == ()

    click(signals, qtbot, 0)
    assert len(heights(signals)) == 8


def test_the_keyboard_folds_a_group_too(signals: SignalList, model: SignalsModel, qtbot: QtBot) -> None:
    signals.setCurrentIndex(model.index(0))
    with qtbot.waitSignal(signals.group_toggled) as left:
        qtbot.keyClick(signals, Qt.Key.Key_Left)
    assert left.args == ["Pump A"]

    signals.setCurrentIndex(model.index(0))
    with qtbot.waitSignal(signals.group_toggled):
        qtbot.keyClick(signals, Qt.Key.Key_Right)
    assert len(heights(signals)) == 8


def test_digits_choose_nothing(signals: SignalList, qtbot: QtBot) -> None:
    click(signals, qtbot, 1)
    for key in (Qt.Key.Key_A, Qt.Key.Key_2, Qt.Key.Key_B):
        qtbot.keyClick(signals, key)

    assert signals.selected_ids() == (1,)


def test_selection_and_place_survive_signals_that_are_added(
    signals: SignalList, session: Session, qtbot: QtBot
) -> None:
    session.add([make_recording(f"c{number:03}.csv", "Pump C") for number in range(100)])
    click(signals, qtbot, 2)
    click(signals, qtbot, 3, CTRL)
    signals.verticalScrollBar().setValue(1000)
    told: list[object] = []
    signals.current_changed.connect(told.append)
    signals.selection_changed.connect(told.append)

    session.add([make_recording("d.csv", "Pump D")])

    assert signals.selected_ids() == (2, 3)
    assert signals.current_id() == 3
    assert signals.verticalScrollBar().value() == 1000
    assert told == []


def test_what_a_filter_takes_away_is_not_selected_any_more(
    signals: SignalList, model: SignalsModel, qtbot: QtBot
) -> None:
    click(signals, qtbot, 2)
    click(signals, qtbot, 3, CTRL)

    with qtbot.waitSignal(signals.selection_changed) as selection:
        model.set_filter("a2")

    assert selection.args == [(3,)]
    assert signals.selected_ids() == (3,)


def test_a_row_is_brought_into_view(signals: SignalList, session: Session, model: SignalsModel) -> None:
    (*_, last) = session.add([make_recording(f"c{number:03}.csv", "Pump C") for number in range(100)])

    signals.show_row(model.index_of(last))

    assert signals.selected_ids() == (last,)
    assert signals.viewport().rect().contains(signals.visualRect(model.index_of(last)))


def test_the_selected_row_has_ground_and_bar(signals: SignalList, look: Look, qtbot: QtBot) -> None:
    click(signals, qtbot, 2)
    signals.clearFocus()

    row = signals.visualRect(signals.model().index(2, 0))
    assert colours_in(signals.viewport(), row.adjusted(0, 0, 2 - row.width(), 0)) == {name_of(look.theme.accent)}
    assert name_of(look.theme.selected) in row_colours(signals, 2)
    assert name_of(look.theme.selected) not in row_colours(signals, 1)


def test_the_row_with_the_keyboard_is_ringed(signals: SignalList, look: Look, qtbot: QtBot) -> None:
    click(signals, qtbot, 2)
    signals.setFocus()

    row = signals.visualRect(signals.model().index(2, 0))
    top = colours_in(signals.viewport(), row.adjusted(0, 0, 0, 1 - row.height()))
    assert top == {name_of(look.theme.accent)}


def test_a_hovered_row_changes_its_ground(signals: SignalList, look: Look, qtbot: QtBot) -> None:
    qtbot.mouseMove(signals.viewport(), middle(signals, 2))

    assert name_of(look.theme.hover) in row_colours(signals, 2)


def test_a_label_is_painted_in_its_class_colour(
    signals: SignalList, session: Session, look: Look, qtbot: QtBot
) -> None:
    fill = name_of(look.class_colour(3).fill)
    assert fill not in row_colours(signals, 1)

    set_state(session, 1, SignalState.CLASSIFIED, mark=ClassMark("cavitation", "Cavitation", 3), confidence=0.91)

    assert fill in row_colours(signals, 1)
    assert name_of(look.theme.warn) not in row_colours(signals, 1)


def test_an_unsure_label_warns(signals: SignalList, session: Session, look: Look) -> None:
    set_state(session, 1, SignalState.UNSURE, mark=ClassMark("cavitation", "Cavitation", 3), confidence=0.46)

    assert {name_of(look.theme.warn), name_of(look.class_colour(3).fill)} <= row_colours(signals, 1)


def test_your_label_says_so_and_is_never_unsure(
    signals: SignalList, model: SignalsModel, session: Session, look: Look
) -> None:
    bearing, cavitation = ClassMark("bearing", "Bearing wear", 2), ClassMark("cavitation", "Cavitation", 3)
    set_state(session, 1, SignalState.UNSURE, mark=cavitation, confidence=0.46, you=bearing)

    seen = row_colours(signals, 1)
    assert {name_of(look.theme.accent_text), name_of(look.class_colour(2).fill)} <= seen
    assert not {name_of(look.theme.warn), name_of(look.class_colour(3).fill)} & seen
    model.set_filter("bearing")
    assert model.shown_ids == [1]


@pytest.mark.parametrize(
    ("state", "token"),
    [(SignalState.RUNNING, "accent_text"), (SignalState.FAILED, "error"), (SignalState.QUEUED, "muted")],
)
def test_states_have_their_colour(
    signals: SignalList, session: Session, look: Look, state: SignalState, token: str
) -> None:
    set_state(session, 1, state, progress=0.62)
    row = signals.visualRect(signals.model().index(1, 0))
    state_line = row.adjusted(THUMBNAIL.width() + 20, 24, -100, 0)

    assert name_of(look.colour(token)) in colours_in(signals.viewport(), state_line)


def test_thumbnails_come_by_themselves(signals: SignalList, look: Look, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: name_of(look.theme.pen) in row_colours(signals, 1))


def test_a_theme_switch_repaints(signals: SignalList, look: Look) -> None:
    look.use("dark")

    assert name_of(look.theme.surface) in row_colours(signals, 1)


def test_only_rows_in_view_ask_for_their_pictures(
    signals: SignalList, session: Session, thumbnails: ThumbnailStore, qtbot: QtBot
) -> None:
    ready: list[int] = []
    ids = session.add([make_recording(f"c{number:04}.csv", "Pump C") for number in range(1000)])
    thumbnails.ready.connect(ready.append)

    signals.show_row(signals.model().index(signals.model().rowCount() - 1, 0))
    qtbot.waitUntil(lambda: ids[-1] in ready)

    assert len(ready) < 50


def test_files_are_dropped(signals: SignalList, look: Look, qtbot: QtBot, tmp_path: Path) -> None:
    paths = [tmp_path / "one.csv", tmp_path / "two.wav"]
    place = QPoint(100, 300)
    arguments = (Qt.DropAction.CopyAction, drag(paths), LEFT, NO_KEYS)
    enter = QDragEnterEvent(place, *arguments)
    QApplication.sendEvent(signals.viewport(), enter)
    assert enter.isAccepted()
    assert name_of(look.theme.accent_tint) in colours_in(signals.viewport()), "it says what a drop would do"

    with qtbot.waitSignal(signals.paths_dropped) as dropped:
        QApplication.sendEvent(signals.viewport(), QDropEvent(QPointF(place), *arguments))

    assert dropped.args == [paths]
    assert name_of(look.theme.accent_tint) not in colours_in(signals.viewport())


def test_a_drag_that_leaves_leaves_nothing(signals: SignalList, look: Look, tmp_path: Path) -> None:
    data = drag([tmp_path])  # the event does not keep it
    enter = QDragEnterEvent(QPoint(9, 9), Qt.DropAction.CopyAction, data, LEFT, NO_KEYS)
    QApplication.sendEvent(signals.viewport(), enter)
    QApplication.sendEvent(signals.viewport(), QDragLeaveEvent())

    assert name_of(look.theme.accent_tint) not in colours_in(signals.viewport())


def test_what_is_no_file_is_refused(signals: SignalList) -> None:
    data = QMimeData()
    data.setText("just words")
    enter = QDragEnterEvent(QPoint(9, 9), Qt.DropAction.CopyAction, data, LEFT, NO_KEYS)
    QApplication.sendEvent(signals.viewport(), enter)

    assert not enter.isAccepted()


def test_a_tooltip_shows_a_files_name_letter_by_letter(signals: SignalList, session: Session) -> None:
    session.add([make_recording("<b>bold.csv", "Pump A")])
    place = middle(signals, 5)
    QApplication.sendEvent(
        signals.viewport(), QHelpEvent(QEvent.Type.ToolTip, place, signals.viewport().mapToGlobal(place))
    )

    assert "&lt;b&gt;bold.csv" in QToolTip.text()
    QToolTip.hideText()


def test_rows_painted_as_pictures_look_as_they_do_when_painted_for_the_first_time(
    signals: SignalList, session: Session, look: Look, thumbnails: ThumbnailStore, qtbot: QtBot
) -> None:
    for _ in range(2):  # first anew, then as pictures, that of another state and another chosen row among them
        set_state(session, 1, SignalState.QUEUED)
        click(signals, qtbot, 2)
        signals.grab()
    mark = ClassMark("worn", "Worn", 2, False)
    set_state(session, 1, SignalState.CLASSIFIED, mark=mark, confidence=0.875)
    set_state(session, 2, SignalState.FAILED, cause="No result")
    click(signals, qtbot, 1)

    first, *others = [signals.grab().toImage() for _ in range(3)]

    assert all(other == first for other in others)
    signals.setItemDelegate(SignalDelegate(look, thumbnails, signals))  # one that has no pictures yet
    assert signals.grab().toImage() == first
