"""The steps on the way to an answer, as they are done and afterwards: what, how long, how many tokens."""

import streamlit as st

from portal.i18n import gettext as _
from portal.i18n import ngettext
from portal.seen import SeenStep
from portal.ui import html
from portal.ui.times import number

LATEST = 4  # that are shown while the answer is made
QUERIES = ("query", "sparql")


def running(steps: tuple[SeenStep, ...]) -> None:
    """The last ones, while the answer is made."""
    lines = (
        html.fill('<li>{name} <span class="f-small f-soft">{cost}</span></li>', name=_line(s), cost=cost(s))
        for s in steps[-LATEST:]
    )
    html.show('<ul class="f-taken" aria-live="polite">{lines}</ul>', lines=html.join(lines))


def done(step: SeenStep) -> None:
    """One of all, with the query that it put."""
    query = step.name in QUERIES and step.detail
    html.show(
        '<div>{name}</div><div class="f-small f-soft">{cost}</div>',
        name=name(step) if query else _line(step),
        cost=cost(step),
    )
    if query:
        st.code(step.detail, language="sparql", wrap_lines=True)


def name(step: SeenStep) -> str:
    if step.name == "enough":
        why = {
            "steps": _("Ended: as many steps as are allowed"),
            "tokens": _("Ended: as many tokens as are allowed"),
            "seconds": _("Ended: as long as is allowed"),
            "unparsable": _("Ended: the model's next step could not be read"),
        }
        return why.get(step.detail, _("Found enough"))
    names = {
        "retrieve": _("Looked through facts and passages"),
        "hints": _("Asked the model what to look for"),
        "graph": _("Asked the approved graph"),
        "query": _("Wrote a query to the graph"),
        "refused": _("Refused"),
        "search": _("Searched"),
        "neighbours": _("Looked around a thing"),
        "sparql": _("Queried the approved graph"),
        "summary": _("Took an overview"),
        "again": _("Wanted the same step again"),
        "write": _("Wrote the answer"),
    }
    return names.get(step.name, step.name)


def cost(step: SeenStep) -> str:
    """Seconds, tokens, how much was found."""
    told = [_("{seconds} s").format(seconds=number(round(step.seconds, 2)))]
    if step.tokens_in or step.tokens_out:
        read = ngettext("{n} token read", "{n} tokens read", step.tokens_in)
        written = ngettext("{n} token written", "{n} tokens written", step.tokens_out)
        told += [read.format(n=step.tokens_in), written.format(n=step.tokens_out)]
    if step.found:
        told.append(ngettext("{n} found", "{n} found", step.found).format(n=step.found))
    return " · ".join(told)


def _line(step: SeenStep) -> str:
    if step.name in QUERIES or step.name == "enough" or not step.detail:
        return name(step)
    return f"{name(step)}: {step.detail}"
