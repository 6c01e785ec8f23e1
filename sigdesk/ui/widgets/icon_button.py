"""A 28 px square button with nothing but an icon; it always has a name and a tooltip with its shortcut."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QToolButton, QWidget

from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.keys import tooltip


class IconButton(QToolButton):
    """A tool. Checkable ones show the accent while they are checked."""

    def __init__(
        self,
        look: Look,
        name: str,
        icon: str,
        keys: str = "",
        *,
        checkable: bool = False,
        pixels: int = 16,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._look = look
        self._icon = icon
        self._name = name
        self._keys = keys
        self.setProperty("kind", "tool")
        self.setCheckable(checkable)
        self.setIconSize(QSize(pixels, pixels))
        self.setFixedSize(28, 28)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.explain("")
        self._recolour()
        self.toggled.connect(self._recolour)
        look.changed.connect(self._recolour)

    def set_icon_name(self, icon: str) -> None:
        self._icon = icon
        self._recolour()

    def set_name(self, name: str) -> None:
        self._name = name
        self.explain("")

    def explain(self, why: str) -> None:
        """Say why it is disabled in the tooltip; "" gives the name and shortcut again."""
        self.setAccessibleName(self._name)
        self.setToolTip(why or tooltip(self._name, self._keys))

    def _recolour(self) -> None:
        self.setIcon(self._look.icon(self._icon, "accent_text" if self.isChecked() else "text_2"))
