"""What somebody did to a picture: expanded, pinned, hidden, chosen; as long as their page is open."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import streamlit as st

KEPT = "explored"


@dataclass(frozen=True, slots=True)
class Touched:
    """`of` says which picture; `picked` is a thing's IRI or a link's key."""

    of: str = ""
    expanded: tuple[str, ...] = ()
    pinned: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    picked: str = ""


def touched(of: str) -> Touched:
    """Of this picture; another begins anew."""
    found = st.session_state.get(KEPT)
    return found if isinstance(found, Touched) and found.of == of else Touched(of)


def pick(now: Touched, what: str) -> None:
    keep(replace(now, picked=what))


def expand(now: Touched, iri: str) -> None:
    keep(replace(now, expanded=tuple(dict.fromkeys((*now.expanded, iri))), picked=iri))


def hide(now: Touched, iri: str) -> None:
    others = tuple(i for i in now.expanded if i != iri)
    keep(replace(now, hidden=now.hidden | {iri}, pinned=now.pinned - {iri}, expanded=others, picked=""))


def show_again(now: Touched, iris: Iterable[str]) -> None:
    keep(replace(now, hidden=now.hidden - set(iris)))


def pin(now: Touched, iri: str) -> None:
    keep(replace(now, pinned=now.pinned ^ {iri}, picked=iri))


def keep(now: Touched) -> None:
    st.session_state[KEPT] = now
