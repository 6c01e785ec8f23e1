"""The line below a table: what it does not show, and what can be done with all of it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QWidget

from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.action_button import ActionButton
from sigdesk.ui.widgets.labels import ElidedLabel

HEIGHT = 24


class Foot(QFrame):
    """24 px; hidden while it has nothing to say. `acted` carries the text of the link that was pressed."""

    acted = Signal(str)

    def __init__(self, look: Look, links: Sequence[str] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "sunken")
        self.setFixedHeight(HEIGHT)
        self._words = ElidedLabel(role="caption")
        self._words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._links = {text: ActionButton(look, text, kind="link") for text in links}
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 8, 0)
        row.setSpacing(8)
        row.addWidget(self._words, 1)
        for text, link in self._links.items():
            link.setFixedHeight(HEIGHT)
            link.clicked.connect(lambda _=False, text=text: self.acted.emit(text))
            row.addWidget(link)
        self.hide()

    @property
    def text(self) -> str:
        """What it says, "" while it is hidden."""
        return "" if self.isHidden() else self._words.whole_text

    def say(self, text: str) -> None:
        """Say something; "" hides the line."""
        if text != self._words.whole_text:
            self._words.set_text(text)
        self.setVisible(bool(text))

    def offer(self, link: str, offered: bool = True, why_not: str = "") -> None:
        """Show a link or not; with `why_not` it stands there and cannot be used."""
        button = self._links[link]
        button.setVisible(offered)
        button.setEnabled(not why_not)
        button.explain(why_not)
