"""RDF terms as bytes that any parser accepts, and in the one form that both stores give back.

Stores change literals silently: Oxigraph turns `"5"^^xsd:int` into an xsd:integer and `"2.0"` into
`"2"`, TDB2 turns `"1.10"` into `"1.1"`, both rewrite doubles and the case of language tags. A delta
must remove exactly what is there, so everything written and everything read passes `canonical`.
"""

import math
import re
from decimal import Decimal
from functools import lru_cache

import pyoxigraph
from rdflib import Literal, URIRef
from rdflib.namespace import RDF, XSD

from kg.errors import BadInput
from kg.model import Term

_STRING = str(XSD.string)
_INTEGERS = frozenset(
    {
        *(XSD.integer, XSD.int, XSD.long, XSD.short, XSD.byte),
        *(XSD.nonNegativeInteger, XSD.positiveInteger, XSD.nonPositiveInteger, XSD.negativeInteger),
        *(XSD.unsignedLong, XSD.unsignedInt, XSD.unsignedShort, XSD.unsignedByte),
    }
)
_GREGORIAN = {
    XSD.gYear: re.compile(r"(-?\d{4})(?:Z|[+-]\d\d:\d\d)?"),
    XSD.gYearMonth: re.compile(r"(-?\d{4}-(?:0[1-9]|1[0-2]))(?:Z|[+-]\d\d:\d\d)?"),
    XSD.gMonth: re.compile(r"(--(?:0[1-9]|1[0-2]))(?:Z|[+-]\d\d:\d\d)?"),
}
_CALENDAR = frozenset((XSD.date, XSD.dateTime, XSD.time))
# read back in another form by one store or the other, and worth no datatype of their own here
_TEXTS = frozenset(
    (
        XSD.string,
        XSD.normalizedString,
        XSD.token,
        XSD.duration,
        XSD.dayTimeDuration,
        XSD.yearMonthDuration,
        XSD.dateTimeStamp,
        XSD.gDay,
        XSD.gMonthDay,
        RDF.XMLLiteral,
        RDF.HTML,
        RDF.langString,
    )
)
_LANGUAGE = re.compile(r"[a-z]{1,8}(-[a-z0-9]{1,8})*")
_UNWRITABLE = re.compile("[\x00\ud800-\udfff\ufffe\uffff]")
_ESCAPES = {c: f"\\u{c:04X}" for c in (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, 0xFEFF)} | {
    ord('"'): '\\"',
    ord("\\"): "\\\\",
    ord("\n"): "\\n",
    ord("\r"): "\\r",
    ord("\t"): "\\t",
}


def writable(text: str) -> str:
    """The text with what no RDF syntax can carry (NUL, lone surrogates, noncharacters) as U+FFFD.

    The length stays, so that the offsets of a quote still hold.
    """
    return _UNWRITABLE.sub("\ufffd", text)


@lru_cache(maxsize=65536)
def iri(value: str) -> str:
    """`<value>`; BadInput if it is not an absolute IRI.

    >>> iri("https://w3id.org/x"), iri("urn:й")
    ('<https://w3id.org/x>', '<urn:й>')
    """
    try:
        return str(pyoxigraph.NamedNode(value))
    except (ValueError, UnicodeError) as e:
        raise BadInput(f"not an IRI: {value!r}: {e}") from None


def nt(term: Term) -> str:
    """The term in N-Triples, on one line, safe in SPARQL as well.

    >>> nt(Literal('say "hi"', lang="en")), nt(Literal(7))
    ('"say \\\\"hi\\\\""@en', '"7"^^<http://www.w3.org/2001/XMLSchema#integer>')
    """
    if isinstance(term, URIRef):
        return iri(str(term))
    if not isinstance(term, Literal):
        raise BadInput(f"neither an IRI nor a literal: {term!r}")
    quoted = f'"{writable(str(term)).translate(_ESCAPES)}"'
    if term.language:
        if not _LANGUAGE.fullmatch(term.language.lower()):
            raise BadInput(f"not a language tag: {term.language!r}")
        return f"{quoted}@{term.language.lower()}"
    if term.datatype is None or term.datatype == XSD.string:
        return quoted
    return f"{quoted}^^{iri(str(term.datatype))}"


@lru_cache(maxsize=8192)
def text(value: str, language: str = "") -> Literal:
    """A literal of words; of no language if the tag is not one."""
    tag = language.lower()
    return Literal(writable(value), lang=tag if _LANGUAGE.fullmatch(tag) else None)


def canonical(term: Term) -> Term:
    """The term as both stores give it back; a literal that is not of its datatype becomes plain text.

    >>> canonical(Literal("007", datatype=XSD.int)).n3(), canonical(Literal("x", datatype=XSD.date)).n3()
    ('"7"^^<http://www.w3.org/2001/XMLSchema#integer>', '"x"')
    """
    if isinstance(term, URIRef):
        return term
    lexical = writable(str(term))
    if term.language:
        return text(lexical, term.language)
    return _typed(lexical, term.datatype)


@lru_cache(maxsize=8192)
def _typed(lexical: str, datatype: URIRef | None) -> Literal:
    made: Literal | None = None
    if datatype in _INTEGERS:
        made = _number(lexical, XSD.integer)
    elif datatype in (XSD.double, XSD.float):
        made = _number(lexical, XSD.double)
    elif datatype == XSD.decimal:
        made = _number(lexical, XSD.decimal)
    elif datatype in _GREGORIAN:
        year = _GREGORIAN[datatype].fullmatch(lexical.strip())
        made = Literal(year[1], datatype=datatype) if year else None
    elif datatype == XSD.boolean:
        truth = {"true": "true", "1": "true", "false": "false", "0": "false"}.get(lexical.strip())
        made = Literal(truth, datatype=datatype) if truth else None
    elif datatype in _CALENDAR:
        made = Literal(lexical, datatype=datatype) if re.match(r"\d{2}", lexical) else None
    elif datatype is not None and datatype not in _TEXTS:
        made = Literal(lexical, datatype=datatype)
    return Literal(lexical) if made is None or made.ill_typed else made


_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,4})?")


def _number(lexical: str, datatype: URIRef) -> Literal | None:
    """Shortest form; None if it is no such number, not finite, or has a thousand digits."""
    word = lexical.strip()
    match = _NUMBER.fullmatch(word)
    if not match or len(word) > 1000:
        return None
    if datatype == XSD.double:
        value = float(word)
        return Literal(repr(value), datatype=datatype) if math.isfinite(value) else None
    if match[3] or (datatype == XSD.integer and "." in word):
        return None
    if datatype == XSD.integer:
        return Literal(str(int(word)), datatype=datatype)
    whole, _, rest = f"{Decimal(word):f}".partition(".")
    rest = rest.rstrip("0")
    short = f"{whole}.{rest}" if rest else whole
    return Literal("0" if short == "-0" else short, datatype=datatype)


def read(term: pyoxigraph.NamedNode | pyoxigraph.Literal | object) -> Term:
    """A term that a store sent."""
    if isinstance(term, pyoxigraph.NamedNode):
        return URIRef(term.value)
    if isinstance(term, pyoxigraph.Literal):
        if term.language:
            return Literal(term.value, lang=term.language.lower())
        datatype = term.datatype.value
        return Literal(term.value) if datatype == _STRING else _typed(term.value, URIRef(datatype))
    raise BadInput(f"blank nodes and quoted triples have no place here: {term}")
