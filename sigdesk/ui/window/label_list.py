"""The Labels tab and the labels: those of the signal that is shown, or of every signal of the session.

The labels of all signals are made ready in portions, and again only for signals whose labels are others: in a session
of thousands, what models say becomes labels only when somebody looks at it.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import Final

from PySide6.QtCore import QObject, QTimer

from sigdesk.app.labels_model import LabelsModel, SignalLabels
from sigdesk.app.program import Program
from sigdesk.app.rows import LabelSpan
from sigdesk.ui.window.label_desk import LabelDesk
from sigdesk.ui.window.main_window import MainWindow

_PORTION_S: Final = 0.02
_PAUSE_MS: Final = 200
"""Between changes and their being listed, while all signals are: many may change in every frame."""


class LabelList(QObject):
    """Keeps the tab's model, and does what is chosen and opened there."""

    def __init__(self, program: Program, window: MainWindow, desk: LabelDesk) -> None:
        super().__init__(window)
        self._program = program
        self._desk = desk
        self._choice = desk.choice
        self._tab = window.bottom.labels_tab
        self._model = LabelsModel(self)
        self._all = False
        self._shown = SignalLabels(0, "", "s", ())
        self._made: dict[int, SignalLabels] = {}
        self._outdated: set[int] = set()
        self._timer = QTimer(self, singleShot=True)
        self._tab.set_model(self._model)
        self._connect()
        self._model.count_changed.connect(lambda count: window.bottom.set_count("Labels", count))
        window.bottom.set_count("Labels", 0)

    def _connect(self) -> None:
        tab, program = self._tab, self._program
        tab.chosen.connect(self._on_chosen)
        tab.opened.connect(self._on_opened)
        tab.filter_changed.connect(self._model.set_filter)
        tab.all_signals_chosen.connect(self._on_all_chosen)
        tab.appeared.connect(self._list_later)
        program.labelling.changed.connect(self._on_changed)
        program.session.added.connect(self._on_changed)
        program.session.removed.connect(self._on_removed)
        program.settings.changed.connect(self._on_setting_changed)
        self._timer.timeout.connect(self._list_all)

    def show(self, signal_id: int, spans: Sequence[LabelSpan]) -> None:
        """These are the labels of the signal that is shown now."""
        self._shown = self._labels_of(signal_id, spans)
        if not self._all:
            self._model.show([self._shown])
            self.show_chosen()

    def show_chosen(self) -> None:
        """Show which labels are chosen."""
        self._tab.show_chosen(self._choice.signal_id, self._choice.ids)

    def _labels_of(self, signal_id: int, spans: Sequence[LabelSpan]) -> SignalLabels:
        recording = self._program.session.recording(signal_id)
        if recording is None:
            return SignalLabels(signal_id, "", "s", ())
        return SignalLabels(signal_id, recording.name, recording.time_base.unit, spans)

    def _list_later(self, pause_ms: int = 0) -> None:
        """Nothing is listed that nobody sees."""
        if self._all and self._tab.isVisible() and not self._timer.isActive():
            self._timer.start(pause_ms)

    def _list_all(self) -> None:
        until = time.monotonic() + _PORTION_S
        while self._outdated and time.monotonic() < until:
            self._make(self._outdated.pop())
        if self._outdated:
            self._list_later()
            return
        made = filter(None, (self._made.get(entry.id) for entry in self._program.session.entries))
        self._model.show([labels for labels in made if labels.spans])
        self.show_chosen()

    def _make(self, signal_id: int) -> None:
        # Not by the lanes' way, which keeps the rows of the signal that is shown, and of one only.
        spans = self._program.labelling.spans(signal_id, float("-inf"), float("inf"))
        if not self._program.settings.flag("show_result"):
            spans = tuple(span for span in spans if span.by_you)
        self._made[signal_id] = self._labels_of(signal_id, spans)

    def _on_all_chosen(self, all_signals: bool) -> None:
        self._all = all_signals
        if all_signals:
            self._outdated = {entry.id for entry in self._program.session.entries}
            self._list_later()
        else:
            self._timer.stop()
            self._made.clear()
            self._outdated.clear()
            self._model.show([self._shown])
            self.show_chosen()

    def _on_changed(self, signal_ids: Iterable[int]) -> None:
        if self._all:
            self._outdated.update(signal_ids)
            self._list_later(_PAUSE_MS)

    def _on_removed(self, signal_ids: Iterable[int]) -> None:
        for signal_id in signal_ids:
            self._made.pop(signal_id, None)
            self._outdated.discard(signal_id)
        self._list_later()

    def _on_setting_changed(self, key: str) -> None:
        if key == "show_result":
            self._on_changed([entry.id for entry in self._program.session.entries])

    def _on_chosen(self, labels: Sequence[tuple[int, str]]) -> None:
        """One that is chosen is brought into view, with its signal; of several, those of the signal that is shown."""
        if len(labels) == 1:
            signal_id, label_id = labels[0]
            self._program.session.show(signal_id)
            self._desk.show_id(label_id)
        else:
            self._choice.choose([label_id for signal_id, label_id in labels if signal_id == self._choice.signal_id])
            self.show_chosen()

    def _on_opened(self, signal_id: int, label_id: str) -> None:
        self._program.session.show(signal_id)
        self._desk.show_id(label_id)
        self._desk.open(label_id)
