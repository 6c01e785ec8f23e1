"""A page of Markdown as high as its text, for a page that scrolls as a whole."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import (
    QFont,
    QResizeEvent,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextFrameFormat,
    QTextTable,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QTextBrowser, QWidget

from sigdesk.ui.theme.look import Look

_DIALECT: Final = QTextDocument.MarkdownFeature.MarkdownDialectGitHub | QTextDocument.MarkdownFeature.MarkdownNoHTML


class MarkdownView(QTextBrowser):
    """Headings, lists and tables; links open in the browser of the system. Pictures are not loaded."""

    def __init__(self, look: Look, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._markdown = ""
        self.setAccessibleName(name)
        self.setFont(look.font(13))
        self.setOpenExternalLinks(True)
        self.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setProperty("role", "page")
        self.document().setDocumentMargin(0)
        look.changed.connect(lambda: self.show_markdown(self._markdown))

    def show_markdown(self, text: str) -> None:
        """Show a card as its author wrote it."""
        self._markdown = text
        self.document().setMarkdown(text, _DIALECT)
        self._dress()
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # the page scrolls

    def _dress(self) -> None:
        """Headings no larger than those of the page, room between blocks, tables with a thin line."""
        space(self.document())
        block = self.document().begin()
        while block.isValid():
            level = block.blockFormat().headingLevel()
            if level:
                cursor = QTextCursor(block)
                cursor.select(QTextCursor.SelectionType.BlockUnderCursor)
                letters = QTextCharFormat()
                letters.setFont(self._look.font(15 if level == 1 else 13, QFont.Weight.DemiBold))
                letters.setProperty(QTextFormat.Property.FontSizeAdjustment, 0)  # Markdown's own, on top of any size
                cursor.mergeCharFormat(letters)
                around = QTextBlockFormat()
                around.setTopMargin(0 if level == 1 else 12)
                cursor.mergeBlockFormat(around)
            block = block.next()
        for frame in self.document().rootFrame().childFrames():
            if isinstance(frame, QTextTable):
                table = frame.format().toTableFormat()
                table.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
                table.setBorderBrush(self._look.colour("border"))
                table.setBorderCollapse(True)
                table.setCellPadding(4)
                table.setBottomMargin(8)
                frame.setFormat(table)

    def _fit(self) -> None:
        self.document().setTextWidth(self.viewport().width())
        height = round(self.document().size().height()) + 4
        if height != self.height():
            self.setFixedHeight(height)


def space(document: QTextDocument) -> None:
    """Room below paragraphs, which Qt's Markdown leaves out; lists and tables stay dense."""
    block = document.begin()
    while block.isValid():
        if block.textList() is None and QTextCursor(block).currentTable() is None:
            spaced = QTextBlockFormat()
            spaced.setBottomMargin(8)
            QTextCursor(block).mergeBlockFormat(spaced)
        block = block.next()
