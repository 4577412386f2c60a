"""SPARQL that people and models write: parsed by a real parser, read-only, of one RAG, bounded.

Four walls, each of which holds if the next one falls: the parsed query is searched for everything
that reaches out (SERVICE, foreign graphs, functions and magic properties that run code); its text is
searched again for such keywords, in case the store reads it differently from our parser; the
protocol's graph parameters limit the dataset whatever the query says; time, bytes and rows are cut.
"""

import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from typing import Literal as OneOf

from pyparsing import ParseException, ParseFatalException
from rdflib import Graph, URIRef
from rdflib.namespace import XSD
from rdflib.paths import Path
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import expandUnicodeEscapes, parseQuery
from rdflib.plugins.sparql.parserutils import CompValue

from kg.errors import QueryRefused
from kg.store import GraphStore, Row, Scope, approved
from kg.vocab import Dataset

LENGTH = 20_000  # characters; ours are shorter, and the parser's time grows with it
DEPTH = 40  # brackets within brackets
LIMIT = 1_000
SECONDS = 10.0
BYTES = 8 * 2**20

_FORMS: Mapping[str, OneOf["select", "ask", "construct"]] = {
    "SelectQuery": "select",
    "AskQuery": "ask",
    "ConstructQuery": "construct",
    "DescribeQuery": "construct",
}
OPAQUE = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"""'
    r"|'''(?:[^'\\]|\\.|'(?!''))*'''"
    r'|"(?:[^"\\\n\r]|\\.)*"'
    r"|'(?:[^'\\\n\r]|\\.)*'"
    r'|<[^<>"{}|^`\\\x00-\x20]*>'
    r"|\#[^\n\r]*",
    re.DOTALL,
)
_REACHING_OUT = re.compile(
    r"(?<![\w?$:.-])(SERVICE|LOAD|INSERT|DELETE|CLEAR|DROP|CREATE|COPY|MOVE|ADD|LATERAL)(?![\w:-])", re.I
)
# Jena runs Java classes and indexes named by these
_MAGIC = re.compile(r"java:|https?://jena\.(apache\.org|hpl\.hp\.com)/", re.I)


@dataclass(frozen=True, slots=True)
class Checked:
    """A query that may run, with what it may see.

    `limit` is the most rows or triples to give back; `beyond` asks a CONSTRUCT for what would come after.
    """

    text: str
    form: OneOf["select", "ask", "construct"]
    names: tuple[str, ...]
    scope: Scope
    limit: int
    beyond: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer of whichever form the query has; `cut` if there was more than the limit."""

    names: tuple[str, ...] = ()
    rows: list[Row] = field(default_factory=list)
    graph: Graph | None = None
    truth: bool | None = None
    cut: bool = False


def checked(query_text: str, dataset: Dataset, *, limit: int = LIMIT, scope: Scope | None = None) -> Checked:
    """The query, made safe to run; QueryRefused says why it may not.

    The default graph is ontology and facts together; GRAPH and FROM may name the approved graphs.
    """
    if len(query_text) > LENGTH:
        raise QueryRefused(f"the query is longer than {LENGTH:,} characters")
    if re.search("[\x00\ud800-\udfff]", query_text):
        raise QueryRefused("the query has characters that are none")
    text = expandUnicodeEscapes(query_text)
    if expandUnicodeEscapes(text) != text:
        raise QueryRefused("escapes within escapes")
    _flat(text)
    form, algebra, limited, moved = _parsed(text)
    seen = scope or Scope(approved(dataset).default, dataset.approved)
    for part in parts(algebra):
        _allow(part, seen)
    keyword = _REACHING_OUT.search(OPAQUE.sub(" ", text))
    if keyword:
        raise QueryRefused(f"{keyword[1].upper()} is not allowed: queries only read this knowledge base")
    beyond = ""
    if not limited and algebra.name == "ConstructQuery" and not moved:
        # solutions are counted, not triples: how many of these one makes, and how often the same, varies
        text, beyond = f"{text}\nLIMIT {limit}", f"{text}\nOFFSET {limit} LIMIT 1"
    elif not limited and form != "ask":
        text += f"\nLIMIT {limit + 1}"  # one more, to know whether there is more
    names = _names(text, algebra) if form == "select" else ()
    return Checked(text, form, names, _dataset(algebra, dataset, seen), limit, beyond)


def run(
    store: GraphStore,
    dataset: Dataset,
    query: Checked,
    *,
    timeout: float = SECONDS,
    limit_bytes: int = BYTES,
) -> Answered:
    """The query's answer. Raises as the store does: TooSlow, QueryRefused, StoreDown, StoreError."""
    if query.form == "ask":
        return Answered(truth=store.ask(dataset, query.text, scope=query.scope, timeout=timeout))
    if query.form == "construct":
        began = time.monotonic()
        graph = store.construct(
            dataset, query.text, scope=query.scope, timeout=timeout, limit_bytes=limit_bytes
        )
        cut = len(graph) > query.limit
        if query.beyond and len(graph) and not cut:
            left = max(1.0, timeout - (time.monotonic() - began))
            after = store.construct(
                dataset, query.beyond, scope=query.scope, timeout=left, limit_bytes=limit_bytes
            )
            cut = len(after) > 0
        return Answered(graph=graph, cut=cut)
    rows = store.select(
        dataset,
        query.text,
        scope=query.scope,
        timeout=timeout,
        limit_bytes=limit_bytes,
        limit_rows=query.limit + 1,
    )
    return Answered(names=query.names, rows=rows[: query.limit], cut=len(rows) > query.limit)


def _flat(text: str) -> None:
    """QueryRefused if brackets nest so deep that a recursive parser would give up, or take ages."""
    depth = 0
    for c in OPAQUE.sub(" ", text):
        depth += (c in "({[") - (c in ")}]")
        if depth > DEPTH:
            raise QueryRefused(f"brackets nest deeper than {DEPTH}")


def _parsed(text: str) -> tuple[OneOf["select", "ask", "construct"], CompValue, bool, bool]:
    """Form, algebra, whether no LIMIT can be put at the end (it has one, or ends in VALUES), an OFFSET."""
    try:
        parsed = parseQuery(text)
        algebra = translateQuery(parsed).algebra
    except (ParseException, ParseFatalException) as e:
        raise QueryRefused(f"line {e.lineno}, column {e.col}: not a SPARQL query: {e.msg}") from None
    except RecursionError:
        raise QueryRefused("the query nests too deep") from None
    except Exception as e:  # noqa: BLE001 - the translation raises bare Exception for what makes no sense
        raise QueryRefused(f"not a SPARQL query: {e}") from None
    slice_ = parsed[1].limitoffset
    limited, moved = (bool(slice_ and getattr(slice_, part) is not None) for part in ("limit", "offset"))
    return _FORMS[parsed[1].name], algebra, limited or bool(parsed[1].valuesClause), moved


def _names(text: str, algebra: CompValue) -> tuple[str, ...]:
    """The columns, in the order of the text: the parser forgets it for `SELECT *`."""
    words = re.findall(r"[?$](\w+)", OPAQUE.sub(" ", text))
    place = {name: n for n, name in reversed(list(enumerate(words)))}
    return tuple(sorted(map(str, algebra.PV), key=lambda name: place.get(name, len(words))))


def parts(value: Any) -> Iterator[Any]:
    """Everything in the algebra, however it is nested."""
    todo, done = [value], set()
    while todo:
        part = todo.pop()
        if id(part) in done:
            continue
        done.add(id(part))
        yield part
        if isinstance(part, Mapping):
            todo.extend(part.values())
        elif isinstance(part, Path):
            todo.extend(vars(part).values())
        elif not isinstance(part, str) and hasattr(part, "__iter__"):
            todo.extend(part)


def _allow(part: Any, seen: Scope) -> None:
    if isinstance(part, URIRef) and _MAGIC.match(part):
        raise QueryRefused(f"{part} would run code in the store")
    if not isinstance(part, CompValue):
        return
    if part.name == "ServiceGraphPattern":
        raise QueryRefused("SERVICE is not allowed: queries only read this knowledge base")
    if part.name == "Graph" and isinstance(part.term, URIRef) and part.term not in seen.named:
        raise QueryRefused(f"there is no graph {part.term} here")
    if part.name == "GraphGraphPattern" and isinstance(part.term, URIRef) and part.term not in seen.named:
        raise QueryRefused(f"there is no graph {part.term} here")
    if part.name == "Function" and not str(part.iri).startswith(str(XSD)):
        raise QueryRefused(f"there is no function {part.iri}")
    if part.name == "Builtin_BNODE":
        raise QueryRefused("BNODE is not allowed: there are no blank nodes here")


def _dataset(algebra: CompValue, dataset: Dataset, seen: Scope) -> Scope:
    """What FROM and FROM NAMED choose among what may be seen; all of it if they are absent."""
    clauses = algebra.datasetClause or ()
    if not clauses:
        return seen
    default = tuple(URIRef(c.default) for c in clauses if c.default)
    named = tuple(URIRef(c.named) for c in clauses if c.named)
    for graph in (*default, *named):
        if graph not in {*seen.named, *seen.default}:
            raise QueryRefused(f"there is no graph {graph} here")
    # never an empty list: to a store that might mean every graph
    nothing = (URIRef(f"{dataset.root}nothing"),)
    return Scope(default or nothing, named or nothing)
