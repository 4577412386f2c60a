"""Beside a thing's facts: its documents, its namesakes, its communities and its history."""

import streamlit as st

from portal import navigation
from portal.explore import entity as things
from portal.explore import past
from portal.explore.entity import InCommunity, Page
from portal.explore.past import Step
from portal.i18n import gettext as _
from portal.i18n import ngettext
from portal.session import Here
from portal.ui import entity_facts, entity_link, html, layout, sentences, words
from portal.ui.times import moment, number

SOURCES = 20  # documents that are named


def column(here: Here, found: Page, staged: int | None) -> None:
    _sources(here, found)
    for piece in (_namesakes, _history, _communities):
        with words.explained():
            piece(here, found, staged)


def _sources(here: Here, found: Page) -> None:
    st.subheader(_("Documents"), anchor=False)
    if not found.sources:
        html.show('<p class="f-soft">{text}</p>', text=_("No document speaks of it."))
    for source in found.sources[:SOURCES]:
        with st.container(gap=None):
            name = layout.place(source.first.document, source.first.page)
            entity_facts.place(here, source.first, html.plain(name))
            many = ngettext("{n} place", "{n} places", source.places).format(n=number(source.places))
            html.show('<div class="f-small f-soft">{many}</div>', many=many)
    if len(found.sources) > SOURCES:
        st.caption(_("and {n} more").format(n=number(len(found.sources) - SOURCES)))


def _namesakes(here: Here, found: Page, staged: int | None) -> None:
    others = things.namesakes(here.parts, here.actor, here.rag_id, found.entity, staged)
    if others:
        st.subheader(_("Others of this name"), anchor=False)
        with st.container(gap="xxsmall"):
            for other in others:
                kinds = f" ({', '.join(other.classes)})" if other.classes else ""
                entity_link.to(here, other.iri, f"{other.label}{kinds}", staged)


def _communities(here: Here, found: Page, staged: int | None) -> None:
    if staged is not None:
        return
    groups = things.communities(here.parts, here.actor, here.rag_id, found.entity.iri)
    if groups:
        st.subheader(_("Communities"), anchor=False)
        html.show(
            '<p class="f-soft f-small">{text}</p>',
            text=_("Things that facts and texts join closely, found by the portal."),
        )
    for group in groups:
        _community(here, group)


def _community(here: Here, group: InCommunity) -> None:
    with st.expander(html.plain(group.title)):
        html.show('<p class="f-wrap f-small">{summary}</p>', summary=group.summary)
        with st.container(gap="xxsmall"):
            for member in group.members:
                entity_link.to(here, member.iri, member.label)
        rest = group.size - 1 - len(group.members)
        if rest > 0:
            st.caption(_("and {n} more").format(n=number(rest)))


def _history(here: Here, found: Page, staged: int | None) -> None:
    st.subheader(_("History"), anchor=False)
    told = past.of(here.parts, here.actor, here.rag_id, found.entity)
    if not told.steps:
        html.show('<p class="f-soft">{text}</p>', text=_("No review of it is on record."))
    for step in told.steps:
        _step(here, step)
    if told.cut:
        st.caption(_("There is more: only the latest changes were looked through."))


def _step(here: Here, step: Step) -> None:
    with st.container(border=True, gap="xxsmall"):
        html.show(
            '<div><b>{version}</b></div><div class="f-small f-soft">{who}</div>',
            version=_("Version {n}").format(n=step.version),
            who=_("Approved by {who}, {when}").format(who=step.approved_by, when=moment(step.approved_at)),
        )
        if step.rolled_back_to is not None:
            text = _("Return to version {n}").format(n=step.rolled_back_to)
            html.show('<div class="f-small">{text}</div>', text=text)
            return
        html.show(
            '<ul class="f-beside">{lines}</ul>',
            lines=html.join(html.fill("<li>{said}</li>", said=sentences.of(c)) for c in step.said),
        )
        rest = step.changes - len(step.said)
        if rest > 0:
            st.caption(_("and {n} more").format(n=number(rest)))
        title = _("Cycle {n}: {title}").format(n=step.cycle, title=step.title)
        navigation.link("review", html.plain(title), rag=here.rag_id, cycle=step.cycle)
