"""A query's answer as the client wants it: SPARQL results, or triples."""

import json
from collections.abc import Callable, Mapping
from io import BytesIO

from rdflib import Graph, URIRef, Variable
from rdflib.query import Result

from kg.model import Term
from kg.store.sparql import Answered
from kg.store.terms import nt
from kg.xml_text import legal
from portal.doors.negotiation import best

ROWS = (
    "application/sparql-results+json",
    "application/sparql-results+xml",
    "text/csv",
    "text/tab-separated-values",
    "application/json",
    "application/xml",
    "text/xml",
)
TRUTH = tuple(t for t in ROWS if not t.startswith("text/") or t == "text/xml")
TRIPLES: Mapping[str, str] = {
    "text/turtle": "turtle",
    "application/n-triples": "nt",
    "application/rdf+xml": "xml",
    "application/ld+json": "json-ld",
    "application/xml": "xml",
    "text/plain": "nt",
}


def offered(form: str) -> tuple[str, ...]:
    """The media types for a query of this form: "select", "ask", "construct"."""
    return {"select": ROWS, "ask": TRUTH}.get(form, tuple(TRIPLES))


def written(answer: Answered, accept: str) -> tuple[str, bytes] | None:
    """Media type and body; None if the client takes none that fits."""
    form = "ask" if answer.truth is not None else "select" if answer.graph is None else "construct"
    media = best(accept, offered(form))
    if media is None:
        return None
    if answer.graph is not None:
        return media, graph(answer.graph, media)
    write: Callable[[Answered], bytes] = _xml if "xml" in media else _json
    if media == "text/csv":
        write = _csv
    if media == "text/tab-separated-values":
        write = _tsv
    return media, write(answer)


def graph(found: Graph, media: str) -> bytes:
    form = TRIPLES[media]
    said = found.serialize(format=form)
    return (legal(said) if form == "xml" else said).encode()


def _json(answer: Answered) -> bytes:
    if answer.truth is not None:
        return json.dumps({"head": {}, "boolean": answer.truth}).encode()
    rows = [{name: _term(term) for name, term in row.items()} for row in answer.rows]
    return json.dumps(
        {"head": {"vars": answer.names}, "results": {"bindings": rows}}, ensure_ascii=False
    ).encode()


def _term(term: Term) -> dict[str, str]:
    if isinstance(term, URIRef):
        return {"type": "uri", "value": str(term)}
    said = {"type": "literal", "value": str(term)}
    if term.language:
        said["xml:lang"] = term.language
    elif term.datatype:
        said["datatype"] = str(term.datatype)
    return said


def _xml(answer: Answered) -> bytes:
    return legal(_rdflib(answer, "xml").decode()).encode()


def _csv(answer: Answered) -> bytes:
    return _rdflib(answer, "csv")


def _rdflib(answer: Answered, form: str) -> bytes:
    out = BytesIO()
    if answer.truth is not None:
        result = Result("ASK")
        result.askAnswer = answer.truth
    else:
        result = Result("SELECT")
        result.vars = [Variable(name) for name in answer.names]
        result.bindings = [{Variable(n): t for n, t in row.items()} for row in answer.rows]
    result.serialize(out, format=form)
    return out.getvalue()


def _tsv(answer: Answered) -> bytes:
    lines = ["\t".join(f"?{name}" for name in answer.names)]
    lines += ["\t".join(nt(row[n]) if n in row else "" for n in answer.names) for row in answer.rows]
    return "".join(f"{line}\n" for line in lines).encode()
