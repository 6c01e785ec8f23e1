"""The list of labels in the real window: chosen there and on the plot, filtered, of all signals, ten thousand."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from sigdesk.app.rows import LabelSpan
from sigdesk.labels.label import Label
from sigdesk.ui.rows.empty import EmptyState
from tests.end_to_end.conftest import screenshot
from tests.end_to_end.labels.conftest import ALT, CONTROL, LEFT, SHIFT, Operator, open_files, say
from tests.end_to_end.test_window import button


def test_the_list_of_labels_chooses_filters_and_works_on_them(
    operator: Operator, qtbot: QtBot, request: pytest.FixtureRequest
) -> None:
    desk, labelling = operator.desk, operator.desk.program.labelling
    say(desk, operator.signal, (0, 3, "idle", 0.9), (3, 6, "run", 0.5))
    for start, name in ((1.0, "idle"), (4.0, "run"), (8.0, "run")):
        labelling.create_label(operator.signal, start, start + 0.5, name)
    operator.settle()
    operator.press(Qt.Key.Key_5, ALT)
    tab = desk.window.bottom.labels_tab
    assert desk.window.bottom.tab == "Labels"
    assert tab.table.model().rowCount() == 5
    desk.window.plots.show_stretch(0, 2)

    tab.table.setFocus()
    QTest.mouseClick(tab.table.viewport(), LEFT, pos=tab.table.visualRect(tab.table.model().index(4, 2)).center())
    assert [label.start for label in desk.wiring.desk.labels.choice.labels] == [8]
    assert desk.window.plots.visible_range.holds(8.2)
    operator.press(Qt.Key.Key_Up, SHIFT)
    operator.press(Qt.Key.Key_1)
    operator.settle()
    assert [name for _, _, name in operator.seen()] == ["idle", "idle", "idle"]
    screenshot(desk, request, "list")

    operator.press(Qt.Key.Key_F, CONTROL)
    assert tab.field.hasFocus()
    QTest.keyClicks(tab.field, "model unsure")
    qtbot.waitUntil(lambda: tab.table.model().rowCount() == 1)
    operator.press(Qt.Key.Key_Return)
    operator.press(Qt.Key.Key_A)
    qtbot.waitUntil(lambda: tab.table.model().rowCount() == 0)
    assert (3, 6, "run") in operator.seen()
    empty = tab.findChild(EmptyState)
    assert empty is not None
    assert "No label matches" in empty.text
    tab.field.clear()
    tab.table.setFocus()
    tab.table.selectAll()
    operator.press(Qt.Key.Key_Delete)
    assert operator.seen() == []
    assert desk.window.toast.text == "5 labels deleted"


def test_what_is_chosen_on_the_plot_is_chosen_in_the_list(operator: Operator, qtbot: QtBot) -> None:
    labelling, tab = operator.desk.program.labelling, operator.desk.window.bottom.labels_tab
    ids = [labelling.create_label(operator.signal, start, start + 1, "idle") for start in (1, 3, 5)]
    operator.settle()
    operator.press(Qt.Key.Key_5, ALT)
    operator.click(3.5)
    assert [span.id for span in tab.table.selected_rows() if isinstance(span, LabelSpan)] == [ids[1]]
    operator.click(5.5, keys=CONTROL)
    assert len(tab.table.selected_rows()) == 2
    tab.field.setText("run")
    assert operator.desk.wiring.desk.labels.choice.ids == (ids[1], ids[2]), "a filter changes no choice"


def test_the_list_has_the_labels_of_all_signals_and_opens_them(
    operator: Operator, lab: Path, qtbot: QtBot, request: pytest.FixtureRequest
) -> None:
    desk, labelling = operator.desk, operator.desk.program.labelling
    pump = operator.signal
    open_files(desk, qtbot, lab / "fan.csv")
    fan = operator.signal
    desk.program.session.show(pump)
    own = labelling.create_label(pump, 1, 2, "idle")
    other = labelling.create_label(fan, 6, 7, "run")
    say(desk, fan, (0, 3, "idle", 0.9))
    operator.press(Qt.Key.Key_5, ALT)
    tab = desk.window.bottom.labels_tab
    model = tab.table.model()
    qtbot.waitUntil(lambda: model.rowCount() == 1, timeout=30_000)
    QTest.mouseClick(button(tab.tools, "All signals"), LEFT)
    qtbot.waitUntil(lambda: model.rowCount() == 3, timeout=30_000)
    names = [str(model.index(row, 0).data()) for row in range(3)]
    assert names == ["pump.csv", "fan.csv", "fan.csv"]
    assert desk.program.session.current is not None
    screenshot(desk, request, "all")

    place = tab.table.visualRect(model.index(2, 3)).center()
    QTest.mouseClick(tab.table.viewport(), LEFT, pos=place)
    assert operator.signal == fan
    assert desk.wiring.desk.labels.choice.ids == (other,)
    QTest.mouseDClick(tab.table.viewport(), LEFT, pos=place)
    assert desk.window.plots.visible_range.span < 1.5, "zoomed to the label"
    tab.table.setFocus()
    operator.press(Qt.Key.Key_2)
    qtbot.waitUntil(lambda: "run" in str(model.index(2, 3).data()))
    operator.press(Qt.Key.Key_A, CONTROL)
    assert own not in desk.wiring.desk.labels.choice.ids, "what is chosen is what keys work on"
    desk.program.session.remove([fan])
    qtbot.waitUntil(lambda: model.rowCount() == 1, timeout=30_000)
    labelling.create_label(pump, 3, 4, "idle")
    qtbot.waitUntil(lambda: model.rowCount() == 2, timeout=30_000)
    QTest.mouseClick(button(tab.tools, "All signals"), LEFT)
    assert tab.table.isColumnHidden(0)


def test_ten_thousand_labels_can_be_worked_on(operator: Operator) -> None:
    labelling = operator.desk.program.labelling
    labels = [Label(n / 1000, (n + 0.8) / 1000, ("idle", "run")[n % 2]) for n in range(10_000)]
    labelling.add_labels(operator.signal, labels)
    operator.settle()
    assert len(list(operator.lane("You").spans_in_view())) < 2000
    operator.press(Qt.Key.Key_5, ALT)
    assert operator.desk.window.bottom.labels_tab.table.model().rowCount() == 10_000
    operator.desk.window.plots.show_stretch(4.0, 4.02)
    operator.click(4.0104)
    operator.press(Qt.Key.Key_9)
    operator.settle()
    (label,) = operator.desk.wiring.desk.labels.choice.labels
    assert (label.start, label.class_name) == (4.01, "Unknown")
    operator.press(Qt.Key.Key_A, CONTROL | SHIFT)
    assert len(operator.desk.wiring.desk.labels.choice.ids) == 10_000
    operator.press(Qt.Key.Key_Delete)
    assert operator.seen() == []
    operator.press(Qt.Key.Key_Z, CONTROL)
    operator.settle()
    assert len(operator.lane("You").spans) == 10_000
