"""What a forest goes by: the features that count most, and on which tenths of the signal they look."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from sigdesk.app.model_report import Importance, ModelReport
from sigdesk.ui.models.section import Section, side_by_side
from sigdesk.ui.rows.ink import Face, Ink
from sigdesk.ui.rows.tenths import Tenths
from sigdesk.ui.rows.wording import percent
from sigdesk.ui.theme.look import Look

_ROW: Final = 24
_FIGURE: Final = 56
_BAR, _BAR_LEAST = 96, 32
_WIDE: Final = 420
_SHOWN: Final = 8


class LookedPart(QWidget):
    """Hidden where a model cannot say."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._features = _Features(look)
        self._where = Tenths(look, "Where it looks")
        left = Section("What counts most", "share among all features")
        left.body.addWidget(self._features)
        left.body.addStretch(1)
        right = Section("Where it looks", "share by tenth of the signal")
        right.body.addWidget(self._where)
        right.body.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(side_by_side(left, right))
        self.hide()

    def show_report(self, report: ModelReport) -> None:
        """What the training's report says of it."""
        several = len(report.looked_at) > 1
        self._features.show_features(report.importances[:_SHOWN], several_channels=several)
        self._where.show_shares(report.looked_at)
        self.setVisible(bool(report.importances and report.looked_at))


class _Features(QWidget):
    """A row a feature: its name, the stretch and channel that it is of, a bar and its share."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._ink = Ink(look)
        self._rows: tuple[tuple[str, str, float], ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("What counts most")
        look.changed.connect(self.update)

    def show_features(self, features: Sequence[Importance], *, several_channels: bool) -> None:
        self._rows = tuple(
            (one.feature[:1].upper() + one.feature[1:], _place(one, several_channels), one.share) for one in features
        )
        self.setAccessibleDescription(". ".join(f"{name}, {place}: {share:.1%}" for name, place, share in self._rows))
        self.setFixedHeight(_ROW * len(self._rows))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        most = max((share for *_, share in self._rows), default=1.0)
        place_width = max((self._ink.width(place, Face.SMALL) for _, place, _ in self._rows), default=0.0)
        bar_width = _BAR if self.width() >= _WIDE else _BAR_LEAST
        for number, (name, place, share) in enumerate(self._rows):
            line = QRectF(0, number * _ROW, self.width(), _ROW)
            figure = QRectF(line.right() - _FIGURE, line.top(), _FIGURE, _ROW)
            bar = QRectF(figure.left() - bar_width, line.center().y() - 4, bar_width, 8)
            where = QRectF(bar.left() - place_width - 12, line.top(), place_width, _ROW)
            self._ink.text(painter, QRectF(0, line.top(), where.left() - 8, _ROW), name, Face.SMALL, "text")
            self._ink.text(painter, where, place, Face.SMALL, "muted")
            self._ink.bar(painter, bar, share / most, "pen_quiet")
            self._ink.text(painter, figure, percent(share, 1), Face.SMALL, "text", right=True)


def _place(one: Importance, several_channels: bool) -> str:
    """ "50–100%, ch. 2"; "whole" where it is of the whole signal."""
    whole = one.start <= 0.0 and one.stop >= 1.0
    stretch = "whole" if whole else f"{round(100 * one.start)}–{round(100 * one.stop)}%"
    return f"{stretch}, ch. {one.channel + 1}" if several_channels else stretch
