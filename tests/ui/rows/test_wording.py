"""Numbers and foreign text as operators read them."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QTextDocument

from sigdesk.ui.rows.wording import NONE, button_text, counted, in_line, percent, plain_tooltip, visible


@pytest.mark.parametrize(
    ("share", "decimals", "text"), [(0.914, 0, "91%"), (0.914, 1, "91.4%"), (1.0, 0, "100%"), (None, 0, NONE)]
)
def test_shares(share: float | None, decimals: int, text: str) -> None:
    assert percent(share, decimals) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0 signals"), (1, "1 signal"), (96, "96 signals"), (12480, "12\u2009480 signals")]
)
def test_counts(value: int, text: str) -> None:
    assert counted(value, "signal") == text


@pytest.mark.parametrize(
    ("place", "text"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (13, "13th"), (21, "21st"), (112, "112th")],
)
def test_places_in_the_line(place: int, text: str) -> None:
    assert in_line(place) == f"{text} in line"


def test_control_characters_become_visible() -> None:
    assert visible("\x1b[31mred\x1b[0m\a") == "\\x1b[31mred\\x1b[0m\\x07"
    assert visible("a\tb\rc\u202ed") == "a    b\\rc\\u202ed"
    assert visible("Temperatur 20\u2009°C – Ä") == "Temperatur 20\u2009°C – Ä"


def test_a_tooltip_shows_markup_letter_by_letter() -> None:
    document = QTextDocument()
    document.setHtml(plain_tooltip("<b>bold</b> & <img src='x'>\nsecond line"))

    assert document.toPlainText().split("\u2028") == ["<b>bold</b> & <img src='x'>\nsecond line"]


def test_a_tooltip_has_an_end() -> None:
    document = QTextDocument()
    document.setHtml(plain_tooltip("long " * 10_000))

    assert len(document.toPlainText()) < 2100
    assert plain_tooltip("") == ""


def test_an_ampersand_is_no_mnemonic() -> None:
    assert button_text("Pump & valve") == "Pump && valve"
