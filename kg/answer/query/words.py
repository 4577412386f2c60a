"""Rows in words: what was counted or listed, then the facts behind it, each with its quote."""

from collections.abc import Mapping, Sequence

from rdflib import Literal, URIRef

from kg.answer.dates import backing, day
from kg.answer.graph.found import FromGraph
from kg.answer.graph.said import AND_MORE, SHOWN, begin, citation, dated, lines, time
from kg.answer.model import Citation
from kg.answer.query.put import Rows
from kg.approved import ApprovedGraph
from kg.model import Fact, Ontology, Term
from kg.store import Row
from kg.vocab import local_name

OF_A_ROW = 3  # facts that are cited for one row of several
YES = {"en": "Yes", "ru": "Да"}
CUT = {"en": "There are more than these.", "ru": "Есть и другие."}


def in_words(found: Rows, graph: ApprovedGraph, ontology: Ontology, spoken: str) -> FromGraph | None:
    """None if no approved fact or thing stands behind the rows: nothing is said without a source."""
    rows = found.answered.rows
    names = _labels(rows, graph, ontology)
    if len(rows) <= 1 or not found.by:
        text, citations = _one(found, names, graph, ontology, spoken)
    else:
        text, citations = _list(found, names, graph, ontology, spoken)
    if not citations:
        return None
    things = tuple(t for row in rows for t in row.values() if isinstance(t, URIRef) and t in names)
    return FromGraph(text, tuple(citations), found.query, "query", tuple(dict.fromkeys(things)))


def table(found: Rows, graph: ApprovedGraph, ontology: Ontology, most: int) -> str:
    """The first rows, for a model: names instead of IRIs."""
    if found.answered.truth is not None:
        return "yes" if found.answered.truth else "no"
    rows = found.answered.rows[:most]
    names = _labels(rows, graph, ontology)
    columns = found.answered.names
    told = [" | ".join(_cell(row[n], names, "en") if n in row else "" for n in columns) for row in rows]
    more = ["(there are more)"] if found.answered.cut or len(found.answered.rows) > most else []
    return "\n".join([" | ".join(columns), *told, *more]) if rows else "(no rows)"


def _one(
    found: Rows, names: Mapping[URIRef, str], graph: ApprovedGraph, ontology: Ontology, spoken: str
) -> tuple[str, list[Citation]]:
    rows = found.answered.rows
    head = _cells(rows[0], found, names, spoken) if rows else YES[spoken]
    facts = sorted(found.all_facts, key=begin)
    if not facts:
        return _undated(rows, found, names, graph, spoken)
    said, citations = lines(facts, graph, ontology, spoken, lambda f: f.periods)
    return f"{head}: {'; '.join(said)}.", citations


def _list(
    found: Rows, names: Mapping[URIRef, str], graph: ApprovedGraph, ontology: Ontology, spoken: str
) -> tuple[str, list[Citation]]:
    if not found.facts:
        return _undated(found.answered.rows, found, names, graph, spoken)
    said: list[str] = []
    citations: list[Citation] = []
    marks: dict[Fact, int] = {}
    for row in found.answered.rows[:SHOWN]:
        facts = found.of(row)[:OF_A_ROW]
        for fact in facts:
            rests_on = backing(fact.evidence, fact.statements, fact.periods)
            if fact not in marks and rests_on is not None:
                marks[fact] = len(citations) + 1
                citations.append(citation(marks[fact], rests_on, fact, graph))
        shown = "".join(f" [{marks[f]}]" for f in facts if f in marks)
        said.append(f"{_cells(row, found, names, spoken)}{_when(row, facts, ontology, spoken)}{shown}")
    return _joined(said, found, spoken), citations


def _when(row: Row, facts: Sequence[Fact], ontology: Ontology, spoken: str) -> str:
    """The dates of the one fact behind a row that says none itself."""
    if len(facts) != 1 or any(isinstance(t, Literal) for t in row.values()):
        return ""
    said = dated(facts[0], facts[0].periods, ontology.property_by_iri.get(facts[0].predicate), spoken)
    return f" ({said})" if said else ""


def _undated(
    rows: Sequence[Row], found: Rows, names: Mapping[URIRef, str], graph: ApprovedGraph, spoken: str
) -> tuple[str, list[Citation]]:
    """Things of which no fact was asked, only what they are: each with a quote that names it."""
    things = {t for row in rows for t in row.values() if isinstance(t, URIRef)}
    quoted = {e.iri: e.evidence[0] for e in graph.entities(things) if e.evidence}
    said: list[str] = []
    citations: list[Citation] = []
    for row in rows[:SHOWN]:
        mark = ""
        for e in (quoted[t] for t in row.values() if isinstance(t, URIRef) and t in quoted):
            n = len(citations) + 1
            citations.append(Citation(n, e.document_id, e.document, e.page, e.start, e.end, e.quote))
            mark += f" [{n}]"
        said.append(f"{_cells(row, found, names, spoken)}{mark}")
    return _joined(said, found, spoken), citations


def _joined(said: Sequence[str], found: Rows, spoken: str) -> str:
    left = len(found.answered.rows) - SHOWN
    more = [AND_MORE[spoken].format(n=left)] if left > 0 else []
    return f"{'; '.join([*said, *more])}.{f' {CUT[spoken]}' if found.answered.cut else ''}"


def _cells(row: Row, found: Rows, names: Mapping[URIRef, str], spoken: str) -> str:
    return " — ".join(_cell(row[n], names, spoken) for n in found.answered.names if n in row)


def _cell(term: Term, names: Mapping[URIRef, str], spoken: str) -> str:
    if isinstance(term, URIRef):
        return names.get(term, local_name(term))
    return day(time(term), spoken, alone=True) or str(term)


def _labels(rows: Sequence[Row], graph: ApprovedGraph, ontology: Ontology) -> dict[URIRef, str]:
    iris = {t for row in rows for t in row.values() if isinstance(t, URIRef)}
    known = {c.iri: c.label for c in ontology.classes if c.iri in iris}
    known |= {p.iri: p.label for p in ontology.properties if p.iri in iris}
    return known | {e.iri: e.label for e in graph.names(iris)}
