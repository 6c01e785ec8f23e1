"""Colours as tokens, light and dark. Hue means class; everything else is ink and grey, one accent, three statuses."""

from __future__ import annotations

from msgspec import Struct


class ClassColour(Struct, frozen=True):
    """One class slot: `fill` for swatches and bars, `edge` for borders, `line` on a plot, `tint` behind labels."""

    fill: str
    edge: str
    line: str
    tint: str
    text: str


class Theme(Struct, frozen=True):
    """Every colour that the program paints with."""

    name: str
    window: str
    surface: str
    sunken: str
    raised: str
    field: str
    border: str
    border_strong: str
    text: str
    text_2: str
    muted: str
    disabled: str
    accent: str
    accent_hover: str
    accent_tint: str
    on_accent: str
    accent_text: str
    hover: str
    selected: str
    ok: str
    ok_tint: str
    warn: str
    warn_tint: str
    warn_bar: str
    error: str
    error_tint: str
    record: str
    on_record: str
    plot: str
    grid: str
    zero_line: str
    pen: str
    pen_quiet: str
    cursor: str
    on_cursor: str
    classes: tuple[ClassColour, ...]


_DARK_INK = "#14171C"


def _light(fill: str, pen: str, tint: str, text: str = _DARK_INK) -> ClassColour:
    return ClassColour(fill=fill, edge=pen, line=pen, tint=tint, text=text)


def _dark(fill: str, edge: str, tint: str, text: str = _DARK_INK) -> ClassColour:
    return ClassColour(fill=fill, edge=edge, line=fill, tint=tint, text=text)


LIGHT = Theme(
    name="light",
    window="#F1F3F5",
    surface="#FFFFFF",
    sunken="#F7F8FA",
    raised="#FFFFFF",
    field="#FFFFFF",
    border="#DCE0E5",
    border_strong="#BFC5CE",
    text="#171B22",
    text_2="#434B57",
    muted="#5F6875",
    disabled="#9AA1AC",
    accent="#4450C8",
    accent_hover="#3943B0",
    accent_tint="#ECEEFC",
    on_accent="#FFFFFF",
    accent_text="#3F4ABF",
    hover="#EEF0F3",
    selected="#E6E9FA",
    ok="#0B6B4F",
    ok_tint="#E3F4EE",
    warn="#855300",
    warn_tint="#FFF3DC",
    warn_bar="#C77700",
    error="#B3261E",
    error_tint="#FCEBEA",
    record="#C62828",
    on_record="#FFFFFF",
    plot="#FFFFFF",
    grid="#ECEEF1",
    zero_line="#D5D9DF",
    pen="#27405F",
    pen_quiet="#8A97A8",
    cursor="#171B22",
    on_cursor="#FFFFFF",
    classes=(
        _light("#009E73", "#007253", "#CCECE3"),
        _light("#E69F00", "#A67200", "#FAECCC"),
        _light("#D55E00", "#994400", "#F7DFCC"),
        _light("#56B4E9", "#3E82A8", "#DDF0FB"),
        _light("#CC79A7", "#935778", "#F5E4ED"),
        _light("#F0E442", "#857C12", "#FCFAD9"),
        _light("#0072B2", "#005280", "#CCE3F0", "#FFFFFF"),
        _light("#565D68", "#3E434B", "#DDDFE1", "#FFFFFF"),
    ),
)

DARK = Theme(
    name="dark",
    window="#131519",
    surface="#1A1D22",
    sunken="#16181C",
    raised="#23272E",
    field="#16181C",
    border="#2D3239",
    border_strong="#474E59",
    text="#E7E9EC",
    text_2="#B9BFC8",
    muted="#929AA6",
    disabled="#5E6570",
    accent="#8E9BFF",
    accent_hover="#A3AEFF",
    accent_tint="#262B4A",
    on_accent="#10131F",
    accent_text="#A5B0FF",
    hover="#22262C",
    selected="#2A2F4D",
    ok="#4CC9A0",
    ok_tint="#173229",
    warn="#F0B74A",
    warn_tint="#382C14",
    warn_bar="#F0B74A",
    error="#FF8A80",
    error_tint="#3B1F1F",
    record="#FF6B60",
    on_record="#14171C",
    plot="#0F1115",
    grid="#22262C",
    zero_line="#2F353D",
    pen="#B8CCE4",
    pen_quiet="#5E6C7E",
    cursor="#E7E9EC",
    on_cursor="#14171C",
    classes=(
        _dark("#2FBF97", "#59CCAC", "#173B34"),
        _dark("#F2B33D", "#F5C264", "#45381F"),
        _dark("#F17F3B", "#F49962", "#452B1E"),
        _dark("#7CC8F5", "#96D3F7", "#293D4B"),
        _dark("#E09BC2", "#E6AFCE", "#41323F"),
        _dark("#F0E442", "#F3E968", "#454420"),
        _dark("#3D8BD9", "#64A2E1", "#1A2E44"),
        _dark("#6B7480", "#899099", "#25292F", "#FFFFFF"),
    ),
)

THEMES = {theme.name: theme for theme in (LIGHT, DARK)}
