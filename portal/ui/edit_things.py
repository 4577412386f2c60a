"""The windows in which a thing is added, named, sorted, joined, divided or removed."""

from collections.abc import Callable

import streamlit as st

from kg.ontology.class_index import THING
from kg.rdf import triple_key
from portal import edit_things, graph
from portal.access import Action
from portal.graph import Thing
from portal.i18n import gettext as _
from portal.session import Here, enter
from portal.ui import edit_facts, edit_inputs, html, sentences, words


def row(here: Here, iri: str, label: str) -> None:
    """What can be corrected of a thing, for who may."""
    if not here.may(Action.edit):
        return
    windows: dict[str, tuple[str, str, Callable[[str], None]]] = {
        "name": (_("Name and description"), ":material/edit:", rename),
        "kind": (_("Kind of thing"), ":material/category:", retype),
        "merge": (_("It is the same as another"), ":material/merge:", merge),
        "split": (_("It is two things"), ":material/call_split:", split),
        "remove": (_("Remove it"), ":material/delete:", remove),
    }
    if st.button(_("Add a fact"), key=f"add-fact-{iri}", icon=":material/add:"):
        edit_facts.new(iri, label)
    with st.popover(_("Correct"), icon=":material/edit:"):
        for name, (text, icon, window) in windows.items():
            if st.button(text, key=f"edit-{name}-{iri}", icon=icon, type="tertiary"):
                window(iri)


def new() -> None:
    @st.dialog(_("Add a thing"))
    def show() -> None:
        with words.explained():
            here = enter(Action.edit)
            label = st.text_input(_("Its name"), key="new-name") or ""
            kind = edit_inputs.kind(here, _("Kind of thing"), "new-kind")
            others = _names((), "new")
            description = st.text_area(_("What it is"), key="new-description", height=80) or ""
            if label.strip():
                _namesakes(here, label)
            because = edit_inputs.why(here, "new")
            if edit_inputs.keep(_("Keep this correction"), "new"):
                edit_things.new_thing(
                    here.parts, here.actor, here.rag_id, label, kind, because, others, description
                )
                edit_inputs.kept()

    show()


def _namesakes(here: Here, label: str) -> None:
    """Before it is added a second time."""
    found = graph.find(here.parts, here.actor, here.rag_id, label.strip(), limit=3)
    if found:
        text = _("There is already: {names}").format(names=", ".join(f.label for f in found))
        html.show('<div class="f-soft f-small">{text}</div>', text=text)


def rename(iri: str) -> None:
    @st.dialog(_("Name and description"))
    def show() -> None:
        with words.explained():
            here = enter(Action.edit)
            thing = graph.thing(here.parts, here.actor, here.rag_id, iri)
            label = st.text_input(_("Its name"), value=thing.entity.label, key=f"name-{iri}") or ""
            others = _names(thing.entity.aliases, iri)
            as_well = label.strip() != thing.entity.label and st.checkbox(
                _("It is still called {name} as well").format(name=html.spoken(thing.entity.label)),
                value=True,
                key=f"as-well-{iri}",
            )
            description = st.text_area(
                _("What it is"), value=thing.entity.description, key=f"description-{iri}"
            )
            because = edit_inputs.why(here, f"name-{iri}")
            if edit_inputs.keep(_("Keep this correction"), f"name-{iri}"):
                aliases = [*others, thing.entity.label] if as_well else others
                edit_things.rename(
                    here.parts, here.actor, here.rag_id, iri, label, aliases, description or "", because
                )
                edit_inputs.kept()

    show()


def retype(iri: str) -> None:
    @st.dialog(_("Kind of thing"))
    def show() -> None:
        with words.explained():
            here = enter(Action.edit)
            thing = graph.thing(here.parts, here.actor, here.rag_id, iri)
            held = next((str(t) for t in thing.entity.types if t != THING), "")
            _subject(thing)
            kind = edit_inputs.kind(here, _("Kind of thing"), f"kind-{iri}", held)
            because = edit_inputs.why(here, f"kind-{iri}")
            if edit_inputs.keep(_("Keep this correction"), f"kind-{iri}"):
                edit_things.retype(here.parts, here.actor, here.rag_id, iri, [kind] if kind else [], because)
                edit_inputs.kept()

    show()


def merge(iri: str) -> None:
    @st.dialog(_("It is the same as another"))
    def show() -> None:
        with words.explained():
            here = enter(Action.edit)
            thing = graph.thing(here.parts, here.actor, here.rag_id, iri)
            _subject(thing)
            other = edit_inputs.thing(here, _("Which thing is it?"), f"merge-{iri}", but=iri)
            if not other:
                return
            found = edit_inputs.named(here, [iri, other])
            keep = st.radio(
                _("Which name stays?"),
                list(found),
                format_func=lambda i: html.plain(found[i]),
                key=f"stays-{iri}-{other}",
            )
            because = edit_inputs.why(here, f"merge-{iri}")
            if edit_inputs.keep(_("Keep this correction"), f"merge-{iri}"):
                drop = other if keep == iri else iri
                edit_things.merge(here.parts, here.actor, here.rag_id, keep, drop, because)
                edit_inputs.kept()

    show()


def split(iri: str) -> None:
    @st.dialog(_("It is two things"), width="medium")
    def show() -> None:
        with words.explained():
            here = enter(Action.edit)
            thing = graph.thing(here.parts, here.actor, here.rag_id, iri)
            _subject(thing)
            label = st.text_input(_("Name of the new thing"), key=f"split-name-{iri}") or ""
            held = next((str(t) for t in thing.entity.types if t != THING), "")
            kind = edit_inputs.kind(here, _("Kind of thing"), f"split-kind-{iri}", held)
            facts = {triple_key(*f.fact.triple): f for f in thing.facts}
            told = {k: html.unmarked(sentences.fact(f)) for k, f in facts.items()}
            moved = st.multiselect(
                _("Facts that go to the new thing"),
                list(facts),
                format_func=lambda k: told[k],
                placeholder=_("Choose"),
                key=f"split-facts-{iri}",
            )
            aliases: list[str] = []
            if thing.entity.aliases:
                aliases = st.multiselect(
                    _("Names that go with it"),
                    list(thing.entity.aliases),
                    placeholder=_("Choose"),
                    key=f"split-names-{iri}",
                )
            because = edit_inputs.why(here, f"split-{iri}")
            if edit_inputs.keep(_("Keep this correction"), f"split-{iri}"):
                chosen = [facts[k].fact for k in moved]
                edit_things.split(
                    here.parts, here.actor, here.rag_id, iri, label, kind, chosen, because, aliases
                )
                edit_inputs.kept()

    show()


def remove(iri: str) -> None:
    @st.dialog(_("Remove it"))
    def show() -> None:
        with words.explained():
            here = enter(Action.edit)
            thing = graph.thing(here.parts, here.actor, here.rag_id, iri)
            _subject(thing)
            html.show(
                '<p class="f-soft">{text}</p>',
                text=_("Facts about it that go as well: {n}").format(n=thing.total),
            )
            because = edit_inputs.why(here, f"remove-{iri}")
            if edit_inputs.keep(_("Keep this correction"), f"remove-{iri}"):
                edit_things.remove_thing(here.parts, here.actor, here.rag_id, iri, because)
                edit_inputs.kept()

    show()


def _subject(thing: Thing) -> None:
    html.show(
        '<div class="f-sentence"><b>{label}</b></div><div class="f-meta">{kinds}</div>',
        label=thing.entity.label,
        kinds=html.join(html.chip(c, "info", dot=False) for c in thing.classes),
    )


def _names(held: tuple[str, ...], key: str) -> list[str]:
    """Other names, one a line."""
    typed = st.text_area(_("Other names, one a line"), value="\n".join(held), key=f"names-{key}", height=80)
    return [line for line in (typed or "").splitlines() if line.strip()]
