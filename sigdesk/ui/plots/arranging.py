"""How the operator arranges channels: dragging a row by its gutter, and the menu of a channel, by mouse or keyboard."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QMenu

from sigdesk.signals.describe import printable_name
from sigdesk.signals.recording import Recording
from sigdesk.ui.plots.arrangement import Arrangement, Range
from sigdesk.ui.plots.scale_dialog import ScaleDialog
from sigdesk.ui.plots.stack import ChannelStack
from sigdesk.ui.plots.stretch import GUTTER
from sigdesk.ui.theme.look import Look


class Arranging(QObject):
    """Keeps one arrangement for all signals that have the same channels. `changed` comes when it is another one,
    `process_asked` carries a channel's place in the recording."""

    changed = Signal()
    process_asked = Signal(int)

    def __init__(self, look: Look, stack: ChannelStack, parent: QObject) -> None:
        super().__init__(parent)
        self._look = look
        self._stack = stack
        self._recording: Recording | None = None
        self._kept: dict[tuple[str, ...], Arrangement] = {}
        self._held: int | None = None
        self._pressed_at = QPoint()
        self._is_dragged = False
        stack.viewport().installEventFilter(self)
        stack.installEventFilter(self)

    def begin(self, recording: Recording | None) -> None:
        """Arrange the channels of this recording as those of the last one that had the same."""
        self._recording = recording
        self._held = None

    @property
    def arrangement(self) -> Arrangement:
        channels = self._recording.channels if self._recording else ()
        return self._kept.get(_key(self._recording), Arrangement.of(len(channels)))

    def show_only(self, channels: Sequence[int]) -> None:
        """Hide all channels but these; at least one."""
        self.put(self.arrangement.showing(channels))

    def to_json(self) -> list[Any]:
        """All arrangements that were made, as JSON."""
        return [{"channels": list(names), **one.to_json()} for names, one in self._kept.items() if one.to_json()]

    def restore(self, value: Any) -> None:
        """Take those of another session in the place of all that were made; what is none is passed over."""
        self._kept.clear()
        for each in value if isinstance(value, list) else ():
            try:
                names = tuple(map(str, each["channels"]))
                self._kept[names] = Arrangement.from_json(each, len(names))
            except (KeyError, TypeError, ValueError, AttributeError):
                continue

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self._recording is None:
            return False
        if isinstance(event, QMouseEvent) and watched is self._stack.viewport():
            return self._on_mouse(event)
        if isinstance(event, QContextMenuEvent):
            return self._on_context_menu(event)
        return False

    def open_menu(self, place: QPoint, channel: int | None = None) -> None:
        """The menu of a channel; without one, of every channel that is shown."""
        menu = QMenu(self._stack)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setAccessibleName("Arrange channels")
        if channel is not None:
            self._fill(menu, channel)
        else:
            for one in self.arrangement.shown:
                self._fill(menu.addMenu(self._name(one)), one)
        menu.popup(place)

    def _on_mouse(self, event: QMouseEvent) -> bool:
        kind, place = event.type(), event.position().toPoint()
        if kind == QEvent.Type.MouseButtonPress and event.button() == Qt.MouseButton.LeftButton and place.x() < GUTTER:
            self._held, self._pressed_at, self._is_dragged = self._stack.channel_at(place.y()), place, False
        elif kind == QEvent.Type.MouseMove and self._held is not None:
            self._drag(self._held, place)
            return self._is_dragged
        elif kind == QEvent.Type.MouseButtonRelease and self._held is not None:
            self._held = None
            self._stack.viewport().unsetCursor()
            return self._is_dragged
        return False

    def _drag(self, channel: int, place: QPoint) -> None:
        """The row goes where the pointer is."""
        if not self._is_dragged and (place - self._pressed_at).manhattanLength() < QApplication.startDragDistance():
            return
        self._is_dragged = True
        self._stack.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        heads = [row[0] for row in self.arrangement.rows(self.arrangement.shown)]
        under = self._stack.channel_at(place.y())
        if under is not None and under != channel:
            self.put(self.arrangement.moved(channel, heads.index(under) - heads.index(channel), self.arrangement.shown))

    def _on_context_menu(self, event: QContextMenuEvent) -> bool:
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            self.open_menu(self._stack.mapToGlobal(QPoint(GUTTER, 0)))
            return True
        if event.pos().x() >= GUTTER:
            return False
        channel = self._stack.channel_at(event.pos().y())
        if channel is not None:
            self.open_menu(event.globalPos(), channel)
        return channel is not None

    def _fill(self, menu: QMenu, channel: int) -> None:
        now, shown = self.arrangement, self.arrangement.shown
        rows = now.rows(shown)
        heads = [row[0] for row in rows]
        is_head = channel in heads
        place = heads.index(channel) if is_head else 0
        for text, steps, possible in (
            ("Move up", -1, is_head and place > 0),
            ("Move down", 1, is_head and place < len(heads) - 1),
        ):
            action = menu.addAction(text)
            action.setEnabled(possible)
            action.triggered.connect(partial(self._put_moved, channel, steps))
        menu.addSeparator()
        over = menu.addMenu("Lay over")
        for head in heads:
            if head != channel and channel not in rows[heads.index(head)]:
                over.addAction(self._name(head)).triggered.connect(partial(self._put_over, channel, head))
        over.setEnabled(bool(over.actions()))
        own = menu.addAction("Row of its own")
        own.setEnabled(not is_head)
        own.triggered.connect(partial(self._put_over, channel, None))
        menu.addSeparator()
        menu.addAction("Scale…").triggered.connect(partial(self._ask_scale, channel))
        fit = menu.addAction("Fit scale")
        fit.setEnabled(channel in now.ranges)
        fit.triggered.connect(partial(self._put_scale, channel, None))
        menu.addSeparator()
        menu.addAction("Process…").triggered.connect(partial(self.process_asked.emit, channel))
        hide = menu.addAction("Hide")
        hide.setEnabled(len(shown) > 1)
        hide.triggered.connect(partial(self._put_shown, [one for one in shown if one != channel]))

    def _name(self, channel: int) -> str:
        assert self._recording is not None
        return printable_name(self._recording.channels[channel].name).replace("&", "&&")

    def _put_moved(self, channel: int, steps: int, _checked: bool = False) -> None:
        self.put(self.arrangement.moved(channel, steps, self.arrangement.shown))

    def _put_over(self, channel: int, host: int | None, _checked: bool = False) -> None:
        self.put(self.arrangement.laid_over(channel, host))

    def _put_scale(self, channel: int, values: Range | None, _checked: bool = False) -> None:
        self.put(self.arrangement.scaled(channel, values))

    def _put_shown(self, channels: Sequence[int], _checked: bool = False) -> None:
        self.show_only(channels)

    def _ask_scale(self, channel: int, _checked: bool = False) -> None:
        assert self._recording is not None
        values = self.arrangement.ranges.get(channel) or self._stack.range_of(channel)
        dialog = ScaleDialog(self._look, self._recording.channels[channel], values, self._stack.window())
        dialog.chosen.connect(partial(self._put_scale, channel))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def put(self, arrangement: Arrangement) -> None:
        """Arrange the channels of the signal that is shown, and of those that have the same, in this way."""
        if arrangement != self.arrangement:
            self._kept[_key(self._recording)] = arrangement
            self.changed.emit()


def _key(recording: Recording | None) -> tuple[str, ...]:
    return tuple(channel.name for channel in recording.channels) if recording else ()
