"""The keys of the plot while it has the focus. The window's actions call the same methods from anywhere."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from sigdesk.ui.plots.view import ZOOM_STEP, PlotView, Tool

_NONE: Final = Qt.KeyboardModifier.NoModifier
_SHIFT: Final = Qt.KeyboardModifier.ShiftModifier
_IGNORED: Final = Qt.KeyboardModifier.KeypadModifier


class PlotKeys(QObject):
    """Watches a widget for keys and changes the view."""

    def __init__(self, view: PlotView, fit_height: Callable[[], None], widget: QWidget) -> None:
        super().__init__(widget)
        self._view = view
        self._plain: dict[int, Callable[[], object]] = {
            Qt.Key.Key_Left: partial(view.pan_steps, -1),
            Qt.Key.Key_Right: partial(view.pan_steps, 1),
            Qt.Key.Key_Plus: partial(view.zoom, ZOOM_STEP),
            Qt.Key.Key_Equal: partial(view.zoom, ZOOM_STEP),
            Qt.Key.Key_Minus: partial(view.zoom, 1 / ZOOM_STEP),
            Qt.Key.Key_0: view.fit_all,
            Qt.Key.Key_F: view.fit_selection,
            Qt.Key.Key_Home: view.go_to_start,
            Qt.Key.Key_End: view.go_to_end,
            Qt.Key.Key_H: partial(view.set_tool, Tool.PAN),
            Qt.Key.Key_S: partial(view.set_tool, Tool.SELECT),
            Qt.Key.Key_L: partial(view.set_tool, Tool.LABEL),
            Qt.Key.Key_D: partial(view.set_tool, Tool.MEASURE),
            Qt.Key.Key_Y: fit_height,
        }
        self._shifted: dict[int, Callable[[], object]] = {
            Qt.Key.Key_Left: partial(view.extend_selection, -1),
            Qt.Key.Key_Right: partial(view.extend_selection, 1),
            # On many keyboards plus is typed with Shift.
            Qt.Key.Key_Plus: partial(view.zoom, ZOOM_STEP),
        }
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and self._view.length:
            return self._press(event)
        return super().eventFilter(watched, event)

    def _press(self, event: QKeyEvent) -> bool:
        modifiers = event.modifiers() & ~_IGNORED
        if event.key() == Qt.Key.Key_Escape and modifiers == _NONE:
            return self._view.escape()
        does = {_NONE: self._plain, _SHIFT: self._shifted}.get(modifiers, {}).get(event.key())
        if does is None:
            return False
        does()
        return True
