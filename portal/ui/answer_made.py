"""How an answer came about, beside the conversation: facts, passages, the path between them, the steps."""

from collections.abc import Sequence

import streamlit as st

from kg.answer import Citation
from portal import graph, navigation
from portal.chats import MessageView
from portal.i18n import gettext as _
from portal.seen import Seen, SeenFact, SeenPassage
from portal.session import Here
from portal.ui import drawing, html, layout, steps, words

OPEN = "how"  # the message whose making is shown, in the session


def switch(shown: MessageView) -> None:
    """The button that opens and closes it."""
    is_open = st.session_state.get(OPEN) == shown.id
    st.button(
        _("Close") if is_open else _("How this was found"),
        icon=":material/right_panel_close:" if is_open else ":material/right_panel_open:",
        key=f"how-{shown.id}",
        type="tertiary",
        on_click=_turn,
        args=(None if is_open else shown.id,),
    )


def _turn(message_id: int | None) -> None:
    st.session_state[OPEN] = message_id


def panel(here: Here, shown: MessageView) -> None:
    """Facts, passages, path, steps: only the open one is drawn."""
    seen = shown.seen
    st.subheader(_("How this was found"), anchor=False)
    tabs = st.tabs([_("Facts"), _("Passages"), _("Path"), _("Steps")], on_change="rerun", key="how-tab")
    for tab, draw in zip(tabs, (_facts, _passages, _path, _steps), strict=True):
        if tab.open:
            with tab, words.explained():
                draw(here, seen)


def _facts(here: Here, seen: Seen) -> None:
    if not seen.facts:
        html.show('<p class="f-soft">{text}</p>', text=_("No approved fact was near the question."))
    for fact in seen.facts:
        html.show(
            '<div class="f-sentence" style="font-size:1rem">{sentence}</div>'
            '<div class="f-small f-soft">{score}</div>',
            sentence=fact.sentence,
            score=_score(fact),
        )
        if fact.quote is not None:
            _place(here, fact.quote)


def _passages(here: Here, seen: Seen) -> None:
    if not seen.passages:
        html.show('<p class="f-soft">{text}</p>', text=_("No passage was near the question."))
    for passage in seen.passages:
        html.show(
            '<div class="f-small f-soft">{score}</div><div class="f-quote">{text}<cite>{where}</cite></div>',
            score=_score(passage),
            text=passage.text.quote,
            where=" › ".join((passage.text.document, *passage.heading)),
        )
        _place(here, passage.text)


def _path(here: Here, seen: Seen) -> None:
    """What the answer walked along; the same as a list, for keyboards and screen readers."""
    triples = [(f.subject, f.predicate, f.object) for f in seen.facts if f.object]
    picture = graph.picture_of(here.parts, here.actor, here.rag_id, triples, _centre(triples))
    if not picture.edges:
        html.show('<p class="f-soft">{text}</p>', text=_("No approved fact between two things was used."))
        return
    label = {n.iri: n.label for n in picture.nodes}
    html.show(
        "<ul>{lines}</ul>",
        lines=html.join(
            html.fill(
                "<li>{a} — {relation} → {b}</li>", a=label[e.subject], relation=e.label, b=label[e.object]
            )
            for e in picture.edges
        ),
    )
    drawing.draw(picture)


def _centre(triples: Sequence[tuple[str, str, str]]) -> str:
    """What most of the statements are about."""
    ends = [i for s, _p, o in triples for i in (s, o)]
    return max(ends, key=ends.count, default="")


def _steps(here: Here, seen: Seen) -> None:
    for step in seen.steps:
        steps.done(step)
    if seen.query:
        st.caption(_("The question as a query to the approved graph (SPARQL)"))
        st.code(seen.query, language="sparql", wrap_lines=True)


def _score(found: SeenFact | SeenPassage) -> str:
    return _("Weight {n}").format(n=f"{found.score:.3f}")


def _place(here: Here, where: Citation) -> None:
    if not where.document_id:
        html.show('<div class="f-small f-soft">{who}</div>', who=where.source)
        return
    navigation.link(
        "document",
        layout.place(where.document, where.page),
        icon=":material/menu_book:",
        rag=here.rag_id,
        revision=where.document_id,
        start=where.start,
        end=where.end,
    )
