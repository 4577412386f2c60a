"""The timeline of versions."""

from collections.abc import Iterable, Sequence

import streamlit as st

from kg.model import Decision
from portal import reviews, versions
from portal.access import Action
from portal.i18n import gettext as _
from portal.i18n import ngettext
from portal.review_rows import Filter
from portal.session import Here, act
from portal.ui import html, paging, sentences, words
from portal.ui.times import moment, number
from portal.versions import VersionView

PAGE = 20
FORMS = (("trig", "TriG"), ("nq", "N-Quads"))


def timeline(here: Here, listed: Sequence[VersionView]) -> None:
    """Newest first."""
    for version in paging.page(listed, PAGE, "versions"):
        with st.container(border=True, gap="small"):
            _head(here, version)
            _what(here, version)
            _actions(here, version)


def _head(here: Here, version: VersionView) -> None:
    now = version.number == here.rag.version
    html.show(
        '<div class="f-line"><span class="f-name">{name}</span>{now}</div><div class="f-meta">{facts}</div>',
        name=_("Version {n}").format(n=version.number),
        now=html.chip(_("in use"), "good") if now else "",
        facts=html.join(html.fill("<span>{text}</span>", text=t) for t in _facts(version)),
    )


def _facts(version: VersionView) -> list[str]:
    who = _("Approved by {who}, {when}").format(who=version.approved_by, when=moment(version.approved_at))
    if version.rolled_back_to is not None:
        return [_("Return to version {n}").format(n=version.rolled_back_to), who]
    applied = ngettext("{n} change", "{n} changes", version.applied).format(n=number(version.applied))
    title = _("Cycle {n}: {title}").format(n=version.cycle, title=version.title)
    return [title, applied, who]


def _what(here: Here, version: VersionView) -> None:
    """What it changed, as sentences; a list is read only when it is asked for."""
    if version.rolled_back_to is not None or not version.applied:
        return
    if not st.toggle(_("Show what it changed"), key=f"what-{version.number}"):
        return
    with words.explained():
        for decision in (Decision.edited, Decision.accepted):
            _rows(here, version, decision)


def _rows(here: Here, version: VersionView, decision: Decision) -> None:
    where = Filter(decision=decision)
    total = reviews.rows(here.parts, here.actor, here.rag_id, version.cycle, where, 0, 1).total
    if not total:
        return
    key = f"version-{version.number}-{decision}"
    at = paging.turn(total, PAGE, key, f"-{key}")
    page = reviews.rows(here.parts, here.actor, here.rag_id, version.cycle, where, at, PAGE)
    html.show(
        "<ul>{rows}</ul>",
        rows=html.join(html.fill("<li>{s}</li>", s=sentences.of(r.change)) for r in page.rows),
    )


def _links(here: Here, version: VersionView) -> Iterable[html.Markup]:
    for ending, name in FORMS:
        yield html.fill(
            '<a href="/download/{rag}/graph.{ending}?version={n}" download>{label}</a>',
            rag=here.rag_id,
            ending=ending,
            n=version.number,
            label=_("Download as {form}").format(form=name),
        )


def _actions(here: Here, version: VersionView) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        html.show('<div class="f-links">{links}</div>', links=html.join(_links(here, version)))
        if version.number != here.rag.version and here.may(Action.approve):
            with st.popover(_("Return to this version")):
                st.write(
                    _("A new version is made with the content of version {n}. Nothing is lost.").format(
                        n=version.number
                    )
                )
                st.button(
                    _("Return to version {n}").format(n=version.number),
                    key=f"rollback-{version.number}",
                    type="primary",
                    on_click=act,
                    args=(versions.rollback, here.rag_id, version.number),
                    kwargs={"said": _("The new version is being published. Reload in a moment.")},
                )
