"""The settings of the pool in their dialog: each says when it takes effect, and refuses nonsense in words."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLabel
from pytestqt.qtbot import QtBot

from sigdesk.app.settings import SETTINGS, Settings
from sigdesk.ui.theme.look import Look
from sigdesk.ui.widgets.number_field import NumberField
from sigdesk.ui.window.settings_dialog import SettingsDialog
from tests.ui.conftest import Shown

POOL = [row.key for row in SETTINGS if row.key in ("workers", "queue_size", "memory_budget_mb")]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "settings.json")


@pytest.fixture
def dialog(settings: Settings, look: Look, shown: Shown[SettingsDialog]) -> SettingsDialog:
    return shown(SettingsDialog(settings, settings.put, look))


def field(dialog: SettingsDialog, key: str) -> NumberField:
    found = dialog.findChild(NumberField, key)
    assert isinstance(found, NumberField)
    return found


def typed(dialog: SettingsDialog, qtbot: QtBot, key: str, text: str) -> None:
    control = field(dialog, key)
    control.setFocus()
    control.selectAll()
    qtbot.keyClicks(control, text)
    qtbot.keyClick(control, Qt.Key.Key_Return)


def words(dialog: SettingsDialog) -> str:
    return " | ".join(label.text() for label in dialog.findChildren(QLabel) if label.isVisible())


@pytest.mark.parametrize("key", POOL)
def test_each_setting_of_the_pool_says_when_it_is_used(dialog: SettingsDialog, key: str) -> None:
    (row,) = (row for row in SETTINGS if row.key == key)

    assert row.explanation in words(dialog)
    assert any(when in row.explanation for when in ("next start", "at once"))


def test_a_number_is_stored_when_enter_is_pressed_and_the_dialog_stays(
    dialog: SettingsDialog, settings: Settings, qtbot: QtBot
) -> None:
    typed(dialog, qtbot, "queue_size", "500")

    assert settings.whole("queue_size") == 500
    assert dialog.isVisible()


@pytest.mark.parametrize(
    ("key", "text", "said"),
    [
        ("workers", "99999", "Workers cannot be 99999. Choose from 0 to 64."),
        ("workers", "-3", "Workers cannot be -3. Choose from 0 to 64."),
        ("queue_size", "0", "Queue size cannot be 0."),
        ("unsure_below", "101", "Mark as unsure below cannot be 101. Choose from 0 to 100 %."),
    ],
)
def test_nonsense_is_refused_in_words_and_what_was_in_force_stays(
    dialog: SettingsDialog, settings: Settings, qtbot: QtBot, key: str, text: str, said: str
) -> None:
    before = settings.whole(key)
    typed(dialog, qtbot, key, text)

    assert said in words(dialog)
    assert settings.whole(key) == before
    assert field(dialog, key).value() == before

    typed(dialog, qtbot, key, "7")
    assert said not in words(dialog), "what is right takes the words away"
    assert settings.whole(key) == 7


def test_letters_are_not_taken(dialog: SettingsDialog, settings: Settings, qtbot: QtBot) -> None:
    typed(dialog, qtbot, "workers", "many")

    assert settings.whole("workers") == 0
    (close,) = (b for b in dialog.findChildren(QAbstractButton) if b.text().replace("&", "") == "Close")
    qtbot.mouseClick(close, Qt.MouseButton.LeftButton)
    assert not dialog.isVisible()
