"""A 36 px line under the header for what goes on being wrong: a model that is paused, a disk that is full."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QWidget

from sigdesk.ui.theme.apply import restyle
from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.action_button import ActionButton
from sigdesk.ui.widgets.labels import ElidedLabel, IconLabel

_ICONS = {"error": "warning-circle-fill", "warn": "warning", "accent": "info", "ok": "check-circle"}


class BannerAction(Struct, frozen=True):
    """A button of the banner: its id, which `Banner.action_chosen` carries, and its text."""

    id: str
    text: str


class Banner(QFrame):
    """Hidden until `show_problem`, and again after `clear`; it never goes by itself."""

    action_chosen = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.setProperty("role", "banner")
        self.setFixedHeight(36)
        self._icon = IconLabel(look, _ICONS["warn"], "warn")
        self._what = ElidedLabel(role="strong")
        self._what.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._way_out = ElidedLabel(role="secondary")
        # What is wrong is read whole as long as there is room; the way out gets what is left.
        self._way_out.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._buttons: list[ActionButton] = []
        self._actions: tuple[BannerAction, ...] = ()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(12, 0, 8, 1)
        self._row.setSpacing(8)
        self._row.addWidget(self._icon)
        self._row.addWidget(self._what)
        self._row.addWidget(self._way_out, 1)
        self.hide()

    @property
    def text(self) -> str:
        return f"{self._what.whole_text} {self._way_out.whole_text}".rstrip()

    def show_problem(
        self, what: str, way_out: str = "", actions: Sequence[BannerAction] = (), severity: str = "warn"
    ) -> None:
        """`severity`: error, warn, accent (something to know) or ok. At most two actions fit well."""
        self._icon.show_icon(_ICONS[severity], "accent_text" if severity == "accent" else severity)
        self._what.set_text(what)
        restyle(self._what, "status", severity)
        self._way_out.set_text(way_out)
        restyle(self, "status", severity)
        if tuple(actions) != self._actions:  # a button that stays keeps the keyboard
            self._drop_buttons()
            self._add_buttons(tuple(actions))
        self.setAccessibleName(self.text)
        self.show()

    def clear(self) -> None:
        self.hide()
        self._drop_buttons()
        self._what.set_text("")
        self._way_out.set_text("")

    def _add_buttons(self, actions: tuple[BannerAction, ...]) -> None:
        self._actions = actions
        for action in actions:
            button = ActionButton(self._look, action.text)
            button.clicked.connect(lambda _checked=False, id_=action.id: self.action_chosen.emit(id_))
            self._buttons.append(button)
            self._row.addWidget(button)

    def _drop_buttons(self) -> None:
        self._actions = ()
        for button in self._buttons:
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._buttons = []
