"""The keys of a review: a small script of ours beside the page, and the window that explains them."""

from importlib.resources import files

import streamlit as st

from portal.i18n import gettext as _
from portal.session import visit
from portal.ui import html

_mount = st.components.v2.component(
    "review_keys", js=files("portal.ui").joinpath("review_keys.js").read_text("utf-8")
)


def listen(row: str, *, beside: bool) -> None:
    """`row` is shown beside the list; `beside`: it follows the keys."""
    _mount(key="review-keys", data={"row": row, "beside": beside}, height=1)


def explain() -> None:
    """The button and its window."""
    help_ = _("What each key does")
    if st.button(_("Keys (?)"), key="keys-help", type="tertiary", icon=":material/keyboard:", help=help_):
        _show()


def _show() -> None:
    @st.dialog(_("Keys"))
    def show() -> None:
        visit()
        keys = (
            ("j, k", _("the next change, the one before")),
            ("a", _("accept it; of a contradiction, what the documents say")),
            ("r", _("reject it; of a contradiction, keep what is approved")),
            ("e", _("correct it and accept it so; of a contradiction, keep both")),
            ("u", _("take the decision back")),
            ("c", _("comment on it")),
            ("o", _("its evidence")),
            ("x", _("select it")),
            ("A", _("accept all that fit")),
            ("1 2 3 4", _("kinds and relations, things, facts, contradictions")),
            ("n, p", _("the next page, the one before")),
            ("/", _("search in the changes")),
            ("?", _("this list")),
        )
        html.show(
            '<dl class="f-keys">{rows}</dl>',
            rows=html.join(
                html.fill("<dt><kbd>{key}</kbd></dt><dd>{text}</dd>", key=key, text=text)
                for key, text in keys
            ),
        )

    show()
