"""RDF of any syntax as N-Quads lines, blank nodes numbered in order. Runs inside `sandbox`.

Nothing is fetched: a context on the web is refused, but for schema.org's, whose names are plain. An XML
entity that is made of others is refused before the parser sees it.
"""

import json
import re
from itertools import islice
from typing import Any

import pyoxigraph

from kg.text.formats.rdf_kinds import JSONLD, NQUADS, NTRIPLES, RDFXML, TRIG, TURTLE
from kg.text.formats.structure import Converted

MOST = 300_000  # statements
LONGEST = 100 * 2**20  # bytes of all lines
_FORMATS = {
    TURTLE: pyoxigraph.RdfFormat.TURTLE,
    TRIG: pyoxigraph.RdfFormat.TRIG,
    NTRIPLES: pyoxigraph.RdfFormat.N_TRIPLES,
    NQUADS: pyoxigraph.RdfFormat.N_QUADS,
    RDFXML: pyoxigraph.RdfFormat.RDF_XML,
    JSONLD: pyoxigraph.RdfFormat.JSON_LD,
}
TOO_MANY = "it holds more than 300,000 statements: take it in in parts"
BOMB = "its XML entities are made of other entities: that is how files are made to explode"
REMOTE = "it names a context on the web, and nothing is fetched: write the context into the file"
NESTED = "it is nested too deeply"
_ENTITY = re.compile(rb"<!ENTITY\s+(%?\s*\S+)\s+(\"[^\"]*\"|'[^']*'|\S+)", re.I)
_SCHEMA = re.compile(r"https?://(?:www\.)?schema\.org/?(?:#|docs/jsonldcontext\.jsonld)?")
_OWN = {"@vocab": "https://schema.org/", "id": "@id", "type": "@type"}
BASE = "urn:ferag:file#"  # of IRIs that are relative to the file


def convert(data: bytes, media_type: str) -> Converted:
    """All statements, one a line."""
    if media_type == RDFXML and (why := _explosive(data)):
        return Converted(problem=why)
    try:
        given = _local(data) if media_type == JSONLD else data
        parsed = pyoxigraph.parse(given, _FORMATS[media_type], base_iri=BASE)
        return _written(parsed)
    except SyntaxError as e:
        return Converted(problem=REMOTE if "LoadDocument" in str(e) else _said(e))
    except RecursionError:
        return Converted(problem=NESTED)
    except (ValueError, UnicodeDecodeError) as e:
        return Converted(problem=f"it is not what it begins as: {str(e)[:200]}")


def _written(parsed: Any) -> Converted:
    numbers: dict[str, pyoxigraph.BlankNode] = {}
    lines: list[str] = []
    size = 0

    def plain(term: Any) -> Any:
        if isinstance(term, pyoxigraph.BlankNode):
            return numbers.setdefault(term.value, pyoxigraph.BlankNode(f"n{len(numbers)}"))
        return term

    for quad in islice(parsed, MOST + 1):
        if isinstance(quad.object, pyoxigraph.Triple):
            continue  # a statement about a statement
        line = f"{plain(quad.subject)} {quad.predicate} {plain(quad.object)} .\n"
        size += len(line)
        if len(lines) >= MOST or size > LONGEST:
            return Converted(problem=TOO_MANY)
        lines.append(line)
    return Converted("".join(lines)) if lines else Converted(problem="it says nothing: it holds no statement")


def _said(error: SyntaxError) -> str:
    where = f"line {error.lineno}: " if error.lineno else ""
    return f"{where}{str(error.msg)[:200]}"


def _explosive(data: bytes) -> str:
    for _name, value in _ENTITY.findall(data):
        if value[:1] not in (b'"', b"'") or b"&" in re.sub(rb"&#x?[0-9a-fA-F]+;", b"", value):
            return BOMB
    return ""


def _local(data: bytes) -> bytes:
    """The document with schema.org's context, which everybody names and few write out, in its short form."""
    document = json.loads(data)

    def inline(value: Any) -> Any:
        if isinstance(value, list):
            return [inline(v) for v in value]
        if isinstance(value, dict):
            return {k: context(v) if k == "@context" else inline(v) for k, v in value.items()}
        return value

    def context(value: Any) -> Any:
        if isinstance(value, list):
            return [context(v) for v in value]
        return _OWN if isinstance(value, str) and _SCHEMA.fullmatch(value) else value

    return json.dumps(inline(document)).encode()
