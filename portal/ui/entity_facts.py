"""The facts of a thing in both directions, by property, each with its quote and the way to its place."""

import streamlit as st

from kg.model import Evidence
from kg.rdf import triple_key
from portal import navigation
from portal.explore import entity as things
from portal.explore.entity import SHOWN, Group, Page
from portal.graph_words import FactView
from portal.i18n import gettext as _
from portal.i18n import ngettext
from portal.session import Here
from portal.ui import edit_facts, entity_link, html, layout, origin, paging, sentences, words
from portal.ui.times import day, number


def listing(here: Here, found: Page, staged: int | None) -> None:
    many = ngettext("{n} fact", "{n} facts", found.total).format(n=number(found.total))
    st.subheader(many, anchor=False)
    if not found.groups:
        html.show('<p class="f-soft">{text}</p>', text=_("Nothing is said of it yet."))
    for outward in (True, False):
        groups = [g for g in found.groups if g.outward is outward]
        if groups and not outward:
            st.subheader(_("In facts about others"), anchor=False)
        for group in groups:
            _group(here, found, group, staged)


def _group(here: Here, found: Page, group: Group, staged: int | None) -> None:
    with st.container(border=True, gap="small"):
        html.show(
            '<h3 class="f-group">{arrow}{label} <span class="f-soft">{n}</span></h3>',
            arrow="" if group.outward else html.Markup('<span aria-hidden="true">← </span>'),
            label=group.label,
            n=number(group.total),
        )
        key = f"group-{'of' if group.outward else 'in'}-{found.entity.iri}-{group.property}"
        at = paging.at(key)
        with words.explained():
            views = group.facts
            if at:
                views = things.facts(
                    here.parts,
                    here.actor,
                    here.rag_id,
                    found.entity.iri,
                    group.property,
                    group.outward,
                    at,
                    staged,
                )
            for view in views:
                _fact(here, view, group.outward, staged)
        paging.turn(min(group.total, things.FURTHEST), SHOWN, key, f"-{key}")


def _fact(here: Here, view: FactView, outward: bool, staged: int | None) -> None:
    other, iri = (view.object, view.object_iri) if outward else (view.subject, view.subject_iri)
    with st.container(gap="xxsmall"):
        if iri:
            entity_link.to(here, iri, other, staged)
        else:
            html.show('<div class="f-wrap"><b>{value}</b></div>', value=day(other))
        times = ", ".join(filter(None, (sentences.when(p) for p in view.fact.periods)))
        if times:
            html.show('<div class="f-small f-soft">{times}</div>', times=times)
        evidence = view.fact.evidence
        if evidence:
            html.show("{quote}", quote=layout.quote(evidence[0]))
        if view.fact.statements:
            html.show("{said}", said=layout.stated(view.fact.statements[-1]))
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            if evidence:
                place(here, evidence[0])
            if staged is None and st.button(
                _("Where this comes from"),
                key=f"origin-{outward}-{triple_key(*view.fact.triple)}",
                type="tertiary",
                icon=":material/history_edu:",
            ):
                origin.window(view)
            if staged is None:
                edit_facts.button(here, view, str(outward))


def place(here: Here, evidence: Evidence, label: str = "") -> None:
    """The way to the words in their document."""
    navigation.link(
        "document",
        label or _("Open the document here"),
        icon=":material/menu_book:",
        rag=here.rag_id,
        revision=evidence.document_id,
        start=evidence.start,
        end=evidence.end,
    )
