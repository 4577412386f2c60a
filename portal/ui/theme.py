"""Colours and type of the application, light and dark; and the little CSS that Streamlit's theme lacks."""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

import streamlit as st

_LIGHT = {
    "primaryColor": "#17645f",
    "backgroundColor": "#ffffff",
    "secondaryBackgroundColor": "#f2f6f5",
    "textColor": "#1d2728",
    "borderColor": "#d9e1e0",
    "linkColor": "#17645f",
    "sidebar.backgroundColor": "#f6f9f8",
    "sidebar.secondaryBackgroundColor": "#e9efee",
    "sidebar.borderColor": "#e3eae9",
}
_DARK = {
    "primaryColor": "#4fb3a8",
    "backgroundColor": "#14191b",
    "secondaryBackgroundColor": "#1d2426",
    "textColor": "#e7eded",
    "borderColor": "#344041",
    "linkColor": "#6cc7bd",
    "sidebar.backgroundColor": "#0f1415",
    "sidebar.secondaryBackgroundColor": "#1a2123",
    "sidebar.borderColor": "#222a2c",
}


def _options() -> Iterator[tuple[str, object]]:
    for name, colours in (("light", _LIGHT), ("dark", _DARK)):
        for key, value in colours.items():
            yield f"theme.{name}.{key}".replace(".", "_"), value
    yield "theme_font", "sans-serif"
    yield "theme_baseRadius", "0.6rem"
    yield "theme_showWidgetBorder", True
    yield "theme_showSidebarBorder", True
    yield "theme_headingFontSizes", ["1.9rem", "1.35rem", "1.12rem", "1rem", "0.95rem", "0.9rem"]
    yield "theme_headingFontWeights", [650, 650, 600, 600, 600, 600]


OPTIONS: Mapping[str, object] = dict(_options())


def ink() -> str:
    """The colour of text as this reader sees the page, for pictures and charts."""
    return (_DARK if st.context.theme.type == "dark" else _LIGHT)["textColor"]


@cache
def css() -> str:
    return files("portal").joinpath("ui/page.css").read_text("utf-8")
