"""What a picture shows as tables, for keyboards and screen readers, and to take away."""

import csv
import io
import json
from urllib.parse import urlencode

import streamlit as st

from portal.admin_record import plain_cell
from portal.explore import address
from portal.explore.drawn import Drawn
from portal.graph import Mark
from portal.i18n import gettext as _
from portal.session import Here
from portal.ui import html, paging, picture
from portal.ui.times import number

ROWS = 100


def tables(here: Here, drawn: Drawn, staged: int | None) -> None:
    title = _("The picture as a list")
    with st.expander(title, icon=":material/list:", expanded=staged is not None):
        _links(here, drawn, staged)
        _nodes(here, drawn, staged)
        _downloads(drawn)


def _links(here: Here, drawn: Drawn, staged: int | None) -> None:
    label = {n.iri: n.label for n in drawn.nodes}
    rows = sorted(drawn.links, key=lambda k: (k.mark is Mark.same, label[k.subject], k.label))
    body = html.join(
        html.fill(
            "<tr><td>{a}</td><td>{b}</td><td>{c} {mark}</td></tr>",
            a=anchor(here, k.subject, label[k.subject], staged),
            b=k.label,
            c=anchor(here, k.object, label[k.object], staged),
            mark=picture.marked(k.mark),
        )
        for k in paging.page(rows, ROWS, f"links-{drawn.centre}")
    )
    _table(_("Facts in the picture"), (_("Thing"), _("Relation"), _("Other thing")), body)


def _nodes(here: Here, drawn: Drawn, staged: int | None) -> None:
    body = html.join(
        html.fill(
            "<tr><td>{a} {mark}</td><td>{b}</td><td>{c}</td></tr>",
            a=anchor(here, n.iri, n.label, staged),
            b=n.class_,
            c=number(n.links),
            mark=picture.marked(n.mark),
        )
        for n in paging.page(drawn.nodes, ROWS, f"nodes-{drawn.centre}")
    )
    _table(_("Things in the picture"), (_("Thing"), _("Kind"), _("Facts with others")), body)


def _table(caption: str, heads: tuple[str, str, str], body: html.Markup) -> None:
    html.show(
        '<div class="f-scroll"><table class="f-table"><caption>{caption}</caption>'
        '<thead><tr><th scope="col">{a}</th><th scope="col">{b}</th><th scope="col">{c}</th></tr></thead>'
        "<tbody>{body}</tbody></table></div>",
        caption=caption,
        a=heads[0],
        b=heads[1],
        c=heads[2],
        body=body,
    )


def anchor(here: Here, iri: str, label: str, staged: int | None = None) -> html.Markup:
    """A plain link to a thing's page, for tables: of a widget for each row a page would take seconds."""
    query: dict[str, object] = {
        "rag": here.rag_id,
        "entity": address.of(here.parts.dataset(here.rag_id), iri),
    }
    if staged is not None:
        query["staged"] = staged
    return html.fill(
        '<a href="/entity?{query}" target="_self">{label}</a>', query=urlencode(query), label=label or "?"
    )


def _downloads(drawn: Drawn) -> None:
    with st.container(horizontal=True, gap="small"):
        st.download_button(_("Facts as CSV"), as_csv(drawn), "graph.csv", "text/csv", key="picture-csv")
        st.download_button(
            _("Picture as JSON"),
            as_json(drawn),
            "graph.json",
            "application/json",
            key="picture-json",
        )


def as_csv(drawn: Drawn) -> str:
    """Subject, relation and object of each link, by name and IRI; no cell is a formula."""
    label = {n.iri: n.label for n in drawn.nodes}
    out = io.StringIO()
    write = csv.writer(out)
    write.writerow(["subject", "relation", "object", "subject_iri", "relation_iri", "object_iri"])
    for k in drawn.links:
        cells = (label[k.subject], k.label, label[k.object], k.subject, k.relation, k.object)
        write.writerow([plain_cell(c) for c in cells])
    return out.getvalue()


def as_json(drawn: Drawn) -> str:
    """Things and facts as node-link data, which networkx and D3 read."""
    return json.dumps(
        {
            "directed": True,
            "multigraph": True,
            "nodes": [{"id": n.iri, "label": n.label, "kind": n.class_} for n in drawn.nodes],
            "links": [
                {"source": k.subject, "target": k.object, "key": k.relation, "label": k.label}
                for k in drawn.links
            ],
        },
        ensure_ascii=False,
        indent=1,
    )
