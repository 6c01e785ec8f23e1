"""A dialog that shows a page of text: help, a model card, about."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QTextBrowser, QVBoxLayout, QWidget

from sigdesk.ui.models.markdown_view import space
from sigdesk.ui.theme.look import Look


class TextDialog(QDialog):
    """Markdown with headings, lists and tables; links open in the browser of the system."""

    def __init__(self, title: str, markdown: str, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.resize(680, 620)
        page = QTextBrowser()
        page.setAccessibleName(title)
        page.setFont(look.font(13))
        page.setOpenExternalLinks(True)
        page.setFrameShape(QTextBrowser.Shape.NoFrame)
        page.document().setDocumentMargin(16)
        page.setMarkdown(markdown)
        space(page.document())
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 16, 16)
        column.addWidget(page)
        column.addWidget(buttons)
