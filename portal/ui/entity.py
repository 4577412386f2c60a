"""A thing's page: its names, what can be done with it, its facts, and beside them where it is told of."""

import streamlit as st

from portal.explore import entity as things
from portal.explore.entity import Page
from portal.i18n import gettext as _
from portal.session import Here
from portal.ui import edits, entity_beside, entity_deeds, entity_facts, graph, html, layout, words


def page(here: Here, asked: str, staged: int | None) -> None:
    with words.explained():
        found = things.page(here.parts, here.actor, here.rag_id, asked, staged)
        layout.heading(html.plain(found.entity.label))
        edits.bar(here)
        _names(here, found, staged)
        entity_deeds.row(here, found, staged)
        left, right = st.columns([3, 2], gap="large")
        with left:
            entity_facts.listing(here, found, staged)
        with right:
            entity_beside.column(here, found, staged)


def _names(here: Here, found: Page, staged: int | None) -> None:
    graph.whose(here, staged)
    html.show(
        '<div class="f-meta">{kinds}</div><p class="f-wrap">{description}</p>',
        kinds=html.join(html.chip(c, "info", dot=False) for c in found.classes),
        description=found.entity.description,
    )
    if found.entity.aliases:
        names = html.plain(", ".join(found.entity.aliases))
        st.caption(_("Also called: {names}").format(names=names))
