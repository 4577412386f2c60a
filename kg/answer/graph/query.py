"""A reading as SPARQL: terms are written as RDF terms, dates have been parsed; checked like anybody's."""

from collections.abc import Iterable

from rdflib import Literal, URIRef

from kg.answer.graph.model import Asked, Times
from kg.store.terms import nt
from kg.vocab import FERAG, RDF, SCHEMA, Dataset

MOST = 500  # facts of one answer


def sparql(asked: Asked, dataset: Dataset) -> str:
    """The facts, or the things of a class, that a reading asks for."""
    if not asked.properties:
        return (
            f"SELECT DISTINCT ?thing WHERE {{\n  {_values('class', asked.classes)}\n"
            f"  ?thing {nt(RDF.type)} ?class .\n}} LIMIT {MOST}"
        )
    lines = [_values("property", [p.iri for p in asked.properties])]
    if asked.both:
        lines += _either(asked)
    elif asked.subjects:
        lines.append(_values("subject", asked.subjects))
    if asked.objects and not asked.both:
        lines.append(_values("object", asked.objects))
    lines.append("?subject ?property ?object .")
    if asked.classes:
        wanted = "other" if asked.both else "object" if asked.subjects else "subject"
        lines += [_values("class", asked.classes), f"?{wanted} {nt(RDF.type)} ?class ."]
    if asked.times and (asked.effect or not asked.times.within):
        lines.append(_dated(asked, dataset))
    if asked.amount or asked.extreme in ("most", "least"):
        lines.append("FILTER(isNumeric(?object))")
    if asked.amount:
        lines.append(f"FILTER(?object {asked.amount.test} {nt(Literal(asked.amount.number))})")
    body = "\n  ".join(lines)
    return f"SELECT DISTINCT ?subject ?property ?object WHERE {{\n  {body}\n}} {_order(asked)}LIMIT {MOST}"


def _order(asked: Asked) -> str:
    """What is first or last comes first, so that no limit cuts it off; of periods that is found out later."""
    if not asked.extreme or any(p.kind != "datatype" for p in asked.properties):
        return ""
    way = "ASC" if asked.extreme in ("first", "least") else "DESC"
    return f"ORDER BY {way}({'?object' if asked.extreme in ('most', 'least') else 'STR(?object)'}) "


def how_many(asked: Asked) -> str:
    """How many things of a class there are."""
    return (
        f"SELECT (COUNT(DISTINCT ?thing) AS ?many) WHERE {{\n  {_values('class', asked.classes)}\n"
        f"  ?thing {nt(RDF.type)} ?class .\n}}"
    )


def _either(asked: Asked) -> list[str]:
    """The named things at one end, whatever it is; with two of them, one at each."""
    near, far = (asked.subjects, asked.objects) if asked.subjects else (asked.objects, asked.subjects)
    lines = [_values("named", near)] + ([_values("other", far)] if far else [])
    one = "?named ?property ?other . BIND(?named AS ?subject) BIND(?other AS ?object)"
    two = "?other ?property ?named . BIND(?other AS ?subject) BIND(?named AS ?object)"
    return [*lines, f"{{ {one} }} UNION {{ {two} }}"]


def _dated(asked: Asked, dataset: Dataset) -> str:
    edge = SCHEMA.endDate if asked.effect == "end" else SCHEMA.startDate
    return (
        f"FILTER(isLiteral(?object) && {_within('?object', asked.times)} || EXISTS {{\n"
        f"    GRAPH {nt(dataset.provenance)} {{\n"
        f"      ?fact {nt(RDF.subject)} ?subject ; {nt(RDF.predicate)} ?property ;\n"
        f"        {nt(RDF.object)} ?object ; {nt(FERAG.period)} ?period . ?period {nt(edge)} ?day .\n"
        f"      FILTER({_within('?day', asked.times)})\n    }}\n  }})"
    )


def _within(place: str, times: Times) -> str:
    if times.within:
        return f'STRSTARTS(STR({place}), "{times.within}")'
    tests = [f'STR({place}) > "{times.after}"'] if times.after else []
    tests += [f'STR({place}) < "{times.before}"'] if times.before else []
    return "(" + " && ".join(tests) + ")"


def _values(name: str, terms: Iterable[URIRef]) -> str:
    return f"VALUES ?{name} {{ {' '.join(map(nt, terms))} }}"
