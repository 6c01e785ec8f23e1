"""The colours: everything that is read can be read."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor

from sigdesk.ui.theme.tokens import THEMES, Theme

GROUNDS = ("window", "surface", "sunken", "raised", "field", "hover", "selected")


def contrast(one: str, other: str) -> float:
    """The ratio of two colours' luminances as WCAG 2 defines it, 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    made = QColor(colour)
    return 0.2126 * _linear(made.redF()) + 0.7152 * _linear(made.greenF()) + 0.0722 * _linear(made.blueF())


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
class TestContrast:
    @pytest.mark.parametrize("ink", ["text", "text_2", "muted"])
    @pytest.mark.parametrize("ground", GROUNDS)
    def test_text_is_readable_on_every_ground(self, theme: Theme, ink: str, ground: str) -> None:
        assert contrast(getattr(theme, ink), getattr(theme, ground)) >= 4.5

    @pytest.mark.parametrize("status", ["ok", "warn", "error"])
    def test_a_status_is_readable_on_its_tint(self, theme: Theme, status: str) -> None:
        assert contrast(getattr(theme, status), getattr(theme, f"{status}_tint")) >= 4.5

    def test_text_on_coloured_buttons_is_readable(self, theme: Theme) -> None:
        assert contrast(theme.on_accent, theme.accent) >= 4.5
        assert contrast(theme.on_record, theme.record) >= 4.5

    def test_links_and_chosen_text_are_readable(self, theme: Theme) -> None:
        for ground in ("surface", "selected", "accent_tint"):
            assert contrast(theme.accent_text, getattr(theme, ground)) >= 4.5

    def test_a_name_on_a_class_colour_is_readable(self, theme: Theme) -> None:
        for colour in theme.classes:
            assert contrast(colour.text, colour.fill) >= 4.5

    def test_lines_stand_out_from_the_plot(self, theme: Theme) -> None:
        for colour in theme.classes:
            assert contrast(colour.line, theme.plot) >= 3


def test_eight_classes_in_each_theme() -> None:
    assert [len(theme.classes) for theme in THEMES.values()] == [8, 8]
