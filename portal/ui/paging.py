"""Long lists a page at a time."""

from collections.abc import Sequence
from typing import TypeVar

import streamlit as st

T = TypeVar("T")


def page(items: Sequence[T], size: int, key: str) -> Sequence[T]:
    """The part of the list that the reader turned to."""
    at = turn(len(items), size, key)
    return items[at * size : (at + 1) * size]


def at(key: str) -> int:
    """Which page the reader turned to, from 0, before it is known how many there are."""
    return int(st.session_state.get(f"page-{key}", 1)) - 1


def turn(total: int, size: int, key: str) -> int:
    """Which page, from 0; the pages to choose from are drawn where there is more than one."""
    pages = max(1, -(-total // size))
    if pages == 1:
        return 0
    if st.session_state.get(f"page-{key}", 1) > pages:
        st.session_state[f"page-{key}"] = pages
    return st.pagination(pages, key=f"page-{key}") - 1
