"""Putting a look on the application: style, palette, font, icon, stylesheet and focus ring."""

from __future__ import annotations

from PySide6.QtGui import QColor, QIcon, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory, QWidget

from sigdesk.places import shipped_folder
from sigdesk.ui.theme.focus_ring import FocusRing
from sigdesk.ui.theme.look import Look
from sigdesk.ui.theme.stylesheet import stylesheet
from sigdesk.ui.theme.tokens import Theme

_ROLE = QPalette.ColorRole


def apply_look(app: QApplication, look: Look) -> None:
    """Dress the application in the look's present theme, now and after every switch. Call it once, before widgets."""
    prepare_look(app, look)
    app.setStyleSheet(stylesheet(look.theme))


def prepare_look(app: QApplication, look: Look) -> None:
    """The same without the stylesheet, which is set once a whole window is made: Qt looks all rules up anew for every
    widget that gets another parent, and for all that are in it."""
    app.setStyle(QStyleFactory.create("Fusion"))
    app.setFont(look.font(13))
    app.setWindowIcon(QIcon(str(shipped_folder("resources") / "icons" / "sigdesk.png")))
    FocusRing(app, look)
    look.changed.connect(lambda: _dress(app, look.theme))
    app.setPalette(palette(look.theme))


def restyle(widget: QWidget, name: str, value: object) -> None:
    """Set a dynamic property that the stylesheet reads, and have the widget painted by it."""
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.update()


def palette(theme: Theme) -> QPalette:
    """The palette for what the stylesheet does not reach."""
    made = QPalette()
    for role, token in (
        (_ROLE.Window, theme.window),
        (_ROLE.WindowText, theme.text),
        (_ROLE.Base, theme.surface),
        (_ROLE.AlternateBase, theme.sunken),
        (_ROLE.Text, theme.text),
        (_ROLE.PlaceholderText, theme.muted),
        (_ROLE.Button, theme.raised),
        (_ROLE.ButtonText, theme.text),
        (_ROLE.BrightText, theme.error),
        (_ROLE.ToolTipBase, theme.raised),
        (_ROLE.ToolTipText, theme.text),
        (_ROLE.Highlight, theme.selected),
        (_ROLE.HighlightedText, theme.text),
        (_ROLE.Link, theme.accent_text),
        (_ROLE.LinkVisited, theme.accent_text),
        (_ROLE.Light, theme.surface),
        (_ROLE.Midlight, theme.hover),
        (_ROLE.Mid, theme.border),
        (_ROLE.Dark, theme.border_strong),
        (_ROLE.Shadow, theme.border_strong),
    ):
        made.setColor(role, QColor(token))
    for role in (_ROLE.WindowText, _ROLE.Text, _ROLE.ButtonText, _ROLE.HighlightedText):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(theme.disabled))
    return made


def _dress(app: QApplication, theme: Theme) -> None:
    app.setPalette(palette(theme))
    app.setStyleSheet(stylesheet(theme))
