"""Dense lines as pictures: the same that Qt's own lines would show, and the same after a pan as drawn anew."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyqtgraph as pg
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QTransform

from sigdesk.signals.recording import TimeBase
from sigdesk.ui.plots.bands import Bands, Canvas, bands_of, premultiplied
from sigdesk.ui.plots.points import Points, Wish, envelope_points

INSIDE = QRect(40, 10, 300, 120)
GRAIN = 100
INK = 0xFF204060


def points_of(values: NDArray[Any], start: int = 0) -> Points:
    """Lows and highs of samples, shape (channels, n), in buckets; `start` is the first bucket's number."""
    buckets = values.reshape(len(values), -1, GRAIN)
    indices = (start + np.arange(buckets.shape[1])) * GRAIN
    wish = Wish(start * GRAIN, (start + buckets.shape[1]) * GRAIN, GRAIN)
    return envelope_points(wish, TimeBase(), indices, buckets.min(axis=2), buckets.max(axis=2))


def noise(buckets: int, channels: int = 1) -> NDArray[np.float64]:
    generator = np.random.default_rng(5)
    slow = np.sin(np.arange(buckets * GRAIN) / 4000) * 2
    return slow + generator.normal(size=(channels, buckets * GRAIN)) * 0.4


def to_pixels(first_bucket: float, per_bucket: float = 1.0, middle: float = 0.0, per_value: float = 20.0) -> QTransform:
    """So that a bucket lies at the view's left edge, and a value in the middle of its height."""
    factor = per_bucket / GRAIN
    return QTransform(
        factor, 0, 0, -per_value, INSIDE.left() - first_bucket * per_bucket, INSIDE.center().y() + middle * per_value
    )


def plain(bands: Bands) -> NDArray[np.uint32]:
    return np.array([INK], dtype=np.uint32)


def painted(draw: Callable[[QPainter], object]) -> NDArray[np.uint32]:
    """The pixels of a view that is larger than what is inside."""
    image = QImage(400, 150, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    draw(painter)
    painter.end()
    return np.frombuffer(image.constBits(), dtype=np.uint32).reshape(150, 400).copy()


def by_canvas(
    canvas: Canvas, points: Points, view: QTransform, colouring: Callable[[Bands], NDArray[np.uint32]] = plain
) -> NDArray[np.uint32]:
    picture = canvas.picture(points, 0, view, INSIDE, colouring)
    assert picture is not None
    image, part = picture
    return painted(lambda painter: painter.drawImage(INSIDE.left(), INSIDE.top() + part.top(), image.copy(part)))


def by_lines(points: Points, view: QTransform) -> NDArray[np.uint32]:
    def draw(painter: QPainter) -> None:
        pen = QPen(QColor.fromRgba(INK), 1)
        pen.setCosmetic(True)
        painter.setClipRect(INSIDE)
        painter.setPen(pen)
        painter.setWorldTransform(view)
        painter.drawPath(pg.arrayToQPath(points.times, points.values[0].astype(float), connect="finite"))

    return painted(draw)


def extents(pixels: NDArray[np.uint32]) -> list[tuple[int, int] | None]:
    """The uppermost and lowest painted row of each column."""
    found: list[tuple[int, int] | None] = []
    for column in (pixels != 0).T:
        rows = np.flatnonzero(column)
        found.append((int(rows[0]), int(rows[-1])) if len(rows) else None)
    return found


@pytest.mark.parametrize("per_bucket", [1.0, 0.993, 0.7, 0.31])
def test_it_shows_what_lines_would_show(per_bucket: float) -> None:
    points, view = points_of(noise(1200)), to_pixels(30.25, per_bucket)
    pixels = by_canvas(Canvas(), points, view)
    ours, theirs = extents(pixels), extents(by_lines(points, view))
    assert np.count_nonzero(pixels) == sum(bottom - top + 1 for top, bottom in filter(None, ours)), "a band has no hole"
    for one, other in ((ours, theirs), (theirs, ours)):
        for column in range(INSIDE.left() + 1, INSIDE.right()):
            # Lines are put on whole pixels in another way, and slant from one column's low to that of the next.
            extent, around = one[column], [there for there in other[column - 1 : column + 2] if there]
            assert extent is not None
            assert min(top for top, _ in around) - 1 <= extent[0]
            assert extent[1] <= max(bottom for _, bottom in around) + 1


def test_after_pans_it_is_as_if_drawn_anew() -> None:
    points, canvas = points_of(noise(3000)), Canvas()
    at = 1000
    for step in (0, 30, 30, 100, -7, -60, -400, 299, 301, 5, 1200, -3):
        at += step
        np.testing.assert_array_equal(
            by_canvas(canvas, points, to_pixels(at)), by_canvas(Canvas(), points, to_pixels(at)), str(at)
        )


def test_a_pan_by_less_than_a_pixel_moves_nothing_by_more() -> None:
    points, canvas = points_of(noise(1000)), Canvas()
    by_canvas(canvas, points, to_pixels(100))
    np.testing.assert_array_equal(
        by_canvas(canvas, points, to_pixels(110.4)), by_canvas(Canvas(), points, to_pixels(110))
    )


def test_what_came_into_view_before_it_was_read_is_filled_then() -> None:
    values = noise(1000)
    canvas, view = Canvas(), to_pixels(150)
    early, late = points_of(values[:, : 300 * GRAIN]), points_of(values[:, 100 * GRAIN : 900 * GRAIN], start=100)
    assert extents(by_canvas(canvas, early, view))[INSIDE.left() + 200] is None
    canvas.keep(early.times[0], early.times[-1])
    np.testing.assert_array_equal(by_canvas(canvas, late, view), by_canvas(Canvas(), late, view))


def test_a_gap_stays_empty_and_the_line_does_not_bridge_it() -> None:
    values = noise(400)
    values[0, 100 * GRAIN : 120 * GRAIN] = np.nan
    columns = extents(by_canvas(Canvas(), points_of(values), to_pixels(0)))
    assert columns[INSIDE.left() + 101 : INSIDE.left() + 119] == [None] * 18
    assert columns[INSIDE.left() + 99] is not None
    assert columns[INSIDE.left() + 121] is not None


def test_a_constant_and_a_step_are_one_unbroken_line() -> None:
    values = np.zeros((1, 400 * GRAIN))
    values[0, 200 * GRAIN :] = 2.0
    columns = extents(by_canvas(Canvas(), points_of(values), to_pixels(0)))
    low, high = INSIDE.center().y(), INSIDE.center().y() - 40
    assert columns[INSIDE.left() + 100] == (low, low)
    assert columns[INSIDE.left() + 250] == (high, high)
    assert columns[INSIDE.left() + 200] == (high, low - 1)


def test_values_far_from_zero_are_as_exact_as_others() -> None:
    """Single precision has 24 bits: to scale it before the offset is taken away would lose them all."""
    values = (noise(400) + 50_000).astype(np.float32)
    far = by_canvas(Canvas(), points_of(values), to_pixels(0, middle=50_000))
    near = by_canvas(Canvas(), points_of(values.astype(np.float64) - 50_000), to_pixels(0))
    np.testing.assert_array_equal(far, near)


def test_columns_have_the_colours_that_they_are_given() -> None:
    def colouring(bands: Bands) -> NDArray[np.uint32]:
        return np.where(bands.times < 150 * GRAIN, INK, 0xFF800000).astype(np.uint32)

    canvas, points = Canvas(), points_of(noise(600))
    by_canvas(canvas, points, to_pixels(0), colouring)
    pixels = by_canvas(canvas, points, to_pixels(100), colouring)
    left, right = pixels[:, INSIDE.left() + 20], pixels[:, INSIDE.left() + 90]
    assert set(left[left != 0]) == {INK}
    assert set(right[right != 0]) == {0xFF800000}


@pytest.mark.parametrize("per_bucket", [1.3, 2.0, 5.0])
def test_where_buckets_are_wider_than_pixels_lines_are_wanted(per_bucket: float) -> None:
    view = to_pixels(0, per_bucket)
    across, down = (view.m11(), view.dx()), (view.m22(), view.dy())
    points = points_of(noise(600))
    assert bands_of(points.times, points.values[0], across, down, INSIDE.height()) is None
    assert Canvas().picture(points, 0, view, INSIDE, plain) is None


def test_a_colour_that_is_seen_through_is_premultiplied() -> None:
    assert premultiplied(QColor(200, 100, 0, 128)) == 0x80643200
    assert premultiplied(QColor(1, 2, 3)) == 0xFF010203
