"""From decisions to a version: what would be published, and the button that does it."""

import streamlit as st

from kg.model import Decision
from portal import navigation, reviews, uploads, versions
from portal.access import Action
from portal.i18n import gettext as _
from portal.i18n import ngettext
from portal.models import CycleKind, CycleState
from portal.reviews import Summary
from portal.session import Here, act, enter, fragment
from portal.ui import html, layout, words
from portal.ui.layout import Tile
from portal.ui.times import ago, number

LOOK_SECONDS = 1.0


def bar(here: Here, summary: Summary) -> None:
    """What can be done with the cycle as a whole."""
    match summary.state:
        case CycleState.publishing:
            _publishing(summary.cycle)
        case CycleState.approved:
            st.success(
                _("This cycle is approved and part of the knowledge base."), icon=":material/verified:"
            )
            _approved(summary)
            with st.container(horizontal=True):
                _follow_up(here, summary)
                navigation.link("chat", _("Ask a question"), icon=":material/forum:", rag=here.rag_id)
                navigation.link("graph", _("Look at the graph"), icon=":material/hub:", rag=here.rag_id)
                navigation.link("versions", _("Versions"), icon=":material/history:", rag=here.rag_id)
        case CycleState.review:
            _offer(here, summary)
        case CycleState.waiting | CycleState.running:
            _progress(here, summary, _("See how far it is"), "hourglass_top")
        case CycleState.paused | CycleState.failed | CycleState.cancelled:
            _progress(here, summary, _("See what happened"), "help")


def _progress(here: Here, summary: Summary, text: str, icon: str) -> None:
    navigation.link("progress", text, icon=f":material/{icon}:", rag=here.rag_id, cycle=summary.cycle)


def _approved(summary: Summary) -> None:
    """Whoever came second reads here who was first."""
    if summary.approved is None:
        return
    version, at = summary.approved
    html.show(
        '<div class="f-meta"><span>{text}</span></div>',
        text=_("Approved by {who}, {when}, version {n}").format(
            who=summary.approved_by, when=ago(at), n=number(version)
        ),
    )


def _follow_up(here: Here, summary: Summary) -> None:
    """What nobody had decided is not lost: the same documents are compared with what is approved now."""
    left = summary.decisions[Decision.undecided]
    if not left or summary.kind is not CycleKind.upload or not here.may(Action.upload):
        return
    text = ngettext("Review the {n} change that was left", "Review the {n} changes that were left", left)
    if st.button(text.format(n=number(left)), icon=":material/playlist_add_check:", key="follow-up"):
        with words.explained():
            cycle = uploads.follow_up(here.parts, here.actor, here.rag_id, summary.cycle)
            navigation.go("progress", rag=here.rag_id, cycle=cycle)


def _offer(here: Here, summary: Summary) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        if here.may(Action.approve) and st.button(_("Approve…"), type="primary", icon=":material/verified:"):
            _dialog(summary.cycle)
        navigation.link(
            "graph", _("See it in the graph"), icon=":material/hub:", rag=here.rag_id, staged=summary.cycle
        )
        navigation.link(
            "chat", _("Ask what would be"), icon=":material/forum:", rag=here.rag_id, staged=summary.cycle
        )
        if here.may(Action.decide):
            with st.popover(_("Reject all of it")):
                st.write(_("Nothing of this cycle will enter the knowledge base."))
                st.button(
                    _("Reject the cycle"),
                    on_click=act,
                    args=(versions.reject, here.rag_id, summary.cycle),
                    kwargs={"said": _("The cycle is rejected.")},
                )


def _dialog(cycle: int) -> None:
    @st.dialog(_("Approve and publish"), width="medium")
    def show() -> None:
        with words.explained():
            here = enter()
            _confirm(here, reviews.summary(here.parts, here.actor, here.rag_id, cycle))

    show()


def _confirm(here: Here, summary: Summary) -> None:
    """What would be published, what stays out; then do it."""
    decisions = summary.decisions
    taken = decisions[Decision.accepted] + decisions[Decision.edited]
    left = decisions[Decision.undecided]
    layout.tiles(
        [
            Tile(_("accepted"), taken),
            Tile(_("rejected"), decisions[Decision.rejected]),
            Tile(_("undecided"), left, "warn"),
        ]
    )
    everything = False
    if left:
        everything = st.checkbox(
            _("Accept the undecided ones too; of contradictions, what the documents say"), value=not taken
        )
    if left and not everything:
        text = ngettext(
            "{n} undecided change stays out of the knowledge base; it can be reviewed later.",
            "{n} undecided changes stay out of the knowledge base; they can be reviewed later.",
            left,
        )
        st.info(text.format(n=number(left)))
    skipped = 0 if everything else reviews.left_out(here.parts, here.actor, here.rag_id, summary.cycle)
    if skipped:
        text = ngettext(
            "{n} accepted change is left out as well: what it needs is not accepted.",
            "{n} accepted changes are left out as well: what they need is not accepted.",
            skipped,
        )
        st.warning(text.format(n=number(skipped)))
    st.write(
        _("This makes version {n}. You can return to any earlier version.").format(n=here.rag.version + 1)
    )
    if st.button(
        _("Publish version {n}").format(n=here.rag.version + 1),
        type="primary",
        icon=":material/publish:",
        disabled=not (taken or everything),
    ):
        first = versions.approve(here.parts, here.actor, here.rag_id, summary.cycle, everything)
        if first:
            st.session_state[words.SAID] = _("{who} has approved it already.").format(who=first)
        st.rerun()


@fragment(Action.read, run_every=LOOK_SECONDS)
def _publishing(here: Here, cycle: int) -> None:
    """Until it is known whether it is the old or the new version."""
    summary = reviews.summary(here.parts, here.actor, here.rag_id, cycle)
    if summary.state is not CycleState.publishing:
        st.rerun()
    st.info(_("The new version is being published…"), icon=":material/hourglass_top:")
    if summary.approved_by:
        st.caption(_("Approved by {who}").format(who=html.plain(summary.approved_by)))
