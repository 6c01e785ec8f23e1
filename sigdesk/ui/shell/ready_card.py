"""The card that says whether everything is there to work with."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from PySide6.QtWidgets import QHBoxLayout, QWidget

from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.card import Card
from sigdesk.ui.widgets.labels import IconLabel, label

_ICONS = {"ok": "check-circle", "warn": "warning", "error": "warning-circle-fill", "muted": "clock"}


class ReadyRow(Struct, frozen=True):
    """One thing and how it stands. `status`: ok, warn, error, or muted for what is still looked at or comes later."""

    name: str
    text: str
    status: str = "ok"


class ReadyCard(Card):
    """Workers, models, disk, inputs."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__("Ready to work", parent)
        self._look = look
        self._rows: dict[str, QWidget] = {}
        self.body.setContentsMargins(0, 0, 0, 12)

    def show_rows(self, rows: Sequence[ReadyRow]) -> None:
        """Show these rows and no others."""
        for widget in self._rows.values():
            self.body.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self._rows = {row.name: self._make_row(row) for row in rows}
        for widget in self._rows.values():
            self.body.addWidget(widget)

    def _make_row(self, row: ReadyRow) -> QWidget:
        widget = QWidget()
        widget.setFixedHeight(28)
        widget.setAccessibleName(f"{row.name}: {row.text}")
        line = QHBoxLayout(widget)
        line.setContentsMargins(15, 0, 15, 0)
        line.setSpacing(8)
        line.addWidget(IconLabel(self._look, _ICONS[row.status], row.status))
        line.addWidget(label(row.name, "small"))
        line.addStretch(1)
        known_bad = row.status in ("warn", "error")
        line.addWidget(label(row.text, "strong" if known_bad else "muted", row.status if known_bad else ""))
        return widget
