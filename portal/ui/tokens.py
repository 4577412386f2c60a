"""Access tokens: a form that makes one and shows it once, and the list of those that there are."""

from collections.abc import Mapping, Sequence

import streamlit as st

from portal import tokens
from portal.access import Scope
from portal.i18n import N_, gettext, ngettext
from portal.i18n import gettext as _
from portal.session import Here, act
from portal.tokens import TokenView
from portal.ui import html, layout, words
from portal.ui.times import ago, moment

SCOPES: Mapping[Scope, str] = {
    Scope.ask: N_("Ask and search"),
    Scope.read: N_("Look at documents, cycles, changes and versions"),
    Scope.export: N_("Take the graph away"),
    Scope.upload: N_("Upload and remove documents"),
    Scope.decide: N_("Accept and reject changes"),
    Scope.edit: N_("Correct what is approved, for review"),
    Scope.approve: N_("Approve versions and roll back"),
    Scope.manage: N_("Create knowledge bases"),
    Scope.metrics: N_("Read the figures of the system"),
}
DAYS = (7, 30, 90, 366)


def addresses(here: Here) -> None:
    """Where programs knock."""
    address = here.parts.settings.address
    html.show(
        '<p class="f-small f-soft">{openai} <code>{models}</code> · {http} <code>{doors}</code> · '
        '<a href="/api/openapi.json">{document}</a></p>',
        openai=_("OpenAI's clients:"),
        models=f"{address}/v1",
        http="HTTP:",
        doors=f"{address}/api/v1",
        document="OpenAPI",
    )


def new(here: Here) -> None:
    """The form; what it made is shown until the next click, and never again."""
    offered = [s for s in SCOPES if s is not Scope.metrics or here.actor.is_admin]
    with st.form("token", clear_on_submit=False):
        name = st.text_input(_("What will use it?"), max_chars=tokens.LONGEST_NAME)
        scopes = st.multiselect(
            _("What may it do?"),
            offered,
            default=[Scope.ask],
            format_func=lambda scope: gettext(SCOPES[scope]),
            placeholder=_("Choose"),
        )
        days = st.selectbox(
            _("How long is it good?"),
            DAYS,
            index=1,
            format_func=lambda n: ngettext("{n} day", "{n} days", n).format(n=n),
        )
        st.caption(_("Never more than you may do yourself. It cannot delete, administer or make tokens."))
        if st.form_submit_button(_("Make a token"), type="primary"):
            with words.explained():
                _shown_once(tokens.create(here.parts, here.actor, name, scopes, days)[1])


def _shown_once(text: str) -> None:
    st.success(_("Copy the token now: it is not shown again."), icon=":material/key:")
    st.code(text, language=None, wrap_lines=True)


def listing(listed: Sequence[TokenView]) -> None:
    st.subheader(_("Your tokens"), anchor=False)
    if not listed:
        layout.empty(_("No tokens yet"), _("A program needs one to work in your name."))
    for token in listed:
        with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"token-{token.id}"):
            html.show(
                '<div class="f-wrap"><b>{name}</b> <code>{hint}…</code> {over}'
                '<div class="f-small">{scopes}</div><div class="f-small f-soft">{used} · {until}</div></div>',
                name=token.name,
                hint=token.hint,
                over=html.chip(_("expired"), "bad") if token.expired else "",
                scopes=" · ".join(gettext(SCOPES[s]) for s in token.scopes),
                used=_used(token),
                until=_("good until {when}").format(when=moment(token.expires_at)),
            )
            st.button(
                _("Revoke"),
                key=f"revoke-{token.id}",
                help=_("Revoke {name}").format(name=html.plain(token.name)),
                on_click=act,
                args=(tokens.revoke, token.id),
                kwargs={"said": _("The token is revoked: it is good for nothing from now on.")},
            )


def _used(token: TokenView) -> str:
    if token.used_at is None:
        return _("never used")
    return _("used {when} from {address}").format(when=ago(token.used_at), address=token.used_from or "?")
