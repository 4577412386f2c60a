"""Whether a file is RDF, and in which syntax: by how it begins, not by its name alone."""

import re

TURTLE = "text/turtle"
TRIG = "application/trig"
NTRIPLES = "application/n-triples"
NQUADS = "application/n-quads"
RDFXML = "application/rdf+xml"
JSONLD = "application/ld+json"
RDF_KINDS = frozenset({TURTLE, TRIG, NTRIPLES, NQUADS, RDFXML, JSONLD})

_HEAD = 65536
_IRI = rb"<[^<>\"{}|^`\\\s]*>"
_REMARKS = re.compile(rb"\s*(?:#[^\n]*\n\s*)*")
_PREFIX = re.compile(rb"(?:@prefix\s+[^\s:]*:|PREFIX\s+[^\s:]*:|@base|BASE)\s*" + _IRI, re.I)
_LINE = re.compile(
    rb"(?:" + _IRI + rb"|_:\S+)\s+" + _IRI + rb"\s+(?:" + _IRI + rb"|_:\S+|\"(?:[^\"\\]|\\.)*\"\S*)"
    rb"[ \t]*(?P<graph>" + _IRI + rb"|_:\S+)?[ \t]*\."
)
_SUBJECT = re.compile(_IRI + rb"\s+(?:a|" + _IRI + rb")\s")
_XML = re.compile(rb"<(?:\w[\w.-]*:)?RDF[\s>]")
_NAMESPACE = b"http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_TEXTS = frozenset({"md", "markdown", "txt", "html", "htm", "xhtml"})  # which may show RDF as an example
_GRAPHS = re.compile(rb"(?:^|\n|\.)\s*(?:GRAPH\s+)?(?:" + _IRI + rb"|[\w-]*:[\w.-]*|_:\w+)\s*\{", re.I)


def rdf_kind(data: bytes, name: str) -> str | None:
    """The media type of RDF, None for anything else."""
    head = data[:_HEAD].removeprefix(b"\xef\xbb\xbf")
    ending = name.lower().rpartition(".")[2]
    if ending in _TEXTS:
        return None
    begins = head[_REMARKS.match(head).end() :]  # type: ignore[union-attr]  # it matches nothing too
    if begins.startswith((b"{", b"[")):
        return JSONLD if _is_jsonld(head, ending) else None
    if begins.startswith((b"<?xml", b"<rdf:RDF", b"<!DOCTYPE rdf", b"<RDF")):
        return RDFXML if _XML.search(head) and _NAMESPACE in head else None
    line = _LINE.match(begins)
    if line:
        return NQUADS if line["graph"] else NTRIPLES if ending != "ttl" else TURTLE
    if _PREFIX.match(begins) or (ending in {"ttl", "n3", "trig"} and _SUBJECT.match(begins)):
        return TRIG if ending == "trig" or _GRAPHS.search(data) else TURTLE
    return None


def _is_jsonld(head: bytes, ending: str) -> bool:
    keys = sum(key in head for key in (b'"@context"', b'"@graph"', b'"@id"', b'"@type"'))
    return keys > 0 if ending == "jsonld" else b'"@context"' in head or keys > 1
