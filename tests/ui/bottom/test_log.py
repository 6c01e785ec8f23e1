"""The Log tab: lines as they come, following the end, levels, find, and the card of a failure."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QHelpEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QMenu, QToolTip
from pytestqt.qtbot import QtBot

from sigdesk.app.log_model import LogModel
from sigdesk.app.rows import ROW, LogRow
from sigdesk.pool.jobs import Origin
from sigdesk.protocol import Level
from sigdesk.ui.bottom.level_chip import LevelChip
from sigdesk.ui.bottom.log import ROW_HEIGHT, LogList, LogTab
from sigdesk.ui.bottom.tabs import BottomTabs
from sigdesk.ui.rows.empty import EmptyState
from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.search_field import SearchField
from tests.ui.bottom.conftest import Models, line
from tests.ui.conftest import Shown
from tests.ui.painted import has_ink, name_of, row_colours

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def log(tabs: BottomTabs) -> LogList:
    tabs.show_tab("Log")
    return tabs.log.list


def button(tabs: BottomTabs, name: str) -> QAbstractButton:
    (found,) = (b for b in tabs.findChildren(QAbstractButton) if b.accessibleName() == name and b.isVisible())
    return found


def texts(models: Models) -> list[str]:
    return [models.log.index(place).data(ROW).text for place in range(models.log.rowCount())]


def many(count: int, first: int = 0) -> list[LogRow]:
    return [line(f"line {number}") for number in range(first, first + count)]


def at_end(log: LogList) -> bool:
    return log.verticalScrollBar().value() == log.verticalScrollBar().maximum()


def wheel_up(log: LogList) -> None:
    place = QPointF(log.viewport().rect().center())
    event = QWheelEvent(
        place, log.viewport().mapToGlobal(place), QPoint(), QPoint(0, 240), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(log.viewport(), event)


def top_line(log: LogList) -> str:
    text: str = log.indexAt(QPoint(5, 1)).data(ROW).text
    return text


def test_each_level_has_its_ink(log: LogList, models: Models, look: Look) -> None:
    models.log.append(
        [
            line("started"),
            line("gaps", level=Level.WARNING),
            line("stuck", Origin.ERROR),
            line("forest loaded", Origin.OUT),
            line("failed", Origin.JOB),
        ]
    )
    for row, token in ((0, "text"), (1, "warn"), (2, "error"), (3, "muted"), (4, "muted")):
        assert has_ink(row_colours(log, row), look.colour(token)), token


def test_an_error_stands_on_a_tenth_of_its_colour(log: LogList, models: Models, look: Look) -> None:
    models.log.append([line("ok"), line("stuck", Origin.ERROR)])
    error, ground = look.colour("error"), look.colour("sunken")
    picture = log.viewport().grab().toImage()
    found = picture.pixelColor(5, ROW_HEIGHT + 10)

    for channel in (QColor.red, QColor.green, QColor.blue):
        assert channel(found) == pytest.approx(0.9 * channel(ground) + 0.1 * channel(error), abs=3)
    assert picture.pixelColor(5, 10) == ground


def test_rows_are_twenty_pixels_high(log: LogList, models: Models) -> None:
    models.log.append(many(3))

    assert log.visualRect(models.log.index(1)).height() == 20


def test_it_follows_new_lines(log: LogList, models: Models, qtbot: QtBot) -> None:
    models.log.append(many(200))
    qtbot.waitUntil(lambda: at_end(log) and log.verticalScrollBar().value() > 0)

    models.log.append(many(200))
    qtbot.waitUntil(lambda: log.verticalScrollBar().maximum() > 7000)
    assert at_end(log)


def test_looking_back_ends_following_and_the_end_begins_it(
    tabs: BottomTabs, log: LogList, models: Models, qtbot: QtBot
) -> None:
    models.log.append(many(200))
    qtbot.waitUntil(lambda: at_end(log) and log.verticalScrollBar().value() > 0)
    wheel_up(log)
    assert not button(tabs, "Follow new lines").isChecked()
    value, most = log.verticalScrollBar().value(), log.verticalScrollBar().maximum()

    models.log.append(many(50))
    qtbot.waitUntil(lambda: log.verticalScrollBar().maximum() > most)
    assert log.verticalScrollBar().value() == value

    log.verticalScrollBar().setValue(log.verticalScrollBar().maximum())
    assert button(tabs, "Follow new lines").isChecked()


def test_the_button_goes_to_the_end(tabs: BottomTabs, log: LogList, models: Models, qtbot: QtBot) -> None:
    models.log.append(many(200))
    qtbot.waitUntil(lambda: log.verticalScrollBar().maximum() > 0)
    log.verticalScrollBar().setValue(0)

    qtbot.mouseClick(button(tabs, "Follow new lines"), LEFT)

    assert log.follows
    assert at_end(log)


def test_who_looks_back_keeps_the_lines_while_the_oldest_go(look: Look, shown: Shown[LogTab], qtbot: QtBot) -> None:
    model = LogModel(kept_lines=300)
    tab = LogTab(look)
    tab.resize(600, 200)
    tab.set_model(model)
    shown(tab)
    model.append(many(300))
    qtbot.waitUntil(lambda: tab.list.verticalScrollBar().maximum() > 0)
    tab.list.verticalScrollBar().setValue(100 * ROW_HEIGHT)
    seen = top_line(tab.list)

    model.append(many(40, first=300))
    qtbot.waitUntil(lambda: tab.list.verticalScrollBar().value() == 60 * ROW_HEIGHT)

    assert top_line(tab.list) == seen == "line 100"
    assert "40 lines not kept" in [label.text() for label in tab.findChildren(QLabel) if label.isVisible()]


def test_levels_are_shown_and_hidden(tabs: BottomTabs, log: LogList, models: Models, qtbot: QtBot) -> None:
    models.log.append([line("said"), line("warned", level=Level.WARNING), line("printed", Origin.OUT)])
    (out,) = (chip for chip in tabs.findChildren(LevelChip) if chip.text() == "OUT")
    assert out.count == 1
    assert out.accessibleName() == "OUT lines, 1"

    qtbot.mouseClick(out, LEFT)
    assert texts(models) == ["said", "warned"]

    qtbot.mouseClick(out, LEFT)
    assert texts(models) == ["said", "warned", "printed"]


def test_find_shows_the_lines_that_hold_it(tabs: BottomTabs, log: LogList, models: Models, qtbot: QtBot) -> None:
    models.log.append([line("Pressure stuck"), line("Vibration fine")])
    (field,) = (f for f in tabs.findChildren(SearchField) if f.isVisible())

    qtbot.keyClicks(field, "stuck")

    assert texts(models) == ["Pressure stuck"]


def test_one_jobs_lines_and_the_way_back_to_all(tabs: BottomTabs, log: LogList, models: Models, qtbot: QtBot) -> None:
    models.log.append([line("one", job_number=7), line("two", job_number=8)])
    models.log.show_job("J8")
    tabs.show_log_job("J8", 8, None)

    with qtbot.waitSignal(tabs.log_job_chosen) as chosen:
        qtbot.mouseClick(button(tabs, "Only the lines of job 8; show all"), LEFT)

    assert chosen.args == [""]
    assert texts(models) == ["one", "two"]


def test_text_of_scripts_is_plain_and_its_control_characters_visible(log: LogList, models: Models) -> None:
    models.log.append([line("\x1b[31m<b>red</b>" + " and on" * 100)])
    place = log.visualRect(models.log.index(0)).center()
    QApplication.sendEvent(log.viewport(), QHelpEvent(QEvent.Type.ToolTip, place, log.mapToGlobal(place)))

    assert "\\x1b[31m&lt;b&gt;red&lt;/b&gt; and on" in QToolTip.text(), "a line that is cut is whole in its tooltip"
    QToolTip.hideText()


def test_copy_takes_the_selected_lines(tabs: BottomTabs, log: LogList, models: Models, qtbot: QtBot) -> None:
    models.log.append(many(4))
    for row in (1, 2):
        qtbot.mouseClick(
            log.viewport(), LEFT, Qt.KeyboardModifier.ControlModifier, log.visualRect(models.log.index(row)).center()
        )
    with qtbot.waitSignal(tabs.copy_requested) as copied:
        qtbot.keyClick(log, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)

    assert [text.split()[-2:] for text in copied.args[0].splitlines()] == [["line", "1"], ["line", "2"]]


def test_the_copy_button_takes_all_where_none_is_selected(
    tabs: BottomTabs, log: LogList, models: Models, qtbot: QtBot
) -> None:
    models.log.append(many(4))
    with qtbot.waitSignal(tabs.copy_requested) as copied:
        qtbot.mouseClick(button(tabs, "Copy lines"), LEFT)

    assert len(copied.args[0].splitlines()) == 4


def test_the_log_can_be_saved_while_it_has_lines(tabs: BottomTabs, models: Models, qtbot: QtBot) -> None:
    tabs.show_tab("Log")
    save = button(tabs, "Save log…")
    assert not save.isEnabled()
    assert save.toolTip() == "No lines to save"

    models.log.append(many(4))
    with qtbot.waitSignal(tabs.save_log_requested):
        qtbot.mouseClick(save, LEFT)

    models.log.find_text("nothing holds this")
    assert not save.isEnabled()


def test_a_failure_is_told_above_the_lines(tabs: BottomTabs, log: LogList, look: Look, qtbot: QtBot) -> None:
    card = tabs.log.card
    assert not card.isVisible()

    tabs.show_log_job("J7", 7, ("Job 7 failed: pressure is stuck", "No label was written."))

    assert card.isVisible()
    assert card.text == "Job 7 failed: pressure is stuck No label was written."
    assert name_of(look.theme.error) in {card.grab().toImage().pixelColor(13, card.height() // 2).name()}
    with qtbot.waitSignal(tabs.retry_requested) as retry:
        qtbot.mouseClick(button(tabs, "Retry"), LEFT)
    assert retry.args == [("J7",)]
    qtbot.mouseClick(button(tabs, "Show script output"), LEFT)
    assert log.hasFocus() or tabs.log.isAncestorOf(QApplication.focusWidget() or tabs)

    tabs.show_log_job("", 0, None)
    assert not card.isVisible()


def test_an_empty_log_says_what_belongs_here(tabs: BottomTabs, log: LogList, models: Models) -> None:
    (empty,) = (e for e in tabs.log.findChildren(EmptyState) if e.isVisible())
    assert empty.text.startswith("Nothing was said yet.")

    models.log.append([line("now")])
    assert log.isVisible()


def menu_entry(log: LogList, qtbot: QtBot, text: str) -> None:
    """Press the menu key over the current line, and choose an entry."""
    log.customContextMenuRequested.emit(log.visualRect(log.currentIndex()).center())
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    (action,) = (action for action in menu.actions() if action.text() == text)
    qtbot.mouseClick(menu, LEFT, pos=menu.actionGeometry(action).center())


def test_a_line_leads_to_its_job(tabs: BottomTabs, log: LogList, models: Models, qtbot: QtBot) -> None:
    models.log.append([line("mine", job_number=7), line("other", job_number=8)])
    qtbot.mouseClick(log.viewport(), LEFT, pos=log.visualRect(models.log.index(0)).center())

    with qtbot.waitSignal(tabs.details_requested) as details:
        menu_entry(log, qtbot, "Job details…")
    assert details.args == ["J7"]
    menu_entry(log, qtbot, "Only this job")
    assert log.all_text().endswith("mine")
    assert models.log.rowCount() == 1

    menu_entry(log, qtbot, "All jobs")
    assert models.log.rowCount() == 2
    with qtbot.waitSignal(tabs.save_log_requested):
        menu_entry(log, qtbot, "Save log…")
    menu_entry(log, qtbot, "Stay here")
    assert not log.follows
    menu_entry(log, qtbot, "Follow new lines")
    assert log.follows


def test_a_line_of_no_job_says_so(log: LogList) -> None:
    menu = log.menu(LogRow("14:32:05.871", "", 0, 2, Origin.STDERR, Level.INFO, "idle words"))

    (only,) = (action for action in menu.actions() if action.text() == "Only this job")
    assert not only.isEnabled()
    assert only.toolTip() == "The line is of no job"


def test_where_a_filter_leaves_nothing_that_is_said(tabs: BottomTabs, log: LogList, models: Models) -> None:
    models.log.append([line("mine")])
    models.log.find_text("nowhere")

    said = [empty.text for empty in tabs.findChildren(EmptyState) if empty.isVisible()]
    assert said == ["No line matches. Other levels or another text show more."]
    models.log.find_text("")
    assert log.isVisible()
