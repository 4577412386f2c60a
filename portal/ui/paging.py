"""Long lists a page at a time."""

from collections.abc import Sequence
from typing import TypeVar

import streamlit as st

from portal.i18n import gettext as _
from portal.ui import html
from portal.ui.times import number

T = TypeVar("T")


def page(items: Sequence[T], size: int, key: str) -> Sequence[T]:
    """The part of the list that the reader turned to."""
    at = turn(len(items), size, key, f"-{key}")
    return items[at * size : (at + 1) * size]


def at(key: str) -> int:
    """Which page the reader turned to, from 0, before it is known how many there are."""
    return int(st.session_state.get(f"page-{key}", 0))


def turn(total: int, size: int, key: str, place: str = "") -> int:
    """Which page, from 0; the way to the others is drawn where there is more than one. `place` tells one
    pager of a page from another."""
    pages = max(1, -(-total // size))
    here = st.session_state[f"page-{key}"] = min(at(key), pages - 1)
    if pages == 1:
        return 0
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        for name, label, to, icon in (
            ("first", _("First page"), 0, ":material/first_page:"),
            ("previous", _("Previous page"), here - 1, ":material/chevron_left:"),
            ("next", _("Next page"), here + 1, ":material/chevron_right:"),
            ("last", _("Last page"), pages - 1, ":material/last_page:"),
        ):
            if name == "next":
                text = _("Page {n} of {pages}").format(n=number(here + 1), pages=number(pages))
                html.show('<span class="f-soft">{text}</span>', text=text)
            st.button(
                label,
                key=f"page-{name}{place}",
                icon=icon,
                disabled=not 0 <= to < pages or to == here,
                on_click=_move,
                args=(key, to),
            )
    return here


def _move(key: str, to: int) -> None:
    st.session_state[f"page-{key}"] = to
