"""What a session keeps of the view in the real window, and what it passes over."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from pytestqt.qtbot import QtBot

from sigdesk.signals.transform import Recipe
from sigdesk.ui.start import Desk
from tests.end_to_end.conftest import MakeDesk, drop
from tests.end_to_end.sessions.conftest import PATIENCE, open_lab, save_as


def test_the_view_comes_back(make_desk: MakeDesk, lab: Path, tmp_path: Path, qtbot: QtBot) -> None:
    columns = "".join(f",c{number}" for number in range(12))
    rows = "".join(f"{at / 100}{f',{at % 9}' * 12}\n" for at in range(2000))
    (lab / "many.csv").write_text(f"time (s){columns}\n{rows}", encoding="utf-8")
    desk = make_desk()
    desk.window.resize(1100, 700)
    open_lab(desk, qtbot, lab)
    many = next(entry for entry in desk.program.session.entries if entry.recording.name == "many.csv")
    desk.program.session.show(many.id)
    plots = desk.window.plots
    plots.show_channels([0, 1, 2, 4, 5, 6, 7, 8])
    arranging, processing = plots.presenting.arranging, plots.presenting.processing
    arranging.put(arranging.arrangement.moved(8, -2, plots.channels_shown).laid_over(1, 0).scaled(2, (-1.0, 12.0)))
    processing.apply([0, 4], Recipe(detrend=True, normalise=True))
    desk.wiring.actions["tab-labels"].trigger()
    plots.show_stretch(3.0, 7.5)
    plots.set_selection((400, 500))
    plots.scroll_to(60)
    qtbot.waitUntil(lambda: plots.scroll_place == 60)
    save_as(desk, qtbot, tmp_path / "bench.sigdesk")

    def left() -> tuple[object, ...]:
        plots = desk.window.plots
        assert desk.program.session.current is not None
        name = desk.program.session.current.recording.name
        part = name, plots.channels_shown, plots.visible_range, plots.selection
        presenting, bottom = plots.presenting, desk.window.bottom
        return *part, presenting.arranging.arrangement, presenting.processing.recipes, bottom.tab, plots.scroll_place

    before = left()
    assert before[-1] == 60
    assert before[1] == (0, 1, 2, 4, 5, 8, 6, 7)
    desk.window.close()

    desk = make_desk()
    desk.window.resize(1100, 700)
    desk.program.open_at_start([])
    qtbot.waitUntil(lambda: desk.program.session.count() == 3, timeout=PATIENCE)
    qtbot.waitUntil(lambda: left() == before, timeout=PATIENCE)
    desk.wiring.actions["new-session"].trigger()
    with qtbot.waitSignal(desk.program.opened, timeout=PATIENCE):
        drop(desk.window, tmp_path / "bench.sigdesk")
    qtbot.waitUntil(lambda: left()[0] == "many.csv", timeout=PATIENCE)
    assert left()[1:-1] == before[1:-1], "from the session's file as well"


def test_page_and_processing_come_back_where_files_have_moved(
    make_desk: MakeDesk, lab: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    desk = make_desk()
    open_lab(desk, qtbot, lab)
    pump = next(entry for entry in desk.program.session.entries if entry.recording.name == "pump.csv")
    desk.program.session.show(pump.id)
    desk.window.plots.presenting.processing.apply([1], Recipe(differentiate=True))
    desk.window.plots.instruments.analysing.toggle()
    desk.window.bottom.labels_tab.list_all(True)
    desk.window.header.page_chosen.emit("Models")
    save_as(desk, qtbot, lab / "bench.sigdesk")
    desk.window.close()
    shutil.move(lab, tmp_path / "colleague")

    desk = make_desk()
    desk.wiring.actions["new-session"].trigger()
    desk.window.show_page("Workspace")
    assert not desk.window.bottom.labels_tab.tools.buttons[0].isChecked()
    with qtbot.waitSignal(desk.program.opened, timeout=PATIENCE):
        drop(desk.window, tmp_path / "colleague" / "bench.sigdesk")
    assert desk.window.page == "Models"
    assert desk.window.bottom.labels_tab.lists_all
    assert desk.window.plots.instruments.analysing.is_on
    assert desk.program.session.current is not None
    assert desk.program.session.current.recording.name == "pump.csv"
    shown = desk.window.plots.shown_recording
    assert shown is not None
    assert shown.processing == "speed: derivative"


def test_a_view_that_does_not_fit_is_passed_over(desk: Desk, lab: Path, tmp_path: Path, qtbot: QtBot) -> None:
    open_lab(desk, qtbot, lab / "pump.csv")
    save_as(desk, qtbot, tmp_path / "bench.sigdesk")
    document = json.loads((tmp_path / "bench.sigdesk").read_bytes())
    wrong = {"start": "x", "stop": 1e99, "selection": [9, 3], "scroll": [1], "page": "Moon", "tab": 7}
    wrong["arrangements"] = [{"channels": ["pump.csv", "speed"], "order": [0, 0]}, {"channels": 3}, "all"]
    wrong["processed"] = [
        {"signal": 0, "recipes": [[1, {"low_pass_hz": 1e6}], [7, {"detrend": True}]]},
        {"signal": 0, "recipes": [["a", {"detrend": 3}]]},
    ]
    document["view"] = {"signal": 0, **wrong}
    (tmp_path / "odd.sigdesk").write_text(json.dumps(document), encoding="utf-8")
    with qtbot.waitSignal(desk.program.opened, timeout=PATIENCE):
        drop(desk.window, tmp_path / "odd.sigdesk")
    plots = desk.window.plots
    assert plots.channels_shown == (0, 1)
    assert plots.selection is None
    assert plots.shown_recording is plots.recording
    assert desk.window.page == "Workspace"
