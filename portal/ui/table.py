"""A plain table that screen readers read."""

from collections.abc import Sequence

import streamlit as st

from portal.i18n import gettext as _
from portal.ui import html


def show(names: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Says so if it is empty."""
    if not rows:
        st.caption(_("Nothing to show."))
        return
    head = html.join(html.fill("<th>{name}</th>", name=name) for name in names)
    body = html.join(
        html.fill("<tr>{cells}</tr>", cells=html.join(html.fill("<td>{c}</td>", c=c) for c in row))
        for row in rows
    )
    html.show(
        '<div class="f-scroll"><table class="f-table"><thead><tr>{head}</tr></thead><tbody>{body}</tbody>'
        "</table></div>",
        head=head,
        body=body,
    )
