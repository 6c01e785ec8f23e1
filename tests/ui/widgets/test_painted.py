"""Swatches, bars, cells, chips and labels, by the pixels that stand on the screen."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from sigdesk.pool.jobs import WorkerState
from sigdesk.ui.theme.look import Look
from sigdesk.ui.theme.tokens import LIGHT
from sigdesk.ui.widgets.bars import ConfidenceBar, ProgressPill, ShareBar, paint_bar
from sigdesk.ui.widgets.chip import Chip
from sigdesk.ui.widgets.labels import ElidedLabel, WrappedLabel
from sigdesk.ui.widgets.numbers import disk_size, grouped, when_words
from sigdesk.ui.widgets.swatch import paint_swatch
from sigdesk.ui.widgets.worker_cells import WorkerCells
from tests.ui.conftest import Shown
from tests.ui.painted import pixel_colours

WHITE = QColor("#FFFFFF")


def canvas(width: int = 40, height: int = 40) -> QImage:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(WHITE)
    return image


class TestSwatch:
    def paint(self, slot: int | None, hatched: bool) -> QImage:
        image = canvas()
        painter = QPainter(image)
        colour = None if slot is None else LIGHT.classes[slot]
        paint_swatch(painter, QRectF(4, 4, 32, 32), colour, hatched, LIGHT)
        painter.end()
        return image

    def colours(self, image: QImage) -> set[str]:
        return pixel_colours(image, QRect(8, 8, 24, 24))

    def test_it_is_filled_with_the_class_colour(self) -> None:
        assert self.colours(self.paint(3, False)) == {LIGHT.classes[3].fill.lower()}

    def test_a_reused_slot_is_hatched(self) -> None:
        assert len(self.colours(self.paint(3, True))) > 1

    def test_unknown_has_no_fill_but_a_border(self) -> None:
        image = self.paint(None, False)

        assert self.colours(image) == {"#ffffff"}
        assert any(image.pixelColor(x, 4) != WHITE for x in range(8, 32))


class TestBars:
    @pytest.mark.parametrize(("share", "filled"), [(0.0, 0), (0.5, 50), (1.0, 100), (7.0, 100)])
    def test_as_much_is_filled_as_the_share_says(self, share: float, filled: int) -> None:
        image = canvas(100, 8)
        painter = QPainter(image)
        paint_bar(painter, QRectF(0, 0, 100, 8), share, QColor("#0000FF"), QColor("#DDDDDD"))
        painter.end()

        assert sum(image.pixelColor(x, 4) == QColor("#0000FF") for x in range(100)) == filled

    def test_a_tiny_share_is_still_seen(self) -> None:
        image = canvas(100, 8)
        painter = QPainter(image)
        paint_bar(painter, QRectF(0, 0, 100, 8), 0.001, QColor("#0000FF"), QColor("#DDDDDD"))
        painter.end()

        assert image.pixelColor(0, 4).blue() > image.pixelColor(0, 4).red()

    def test_confidence_and_progress_say_their_share(
        self, look: Look, shown: Shown[ConfidenceBar | ProgressPill]
    ) -> None:
        confidence, progress = ConfidenceBar(look), ProgressPill(look)
        confidence.show_confidence(3, 0.914)
        progress.show_progress(0.62)
        shown(confidence)
        shown(progress)

        assert confidence.accessibleDescription() == "91%"
        assert progress.accessibleDescription() == "62%"
        assert confidence.grab().toImage().pixelColor(10, 4).name() == LIGHT.classes[3].fill.lower()

    def test_shares_lie_side_by_side(self, look: Look, shown: Shown[ShareBar]) -> None:
        bar = ShareBar(look)
        bar.show_shares([(0, False, 3.0), (2, False, 1.0), (5, False, 0.0)])
        bar.resize(100, 12)
        image = shown(bar).grab().toImage()

        assert image.pixelColor(bar.width() // 2, 6).name() == LIGHT.classes[0].fill.lower()
        assert image.pixelColor(bar.width() - 4, 6).name() == LIGHT.classes[2].fill.lower()


class TestWorkerCells:
    def test_busy_starting_and_idle_look_different(self, look: Look, shown: Shown[WorkerCells]) -> None:
        cells = WorkerCells(look)
        cells.show_workers((WorkerState.BUSY, WorkerState.STARTING, WorkerState.IDLE))
        cells.resize(cells.sizeHint())
        image = shown(cells).grab().toImage()
        accent = look.colour("accent")

        assert [image.pixelColor(x, 2) == accent for x in (4, 14, 24)] == [True, False, False]
        assert [image.pixelColor(x, 6) == accent for x in (4, 14, 24)] == [True, True, False]

    def test_each_worker_is_told_in_the_tooltip(self, look: Look) -> None:
        cells = WorkerCells(look)
        cells.show_workers((WorkerState.BUSY, WorkerState.IDLE))

        assert cells.toolTip() == "Worker 1: busy\nWorker 2: idle"


class TestChip:
    def test_tint_and_name(self, look: Look, shown: Shown[Chip]) -> None:
        chip = shown(Chip(look, "Verified", "shield-check", "ok"))

        assert chip.height() == 20
        assert chip.accessibleName() == "Verified"
        assert chip.grab().toImage().pixelColor(3, 10) == look.colour("ok_tint")

    def test_it_changes_with_its_state_and_the_theme(self, look: Look, shown: Shown[Chip]) -> None:
        chip = shown(Chip(look, "Verified", "shield-check", "ok"))

        chip.show_state("Blocked", "shield-slash", "error")
        look.use("dark")

        assert chip.grab().toImage().pixelColor(3, 10) == look.colour("error_tint")


class TestElidedLabel:
    def test_what_does_not_fit_ends_in_dots_and_is_whole_in_the_tooltip(
        self, look: Look, shown: Shown[ElidedLabel]
    ) -> None:
        label = ElidedLabel("a_very_long_file_name_indeed_0001.csv")
        label.resize(100, 20)
        shown(label)

        assert label.text().endswith("…")
        assert label.toolTip() == label.whole_text == "a_very_long_file_name_indeed_0001.csv"

    def test_what_fits_is_left_alone(self, look: Look, shown: Shown[ElidedLabel]) -> None:
        label = ElidedLabel("short.csv")
        label.resize(200, 20)
        shown(label)

        assert label.text() == "short.csv"
        assert label.toolTip() == ""

    def test_a_name_that_looks_like_markup_is_shown_letter_by_letter(
        self, look: Look, shown: Shown[ElidedLabel]
    ) -> None:
        label = ElidedLabel("<b>bold & long</b> file name.csv")
        label.resize(60, 20)
        shown(label)

        assert "&lt;b&gt;bold &amp; long" in label.toolTip()


def at(day: int, hour: int, minute: int) -> datetime:
    """A moment of November 2025."""
    return datetime(2025, 11, day, hour, minute, tzinfo=UTC)


class TestNumbers:
    def test_thin_spaces_group_thousands(self) -> None:
        assert grouped(1_284_000) == "1\u2009284\u2009000"
        assert grouped(-1284) == "\u22121\u2009284"

    @pytest.mark.parametrize(
        ("size", "text"),
        [
            (0, "0 B"),
            (24_900_000, "24.9 MB"),
            (412_000_000_000, "412 GB"),
            (999_600, "1.0 MB"),
            (3 * 10**15, "3000 TB"),
        ],
    )
    def test_sizes(self, size: int, text: str) -> None:
        assert disk_size(size) == text

    @pytest.mark.parametrize(
        ("moment", "text"),
        [
            (at(24, 14, 32), "Today 14:32"),
            (at(23, 23, 59), "Yesterday"),
            (at(20, 16, 48), "Thu 16:48"),
            (at(3, 9, 0), "3 Nov 2025"),
        ],
    )
    def test_times(self, moment: datetime, text: str) -> None:
        assert when_words(moment, at(24, 15, 0)) == text


class TestWrappedLabel:
    def test_a_word_longer_than_a_line_makes_nothing_wider(self, look: Look, shown: Shown[WrappedLabel]) -> None:
        sentence = f"The model wants values in A, but {'pump' * 60}.csv is in V."
        wrapped = WrappedLabel()
        wrapped.setText(sentence)
        wrapped.setFixedWidth(200)
        shown(wrapped)

        assert wrapped.minimumSizeHint().width() <= 200
        assert wrapped.heightForWidth(200) > 5 * wrapped.fontMetrics().height(), "all of it is there, below each other"
        assert wrapped.text() == sentence
