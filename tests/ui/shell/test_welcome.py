"""The welcome page: dropping files on it, and everything on it that can be pressed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel
from pytestqt.qtbot import QtBot

from sigdesk.ui.shell.ready_card import ReadyRow
from sigdesk.ui.shell.recent_card import RecentFile
from sigdesk.ui.shell.sample_card import SampleCard
from sigdesk.ui.shell.welcome import WelcomePage
from sigdesk.ui.theme.look import Look
from tests.ui.conftest import Shown
from tests.ui.painted import colours_in, name_of

LEFT = Qt.MouseButton.LeftButton
COPY = Qt.DropAction.CopyAction


def make(look: Look, shown: Shown[WelcomePage]) -> WelcomePage:
    page = WelcomePage(look)
    page.set_formats(("WAV", "CSV"))
    page.resize(1440, 832)
    return shown(page)


def files(*paths: Path) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return mime


def drag_over(page: WelcomePage, mime: QMimeData) -> bool:
    event = QDragEnterEvent(QPoint(300, 300), COPY, mime, LEFT, Qt.KeyboardModifier.NoModifier)
    event.ignore()
    QApplication.sendEvent(page.viewport(), event)
    return event.isAccepted()


def drop(page: WelcomePage, mime: QMimeData) -> None:
    event = QDropEvent(QPointF(300, 300), COPY, mime, LEFT, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(page.viewport(), event)


def ground(page: WelcomePage) -> str:
    zone = page.drop_zone
    return zone.grab().toImage().pixelColor(20, 20).name()


def button(page: WelcomePage, text: str) -> QAbstractButton:
    return next(found for found in page.findChildren(QAbstractButton) if text in (found.text(), found.accessibleName()))


def texts(page: WelcomePage) -> list[str]:
    QApplication.processEvents()  # lays out what was just added
    return [found.text() for found in page.findChildren(QLabel) if found.isVisible()]


class TestDropping:
    def test_files_over_the_page_are_invited(self, look: Look, shown: Shown[WelcomePage], tmp_path: Path) -> None:
        page = make(look, shown)
        assert ground(page) == look.colour("surface").name()

        accepted = drag_over(page, files(*(tmp_path / f"{number}.csv" for number in range(12))))

        assert accepted
        assert page.drop_zone.title == "Drop to add 12 files"
        assert ground(page) == look.colour("accent_tint").name()

    def test_a_folder_is_called_one(self, look: Look, shown: Shown[WelcomePage], tmp_path: Path) -> None:
        page = make(look, shown)

        drag_over(page, files(tmp_path, tmp_path / "one.csv"))

        assert page.drop_zone.title == "Drop to add 1 file and 1 folder"

    def test_a_drop_hands_over_the_paths(
        self, look: Look, shown: Shown[WelcomePage], tmp_path: Path, qtbot: QtBot
    ) -> None:
        page = make(look, shown)
        paths = [tmp_path / "a.csv", tmp_path / "with space.wav"]
        mime = files(*paths)
        drag_over(page, mime)

        with qtbot.waitSignal(page.paths_dropped) as dropped:
            drop(page, mime)

        assert dropped.args == [paths]
        assert page.drop_zone.title == "Drop signal files or a folder here"

    def test_leaving_ends_the_invitation(self, look: Look, shown: Shown[WelcomePage], tmp_path: Path) -> None:
        page = make(look, shown)
        drag_over(page, files(tmp_path / "a.csv"))

        QApplication.sendEvent(page.viewport(), QDragLeaveEvent())

        assert page.drop_zone.title == "Drop signal files or a folder here"
        assert ground(page) == look.colour("surface").name()

    def test_what_is_no_file_is_not_taken(self, look: Look, shown: Shown[WelcomePage], qtbot: QtBot) -> None:
        page = make(look, shown)
        text, web = QMimeData(), QMimeData()
        text.setText("some text")
        web.setUrls([QUrl("https://example.org/a.csv")])

        assert not drag_over(page, text)
        assert not drag_over(page, web)
        with qtbot.assertNotEmitted(page.paths_dropped):
            drop(page, web)


class TestPressing:
    def sample(self, title: str, values: Sequence[float] = (0.0, 1.0, 0.5)) -> SampleCard:
        return SampleCard(title, "1 channel · 1 kHz", values, values, (Path(f"{title}.csv"),))

    def test_open_and_try_a_sample(self, look: Look, shown: Shown[WelcomePage], qtbot: QtBot) -> None:
        page = make(look, shown)

        with qtbot.waitSignal(page.open_requested):
            qtbot.mouseClick(button(page, "Open files…"), LEFT)
        with qtbot.waitSignal(page.try_sample_requested):
            qtbot.mouseClick(button(page, "Try a sample"), LEFT)
        with qtbot.waitSignal(page.open_requested):
            qtbot.mouseClick(button(page, "Open other…"), LEFT)

    def test_recording_says_that_it_comes_later(self, look: Look, shown: Shown[WelcomePage]) -> None:
        record = button(make(look, shown), "Record")

        assert not record.isEnabled()
        assert record.toolTip() == "Recording comes in a later version"

    def test_a_sample_is_chosen_by_mouse_and_by_keyboard(
        self, look: Look, shown: Shown[WelcomePage], qtbot: QtBot
    ) -> None:
        page = make(look, shown)
        pump, heart = self.sample("Pump bench"), self.sample("Heart rhythm", (float("nan"), 0.0, 2.0))
        page.set_samples((pump, heart))

        with qtbot.waitSignal(page.sample_chosen) as chosen:
            qtbot.mouseClick(button(page, "Open sample Heart rhythm"), LEFT)
        assert chosen.args == [heart]
        with qtbot.waitSignal(page.sample_chosen) as chosen:
            qtbot.keyClick(button(page, "Open sample Pump bench"), Qt.Key.Key_Return)
        assert chosen.args == [pump]

    def test_a_sample_shows_its_trace(self, look: Look, shown: Shown[WelcomePage]) -> None:
        page = make(look, shown)
        page.set_samples([self.sample("Step", (0.0,) * 50 + (1.0,) * 50)])
        image = button(page, "Open sample Step").grab().toImage()

        def inked(x: int, y: int) -> bool:
            return image.pixelColor(x, y).lightness() < 180

        width = image.width()
        assert any(inked(width // 4, y) for y in range(55, 68))
        assert not any(inked(width // 4, y) for y in range(5, 30))
        assert any(inked(3 * width // 4, y) for y in range(5, 18))

    def test_without_samples_their_part_is_not_there(self, look: Look, shown: Shown[WelcomePage]) -> None:
        page = make(look, shown)
        assert "Sample signals" not in texts(page)

        page.set_samples([self.sample("Pump bench")])

        assert "Sample signals" in texts(page)

    def test_a_recent_file_is_chosen(self, look: Look, shown: Shown[WelcomePage], qtbot: QtBot, tmp_path: Path) -> None:
        page = make(look, shown)
        assert "No file was opened yet." in texts(page)
        page.set_recent([RecentFile(tmp_path / f"{number}.csv", "Today 14:32") for number in range(9)])

        with qtbot.waitSignal(page.recent_chosen) as chosen:
            qtbot.mouseClick(button(page, "Open 3.csv"), LEFT)

        assert chosen.args == [tmp_path / "3.csv"]
        assert "No file was opened yet." not in texts(page)

    def test_a_chip_says_what_is_to_check(self, look: Look, shown: Shown[WelcomePage], tmp_path: Path) -> None:
        page = make(look, shown)
        session = RecentFile(tmp_path / "a.sigdesk", "Today 14:32", "Pump bench A", "142 signals", "9 to check", "warn")
        page.set_recent([session, replace(session, name="Kettle", checked="Complete", status="ok")])

        pump, kettle = button(page, "Open Pump bench A"), button(page, "Open Kettle")
        assert pump.accessibleDescription() == "142 signals 9 to check"
        assert name_of(look.theme.warn_tint) in colours_in(pump)
        assert name_of(look.theme.ok_tint) in colours_in(kettle)

    def test_how_things_stand(self, look: Look, shown: Shown[WelcomePage]) -> None:
        page = make(look, shown)

        page.set_ready((ReadyRow("Workers", "4 of 4 ready"), ReadyRow("Inputs", "No device connected", "warn")))
        page.set_ready((ReadyRow("Workers", "2 of 4 ready", "warn"), ReadyRow("Disk", "412 GB free")))

        shown_texts = texts(page)
        assert {"Workers", "2 of 4 ready", "Disk", "412 GB free"} <= set(shown_texts)
        assert "No device connected" not in shown_texts


class TestRoom:
    def test_everything_can_be_reached_in_a_small_window(
        self, look: Look, shown: Shown[WelcomePage], tmp_path: Path
    ) -> None:
        page = make(look, shown)
        page.set_samples([TestPressing().sample(f"Sample {number}") for number in range(4)])
        page.set_recent([RecentFile(tmp_path / f"{number}.csv", "Today 14:32") for number in range(5)])
        page.resize(900, 500)
        QApplication.processEvents()

        inside = page.widget()
        assert inside is not None
        assert inside.width() <= page.viewport().width()
        assert page.verticalScrollBar().maximum() > 0
        last = button(page, "Open sample Sample 3")
        assert last.mapTo(inside, last.rect().bottomRight()).x() <= inside.width()

    def test_the_columns_stand_where_they_were_drawn(self, look: Look, shown: Shown[WelcomePage]) -> None:
        page = make(look, shown)
        page.set_samples([TestPressing().sample(f"Sample {number}") for number in range(4)])
        QApplication.processEvents()

        zone = page.drop_zone
        corner = zone.mapTo(page, QPoint(0, 0))
        assert (corner.x(), corner.y(), zone.width()) == (140, 148, 752)
        assert zone.height() == 296
