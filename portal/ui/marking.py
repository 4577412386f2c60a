"""Facts in a document's text: marked in place, numbered, and as a list that a keyboard reaches."""

from collections.abc import Sequence
from itertools import pairwise

import streamlit as st

from portal import navigation
from portal.i18n import gettext as _
from portal.marks import FactState, MarkedFact
from portal.session import Here
from portal.ui import html, paging, sentences, words
from portal.ui.times import number

LISTED = 20
_ASKED = "f-asked"  # the words that somebody was sent to
_FIRST = list(FactState)  # where several facts share words, the colour of what needs somebody


def text(text: str, at: int, until: int, facts: Sequence[MarkedFact], asked: tuple[int, int]) -> html.Markup:
    """`text[at:until]`, each fact's quote in the colour of its state, its number in the list behind it."""
    spans = [(a, b, n, fact.state) for n, fact in enumerate(facts, 1) for a, b in fact.places]
    cuts = {at, until, *(max(at, min(p, until)) for a, b, *_rest in spans for p in (a, b))}
    cuts |= {max(at, min(p, until)) for p in asked}
    edges = sorted(cuts)
    pieces = []
    for start, end in pairwise(edges):
        over = [(n, state) for a, b, n, state in spans if a <= start and end <= b]
        ending = [n for a, b, n, _state in spans if b == end and a < b]
        kinds = [f"f-{words.tone(min((s for _n, s in over), key=_FIRST.index))} f-fact"] if over else []
        kinds += [_ASKED] if asked[0] <= start and end <= asked[1] else []
        piece = html.fill("{text}", text=text[start:end])
        if kinds:
            piece = html.fill('<mark class="{kind}">{text}</mark>', kind=" ".join(kinds), text=piece)
        numbers = html.join((html.fill("<sup>{n}</sup>", n=n) for n in ending), " ")
        pieces.append(piece + numbers)
    return html.join(pieces)


def legend(facts: Sequence[MarkedFact]) -> None:
    """What the colours mean, with how many there are here."""
    chips = [
        html.chip(f"{words.of(state)} {number(sum(f.state is state for f in facts))}", words.tone(state))
        for state in FactState
        if any(f.state is state for f in facts)
    ]
    told = _("Facts read here:") if chips else _("No facts were read in this part of the text.")
    html.show('<div class="f-meta"><span>{told}</span>{chips}</div>', told=told, chips=html.join(chips))


def listing(here: Here, facts: Sequence[MarkedFact], key: str) -> None:
    """Each fact with its state, leading to its quotes and its review."""
    if not facts:
        return
    st.subheader(_("The facts read here"))
    numbered = list(enumerate(facts, 1))
    for n, fact in paging.page(numbered, LISTED, key):
        with st.container(gap="xxsmall"):
            navigation.link(
                "review",
                f"{n}. {html.plain(sentences.of(fact.said).striptags())}",
                rag=here.rag_id,
                cycle=fact.cycle,
                change=fact.change,
            )
            state = html.chip(words.of(fact.state), words.tone(fact.state))
            html.show(state)
