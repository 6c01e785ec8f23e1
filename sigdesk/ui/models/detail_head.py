"""The head of a model's page: what it is, whether it may run, and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from sigdesk.classifiers.folder import BrokenFolder, Classifier, ModelState
from sigdesk.ui.inspector.model_picker import STATE_CHIPS
from sigdesk.ui.models.cards import CardRow
from sigdesk.ui.models.section import MARGIN
from sigdesk.ui.rows.menus import Entry, row_menu
from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.action_button import ActionButton
from sigdesk.ui.widgets.chip import Chip
from sigdesk.ui.widgets.icon_button import IconButton
from sigdesk.ui.widgets.labels import ElidedLabel, IconLabel, label


class DetailHead(QFrame):
    """Every signal is about the model that is shown."""

    use_requested = Signal()
    fit_requested = Signal()
    train_requested = Signal()
    trust_requested = Signal()
    block_requested = Signal()
    remove_requested = Signal()
    folder_requested = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self._look = look
        self._row: CardRow | None = None
        self._title = ElidedLabel("", "result")
        self._version = label("", "muted")
        self._chip = Chip(look)
        self._about = label("", "secondary", wrap=True)
        self._use = ActionButton(look, "Use this model", "check", kind="primary")
        self._trust = ActionButton(look, "Trust this file…", "shield")
        self._fit = ActionButton(look, "Fits this signal?", "question")
        self._train = ActionButton(look, "Train a new version…", "graduation-cap")
        self._more = IconButton(look, "More", "dots-three")
        self.notices = [_Notice(look) for _ in range(3)]
        self._lay_out()
        self._use.clicked.connect(self.use_requested)
        self._fit.clicked.connect(self.fit_requested)
        self._train.clicked.connect(self.train_requested)
        self._trust.clicked.connect(self.trust_requested)
        self._more.clicked.connect(self._on_more)

    def show_model(self, row: CardRow, note: str, *, shipped: bool) -> None:
        """Show a model; `note` is what is to be known before it is used."""
        self._row = row
        model = row.model
        broken = isinstance(model, BrokenFolder)
        self._title.set_text(row.title)
        self._version.setText("" if isinstance(model, BrokenFolder) else model.manifest.version)
        state = ModelState.BROKEN if isinstance(model, BrokenFolder) else model.state
        self._chip.show_state(*STATE_CHIPS[state])
        self._about.setText("" if isinstance(model, BrokenFolder) else model.manifest.description)
        self._about.setVisible(bool(self._about.text()))
        runs = isinstance(model, Classifier) and model.runnable
        self._use.setVisible(not broken)
        self._use.setEnabled(runs and not row.is_default)
        self._use.explain("It is used already" if row.is_default else "" if runs else "It will not run")
        self._trust.setVisible(row.offers_trust)
        self._fit.setVisible(runs)
        self._train.setVisible(runs and not shipped)
        wrong = "\n".join(model.problems) if isinstance(model, BrokenFolder) else model.problem
        self.notices[0].say(wrong, "warning-circle", self._chip.status if wrong else "")
        self.notices[1].say(note, "warning", "warn")
        self.notices[2].say("")

    def show_fit(self, fits: bool, text: str) -> None:
        """Whether it fits what is open, and why not."""
        self.notices[2].say(text, "check-circle" if fits else "warning", "ok" if fits else "warn")

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self._title)
        top.addWidget(self._version)
        top.addWidget(self._chip)
        top.addStretch(1)
        tools = QHBoxLayout()
        tools.setSpacing(8)
        for button in (self._use, self._trust, self._fit, self._train):
            tools.addWidget(button)
        tools.addStretch(1)
        tools.addWidget(self._more)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, 12, MARGIN, 12)
        column.setSpacing(8)
        column.addLayout(top)
        column.addWidget(self._about)
        column.addLayout(tools)
        for notice in self.notices:
            column.addWidget(notice)

    def _on_more(self) -> None:
        row = self._row
        if row is None:
            return
        model = row.model
        runs = isinstance(model, Classifier) and bool(model.sha256) and model.runnable
        nothing, shipped = "" if runs else "It has none that runs", "" if row.can_go else "It comes with SigDesk"
        entries = (
            Entry("Open its folder", "folder-open", self.folder_requested.emit),
            None,
            Entry("Block its file", "shield-slash", self.block_requested.emit, nothing),
            Entry("Remove", "x", self.remove_requested.emit, shipped),
        )
        row_menu(self._look, entries, self).popup(self._more.mapToGlobal(QPoint(0, self._more.height())))


class _Notice(QFrame):
    """A line with an icon; it goes where it says nothing."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._icon = IconLabel(look, "info", "muted")
        self.words = label("", "small", wrap=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._icon)
        row.addWidget(self.words, 1)
        self.hide()

    def say(self, text: str, icon: str = "info", status: str = "muted") -> None:
        self.words.setText(text)
        self._icon.show_icon(icon, status or "muted")
        self.setVisible(bool(text))
