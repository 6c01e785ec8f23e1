"""The line under Apply to: over which stretch the model will run, or why it cannot."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.labels import IconLabel, label

_BETWEEN = "  "
"""What parts a stretch from its size: "9.80 – 12.40 s  26 000 samples"."""


class ScopeLine(QWidget):
    """A stretch stands in fixed width behind the selection's icon, its size beside it; anything else is plain words."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = IconLabel(look, "selection", "accent", 14)
        self._stretch = label("", "mono")
        self._words = label("", "muted", wrap=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self._icon)
        row.addWidget(self._stretch)
        row.addWidget(self._words, 1)
        self.say("")

    @property
    def text(self) -> str:
        """The whole line."""
        return _BETWEEN.join(part for part in (self._stretch.text(), self._words.text()) if part)

    def say(self, text: str) -> None:
        """Show a line of the plan."""
        stretch, between, size = text.partition(_BETWEEN)
        self._stretch.setText(stretch if between else "")
        self._words.setText(size if between else text)
        self._icon.setVisible(bool(between))
        self._stretch.setVisible(bool(between))
