"""Looking at what was painted: which colours stand in a part of a widget."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QAbstractItemView, QWidget


def colours_in(widget: QWidget, rect: QRect | None = None) -> set[str]:
    """The colours ("#rrggbb") of all pixels of a widget, or of a part of it."""
    image = picture(widget)
    return pixel_colours(image, (rect or image.rect()).intersected(image.rect()))


def pixel_colours(image: QImage, part: QRect) -> set[str]:
    """The colours of all pixels of a part of a picture; asking Qt for each would take longer than painting them."""
    if part.isEmpty():
        return set()
    copy = image.copy(part).convertToFormat(QImage.Format.Format_RGB32)
    return {f"#{pixel & 0xFFFFFF:06x}" for pixel in np.unique(np.frombuffer(copy.constBits(), np.uint32)).tolist()}


def picture(widget: QWidget) -> QImage:
    """What a widget shows, at one pixel a point."""
    return widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)


def row_colours(view: QAbstractItemView, row: int, column: int = 0) -> set[str]:
    """The colours of one cell of a view."""
    return colours_in(view.viewport(), view.visualRect(view.model().index(row, column)))


def name_of(colour: QColor | str) -> str:
    """ "#rrggbb", as `colours_in` names colours."""
    return QColor(colour).name()


def has_ink(names: set[str], colour: QColor | str, within: int = 24) -> bool:
    """Whether a colour is among `names`, or nearly: smoothed text and icons seldom reach it wholly."""
    return any(_apart(QColor(name), QColor(colour)) <= within for name in names)


def _apart(one: QColor, other: QColor) -> int:
    return max(abs(one.red() - other.red()), abs(one.green() - other.green()), abs(one.blue() - other.blue()))
