"""The timeline of versions."""

from collections.abc import Iterable, Sequence

import streamlit as st

from kg.model import Decision
from portal import exports, feeds, history, publications, reviews, versions
from portal.access import Action
from portal.history import Between, VersionView
from portal.i18n import gettext as _
from portal.i18n import ngettext
from portal.review_rows import Filter
from portal.session import Here, act, fragment
from portal.ui import html, paging, sentences, words
from portal.ui.times import ago, moment, number

PAGE = 20
LOOK_SECONDS = 2.0


def under_way(here: Here) -> None:
    """That a version is being published, until it is known what became of it."""
    found = publications.latest(here.parts, here.actor, here.rag_id)
    if found is None:
        return
    if not found.failed:
        _publishing(found.cycle)
    elif found.rolled_back_to is not None:
        text = _("Version {n} did not come back: another version was approved meanwhile.")
        st.warning(text.format(n=found.rolled_back_to), icon=":material/history:")


@fragment(Action.read, run_every=LOOK_SECONDS)
def _publishing(here: Here, cycle: int) -> None:
    found = publications.latest(here.parts, here.actor, here.rag_id)
    if found is None or found.failed or found.cycle != cycle:
        st.rerun()
    st.info(_("The new version is being published…"), icon=":material/hourglass_top:")


def timeline(here: Here, listed: Sequence[VersionView]) -> None:
    """Newest first."""
    for version in paging.page(listed, PAGE, "versions"):
        with st.container(border=True, gap="small"):
            _head(here, version)
            _what(here, version)
            _actions(here, version)


def follow(here: Here) -> None:
    """A feed of what changes: its address is made here, shown once, and revoked here."""
    with st.expander(_("Follow what changes"), icon=":material/rss_feed:"):
        st.caption(
            _(
                "A feed reader shows each new version with what it changed. The address lets in whoever has "
                "it, to this list only: keep it to yourself, and revoke it when you need it no more."
            )
        )
        st.button(
            _("Make a feed address"),
            icon=":material/add:",
            key="feed-make",
            on_click=act,
            args=(feeds.make, here.rag_id),
            kwargs={"keep": "feed-made"},
        )
        made = st.session_state.pop("feed-made", None)
        if made:
            st.success(_("Copy the address now: it is not shown again."), icon=":material/key:")
            st.code(made, language=None, wrap_lines=True)
        for found in feeds.mine(here.parts, here.actor, here.rag_id):
            with st.container(horizontal=True, vertical_alignment="center", key=f"feed-{found.id}"):
                html.show(
                    '<div class="f-wrap"><code>…/{hint}…</code> '
                    '<span class="f-small f-soft">{made} · {used}</span></div>',
                    hint=found.hint,
                    made=_("made {when}").format(when=ago(found.created_at)),
                    used=_("read {when}").format(when=ago(found.used_at))
                    if found.used_at
                    else _("never read"),
                )
                st.button(
                    _("Revoke"),
                    key=f"feed-revoke-{found.id}",
                    help=_("Revoke {name}").format(name=html.plain(found.hint)),
                    on_click=act,
                    args=(feeds.revoke, here.rag_id, found.id),
                    kwargs={"said": _("The address is revoked.")},
                )


def compare(here: Here) -> None:
    """What lies between any two versions, as a list of sentences."""
    latest = here.rag.version  # in the keys: a new version is what is asked about next
    numbers = list(range(latest, -1, -1))
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            since = st.selectbox(
                _("What changed since"),
                numbers[1:],
                format_func=_name,
                key=f"compare-since-{latest}",
                width=240,
            )
            to = st.selectbox(_("Up to"), numbers, format_func=_name, key=f"compare-to-{latest}", width=240)
            shown = st.toggle(_("Show what changed"), key="compare-show")
        if shown and since is not None and to is not None:
            with words.explained():
                _between(history.between(here.parts, here.actor, here.rag_id, since, to))


def _name(number: int) -> str:
    return _("Version {n}").format(n=number) if number else _("Nothing: the beginning")


def _between(found: Between) -> None:
    lists = (
        (_("New facts"), [sentences.fact(f) for f in found.added]),
        (_("Facts that are gone"), [sentences.fact(f) for f in found.removed]),
        (_("Facts with other dates, sources or words"), [sentences.fact(f) for f in found.changed]),
        (_("New things"), _escaped(found.things)),
        (_("Things that are gone"), _escaped(found.things_gone)),
        (_("New kinds and relations"), _escaped(found.terms)),
        (_("Kinds and relations that are gone"), _escaped(found.terms_gone)),
        (_("Other names"), [html.fill("{old} → {new}", old=o, new=n) for o, n in found.renamed]),
    )
    if not any(lines for _title, lines in lists):
        html.show('<p class="f-soft">{text}</p>', text=_("Nothing: they say the same."))
    for title, lines in lists:
        if lines:
            html.show(
                '<div class="f-over">{title} ({n})</div><ul class="f-beside">{lines}</ul>',
                title=title,
                n=number(len(lines)),
                lines=html.join(html.fill("<li>{line}</li>", line=line) for line in lines),
            )
    if found.left_out:
        html.show('<p class="f-soft">{text}</p>', text=_("and {n} more").format(n=number(found.left_out)))


def _escaped(names: Sequence[str]) -> list[html.Markup]:
    return [html.fill("{name}", name=n) for n in names]


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
    back = version.rolled_back_to is not None
    if not (back or version.applied):
        return
    if not st.toggle(_("Show what it changed"), key=f"what-{version.number}"):
        return
    with words.explained():
        if back:  # nobody decided changes for it
            _between(history.between(here.parts, here.actor, here.rag_id, version.number - 1, version.number))
            return
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
    for form in exports.FORMS.values():
        yield html.fill(
            '<li><a href="/download/{rag}/graph.{ending}?version={n}" download>{label}</a></li>',
            rag=here.rag_id,
            ending=form.ending,
            n=version.number,
            label=form.title,
        )


def _actions(here: Here, version: VersionView) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        with st.popover(_("Download"), icon=":material/download:"):
            html.show("<ul>{links}</ul>", links=html.join(_links(here, version)))
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
                    kwargs={"said": _("The new version is being published.")},
                )
