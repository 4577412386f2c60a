"""Who uses how much of the language models, and how much they may."""

import streamlit as st

from portal import quotas
from portal.i18n import gettext as _
from portal.quotas import Spend, Whose
from portal.session import Here, act
from portal.ui import html, table
from portal.ui.times import number


def spend(here: Here) -> None:
    """By knowledge base, person and day."""
    for whose, title in ((Whose.rag, _("By knowledge base")), (Whose.user, _("By person"))):
        st.subheader(title, anchor=False)
        rows = [_row(line) for line in quotas.spend(here.parts, here.actor, whose)]
        names = (_("No."), _("Name"), _("Tokens today"), _("Quota a day"), _("Tokens in 30 days"))
        table.show((*names, _("Calls"), _("Cost")), rows)
    st.subheader(_("By day"), anchor=False)
    days = [
        (d.day, number(d.calls), number(d.tokens), number(round(d.cost, 4)))
        for d in quotas.days(here.parts, here.actor)
    ]
    table.show((_("Day"), _("Calls"), _("Tokens"), _("Cost")), days)


def limits(here: Here) -> None:
    """Quotas: for everybody, and for one."""
    st.subheader(_("Quotas"), anchor=False)
    words_of = {Whose.rag: _("each knowledge base"), Whose.user: _("each person")}
    chosen = quotas.defaults(here.parts, here.actor)
    for kind, many in chosen.items():
        allowed = _("no limit") if many is None else number(many)
        st.caption(f"{words_of[kind]}: {allowed}")
    with st.form("quota"):
        left, middle, right = st.columns(3)
        whose = left.selectbox(_("For"), list(Whose), format_func=lambda w: words_of[w]) or Whose.rag
        number_of = middle.number_input(_("No. (0: for all of them)"), min_value=0, step=1)
        tokens = right.number_input(
            _("Tokens a day (empty: no limit of its own)"), min_value=0, step=1000, value=None
        )
        if st.form_submit_button(_("Set"), type="primary"):
            if number_of:
                act(quotas.set_quota, whose, int(number_of), tokens, said=_("Saved."))
            else:
                act(quotas.set_default, whose, tokens, said=_("Saved."))
            st.rerun()


def _row(line: Spend) -> tuple[object, ...]:
    quota: object = _("no limit") if line.quota is None else number(line.quota)
    if line.quota is not None and line.today >= line.quota:
        quota = html.join([html.fill("{q}", q=quota), html.chip(_("used up"), "bad")], " ")
    month, cost = number(line.month), number(round(line.cost, 4))
    return line.id, line.name, number(line.today), quota, month, number(line.calls), cost
