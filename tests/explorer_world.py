"""A small town as an approved version: people, firms, places on the map, dates, namesakes, hostile names.

Every fact stands literally in a document, so that its evidence can be opened. Nothing is extracted: the
change set is put in review and published as people would.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from rdflib import Literal, URIRef
from rdflib.namespace import XSD
from sqlmodel import select

from kg import rdf, values
from kg import versions as kg_versions
from kg.approved import Approved
from kg.index import IndexDelta, fact_row
from kg.index.index import Blank
from kg.merge import merge
from kg.model import Delta, Document, Entity, Evidence, Fact, Ontology, OntologyClass, Period, Property
from kg.ontology import Induction
from kg.vocab import Dataset
from portal import change_rows, documents, publishing, versions
from portal.access import Actor
from portal.documents import Upload, text_key
from portal.models import Cycle, CycleState, Rag, Revision
from portal.wiring import Parts

HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script>"

KINDS = {
    "person": (
        "Alice Smith",
        "Bob Johnson",
        "Carol Davis",
        "Пётр Чайковский",
        "Sergey Ivanov",
        "John Smith",
        HOSTILE,
    ),
    "company": ("ACME Corporation", "Northwind", "Ромашка"),
    "place": ("Berlin", "Moscow", "Sydney"),
}
ALIASES = {"ACME Corporation": ("ACME", "The Roadrunner Supplier"), "Moscow": ("Москва",)}
Said = tuple[str, str, str | Literal, Period]
FACTS: Sequence[Said] = (
    ("Alice Smith", "works at", "ACME Corporation", Period("2015", "2019-03")),
    ("Bob Johnson", "works at", "Northwind", Period("2020-05-14", "")),
    ("Carol Davis", "works at", "ACME Corporation", Period("2021", "")),
    ("Пётр Чайковский", "works at", "Ромашка", Period()),
    ("Sergey Ivanov", "works at", "Ромашка", Period("", "2023")),
    (HOSTILE, "works at", "Northwind", Period("2024", "")),
    ("ACME Corporation", "based in", "Berlin", Period()),
    ("Northwind", "based in", "Berlin", Period()),
    ("Ромашка", "based in", "Moscow", Period()),
    ("ACME Corporation", "founded", Literal("1999", datatype=XSD.gYear), Period()),
    ("Berlin", "latitude", Literal("52.52", datatype=XSD.decimal), Period()),
    ("Berlin", "longitude", Literal("13.405", datatype=XSD.decimal), Period()),
    ("Moscow", "coordinates", Literal("55.7558, 37.6173"), Period()),
)
DOMAIN = {"works at": ("person", "company"), "based in": ("company", "place")}


@dataclass
class Told:
    """A document that grows by a sentence for each fact."""

    revision: str
    document: str
    text: str = ""
    unit: str = "u0"
    quotes: dict[str, Evidence] = field(default_factory=dict)

    def says(self, sentence: str) -> Evidence:
        start = len(self.text)
        self.text += f"{sentence}\n"
        return Evidence(self.revision, start, start + len(sentence), sentence, self.document, self.unit)


def town(dataset: Dataset, told: Told) -> Induction:
    """The small world."""
    classes = {k: OntologyClass(dataset.class_(k), k) for k in KINDS}
    living = OntologyClass(dataset.class_("agent"), "agent", comment=f"Acts. {HOSTILE}")
    for kind in ("person", "company"):
        classes[kind] = OntologyClass(classes[kind].iri, kind, parents=(living.iri,))
    names = dict.fromkeys(p for _s, p, _o, _t in FACTS)
    properties = {
        p: Property(
            dataset.property_(p),
            p,
            "object" if p in DOMAIN else "datatype",
            domain=classes[DOMAIN[p][0]].iri if p in DOMAIN else None,
            range=classes[DOMAIN[p][1]].iri if p in DOMAIN else None,
        )
        for p in names
    }
    evidence = told.says(f"The people of the town, and {HOSTILE}, live here.")
    things = {
        name: Entity(
            dataset.entity(name, kind),
            name,
            types=(classes[kind].iri,),
            aliases=ALIASES.get(name, ()),
            description=f"A {kind} of the town. {HOSTILE}",
            evidence=(evidence,),
        )
        for kind, all_ in KINDS.items()
        for name in all_
    }
    namesake = Entity(dataset.entity("John Smith", "other"), "John Smith", types=(classes["company"].iri,))
    facts = [
        Fact(
            things[s].iri,
            properties[p].iri,
            things[o].iri if isinstance(o, str) and not isinstance(o, Literal) else _literal(o),
            periods=(when,) if when != Period() else (),
            evidence=(told.says(f"{s} {p} {o}."),),
        )
        for s, p, o, when in FACTS
    ]
    ontology = Ontology((living, *classes.values()), tuple(properties.values()))
    return Induction(ontology, (*things.values(), namesake), tuple(facts))


def crowd(dataset: Dataset, told: Told, neighbours: int, others: int = 0) -> Induction:
    """One firm that so many people work at, and `others` who know each other."""
    person, firm = (OntologyClass(dataset.class_(k), k) for k in ("person", "company"))
    works = Property(dataset.property_("works at"), "works at", "object", domain=person.iri, range=firm.iri)
    knows = Property(dataset.property_("knows"), "knows", "object", domain=person.iri, range=person.iri)
    quote = told.says("All of them work at the Hub, and some know each other.")
    hub = Entity(dataset.entity("Hub"), "Hub", types=(firm.iri,), evidence=(quote,))
    people = [
        Entity(dataset.entity("worker", n), f"Worker {n}", types=(person.iri,), evidence=(quote,))
        for n in range(neighbours)
    ]
    facts = [Fact(p.iri, works.iri, hub.iri, evidence=(quote,)) for p in people]
    facts += [
        Fact(people[n].iri, knows.iri, people[(n * 7 + 3) % neighbours].iri, evidence=(quote,))
        for n in range(min(others, neighbours))
    ]
    return Induction(Ontology((person, firm), (works, knows)), (hub, *people), tuple(facts))


def publish(parts: Parts, actor: Actor, rag_id: int, induction: Induction, told: Told) -> int:
    """The next version; its number."""
    with parts.session() as db:
        revision = db.exec(select(Revision).where(Revision.key == told.revision)).one()
        cycle = db.get_one(Cycle, revision.cycle_id)
        assert cycle.id is not None
        revision.characters = len(told.text)
        parts.files.put(
            text_key(rag_id, told.revision), values.dumps(Document(told.revision, told.document, told.text))
        )
        changes = merge(parts.dataset(rag_id), induction, (), Approved(), 0, frozenset(), cycle.number)
        change_rows.replace(db, cycle.id, changes)
        cycle.state, cycle.base_version = CycleState.review, 0
        number, cycle_id = cycle.number, cycle.id
        db.commit()
    versions.approve(parts, actor, rag_id, number, all_=True)
    done = publishing.run(parts, cycle_id)
    assert done is not None
    return done.version


def lay_down(parts: Parts, actor: Actor, rag_id: int, found: Induction) -> None:
    """Version 1 without a review: of tens of thousands of things it would take minutes."""
    dataset = parts.dataset(rag_id)
    contents = (*found.ontology.classes, *found.ontology.properties, *found.entities, *found.facts)
    delta = Delta(add=frozenset(q for c in contents for q in rdf.quads(dataset, c)))
    kg_versions.publish(parts.store, dataset, delta, base=0, new=1, token="laid")
    label = {e.iri: e.label for e in found.entities} | {p.iri: p.label for p in found.ontology.properties}
    rows = tuple(fact_row(rdf.assertion(dataset, *f.triple), f, label) for f in found.facts)
    parts.index.apply(dataset, 1, IndexDelta(entities=found.entities, facts=rows))
    with parts.session() as db:
        rag = db.get_one(Rag, rag_id)
        rag.version = 1
        db.add(rag)
        db.commit()


def told(parts: Parts, actor: Actor, rag_id: int, name: str = "town.md") -> Told:
    """An uploaded document without a text of its own yet."""
    documents.upload(parts, actor, rag_id, [Upload(name, f"{name} of {rag_id}".encode())])
    with parts.session() as db:
        revision = db.exec(select(Revision).where(Revision.rag_id == rag_id)).one()
        return Told(revision.key, name)


def without_vectors(parts: Parts) -> None:
    """Publish without embedding anything: of thousands of things it would take minutes, and no picture and
    no name needs it. The vectors say nothing, under the name of the model that would have made them."""
    model = parts.index.embedder
    parts.index.embedder = Blank(model.dimensions, model.name, model.window)


def _literal(value: str | Literal) -> Literal:
    return value if isinstance(value, Literal) else Literal(value)


def iri(dataset: Dataset, name: str) -> URIRef:
    """Of a thing of the town."""
    kind = next(k for k, all_ in KINDS.items() if name in all_)
    return dataset.entity(name, kind)
