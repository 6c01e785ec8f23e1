"""Tells in a dialog what was not done, and the way out."""

from __future__ import annotations

from PySide6.QtWidgets import QMessageBox, QWidget


def warn(window: QWidget, title: str, what: str, way_out: str) -> None:
    """Open the dialog; it goes by itself when it is closed."""
    box = QMessageBox(QMessageBox.Icon.Warning, title, f"{what}\n{way_out}".strip(), parent=window)
    box.finished.connect(box.deleteLater)
    box.open()
