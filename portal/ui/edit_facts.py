"""The windows in which a fact is added, changed or removed."""

import streamlit as st
from rdflib import Literal

from kg.rdf import triple_key
from portal import edit_facts, edits
from portal.access import Action
from portal.graph_words import FactView
from portal.i18n import gettext as _
from portal.session import Here, enter
from portal.ui import edit_inputs, html, layout, sentences, words


def new(iri: str, label: str) -> None:
    """A fact about this thing."""

    @st.dialog(_("Add a fact"))
    def show() -> None:
        with words.explained():
            here = enter(Action.edit)
            html.show('<div class="f-sentence"><b>{label}</b></div>', label=label)
            relation = edit_inputs.relation(here, _("Relation"), f"relation-{iri}")
            if relation is None:
                return
            chosen, value = edit_inputs.Chosen(), ""
            if relation.kind == "object":
                of = str(relation.range or "")
                chosen = edit_inputs.thing_or_new(here, _("Leads to"), f"object-{iri}", iri, of)
            else:
                value = st.text_input(_("Value"), key=f"value-{iri}") or ""
            ((since, until),) = edit_inputs.dates((), iri)
            because = edit_inputs.why(here, f"fact-{iri}")
            if edit_inputs.keep(_("Keep this correction"), f"fact-{iri}"):
                leads_to = value or edit_inputs.added(here, chosen, because)
                edit_facts.new_fact(
                    here.parts,
                    here.actor,
                    here.rag_id,
                    iri,
                    str(relation.iri),
                    leads_to,
                    because,
                    since,
                    until,
                )
                edit_inputs.kept()

    show()


def change(view: FactView) -> None:
    """Another relation, thing, value or time; or none of it any more."""

    @st.dialog(_("Correct this fact"))
    def show() -> None:
        with words.explained():
            here = enter(Action.edit)
            fact, key = view.fact, triple_key(*view.fact.triple)
            html.show(
                '<div class="f-sentence">{sentence}</div>{quote}',
                sentence=sentences.fact(view),
                quote=layout.quote(fact.evidence[0]) if fact.evidence else "",
            )
            literal = isinstance(fact.object, Literal)
            sort = "datatype" if literal else "object"
            relation = edit_inputs.relation(
                here, _("Relation"), f"relation-{key}", str(fact.predicate), only=sort
            )
            chosen, value = edit_inputs.Chosen(), ""
            if literal:
                typed = st.text_input(_("Value"), value=str(fact.object), key=f"value-{key}") or ""
                value = typed if typed.strip() != str(fact.object) else ""
            else:
                label = _("Leads to another thing than {name}").format(name=html.spoken(view.object))
                of = str(relation.range or "") if relation else ""
                chosen = edit_inputs.thing_or_new(here, label, key, str(fact.subject), of)
            periods = edit_inputs.dates(fact.periods, key)
            because = edit_inputs.why(here, key)
            with st.container(horizontal=True, gap="small"):
                change = edit_inputs.keep(_("Keep this correction"), key)
                remove = edit_inputs.keep(_("Remove this fact"), f"remove-{key}", primary=False)
            if change:
                edit_facts.change_fact(
                    here.parts,
                    here.actor,
                    here.rag_id,
                    fact,
                    because,
                    str(relation.iri) if relation else "",
                    value or edit_inputs.added(here, chosen, because),
                    periods,
                )
                edit_inputs.kept()
            if remove:
                edit_facts.remove_fact(here.parts, here.actor, here.rag_id, fact, because)
                edit_inputs.kept()

    show()


def button_of(here: Here, iri: str) -> None:
    """The same for a fact of which only the assertion is known."""
    if here.may(Action.edit) and st.button(
        _("Correct"), key=f"correct-{iri}", type="tertiary", icon=":material/edit:"
    ):
        change(edits.fact(here.parts, here.actor, here.rag_id, iri))


def button(here: Here, view: FactView, key: str) -> None:
    """The way to correct a fact, for who may."""
    if here.may(Action.edit) and st.button(
        _("Correct"), key=f"correct-{key}-{triple_key(*view.fact.triple)}", type="tertiary",
        icon=":material/edit:",
    ):  # fmt: skip
        change(view)
