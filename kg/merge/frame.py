"""What every part of a merge looks things up in: approved and proposed terms, labels, types, keys."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from rdflib import URIRef

from kg.approved import Approved
from kg.merge.reasons import Reason
from kg.model import (
    Change,
    Content,
    Entity,
    Fact,
    Fit,
    Kind,
    Merge,
    Ontology,
    OntologyClass,
    Property,
    Term,
    Verdict,
)
from kg.ontology import Induction
from kg.ontology.class_index import THING
from kg.ontology.reading import Reader
from kg.ontology.tables import StandardProperty, properties
from kg.vocab import Dataset, digest

CONFLICTS = frozenset(
    r.value for r in (Reason.functional, Reason.dated_role, Reason.excludes, Reason.ended, Reason.out_of_use)
)


@dataclass(frozen=True)
class Frame:
    """One merge's inputs with the lookups that its parts share."""

    dataset: Dataset
    induction: Induction
    approved: Approved
    cycle: int = 0
    withdrawn: frozenset[str] = frozenset()  # documents that are taken away in this cycle
    retyped: Mapping[URIRef, str] = field(default_factory=dict)  # entity -> id of its type change

    @cached_property
    def ontology(self) -> Ontology:
        """Approved and proposed terms together, proposed forms of edited ones."""
        classes = {c.iri: c for c in (*self.approved.ontology.classes, *self.induction.ontology.classes)}
        props = {p.iri: p for p in (*self.approved.ontology.properties, *self.induction.ontology.properties)}
        return Ontology(tuple(classes[i] for i in sorted(classes)), tuple(props[i] for i in sorted(props)))

    @cached_property
    def entities(self) -> Mapping[URIRef, Entity]:
        """Approved entities by IRI."""
        return {e.iri: e for e in self.approved.entities}

    @cached_property
    def proposed(self) -> Mapping[URIRef, Entity]:
        return {e.iri: e for e in self.induction.entities}

    @cached_property
    def facts(self) -> Mapping[tuple[URIRef, URIRef, Term], Fact]:
        """Approved facts by triple."""
        return {f.triple: f for f in self.approved.facts}

    @cached_property
    def by_subject(self) -> Mapping[tuple[URIRef, URIRef], tuple[Fact, ...]]:
        """Approved facts by subject and property."""
        found: dict[tuple[URIRef, URIRef], list[Fact]] = {}
        for f in sorted(self.approved.facts, key=lambda f: str(f.triple)):
            found.setdefault((f.subject, f.predicate), []).append(f)
        return {k: tuple(v) for k, v in found.items()}

    @cached_property
    def about(self) -> Mapping[URIRef, tuple[Fact, ...]]:
        """Approved facts by each of the things at their ends."""
        found: dict[URIRef, list[Fact]] = {}
        for f in sorted(self.approved.facts, key=lambda f: str(f.triple)):
            for end in {f.subject, f.object}:
                if isinstance(end, URIRef):
                    found.setdefault(end, []).append(f)
        return {k: tuple(v) for k, v in found.items()}

    @cached_property
    def _standards(self) -> Mapping[URIRef, StandardProperty]:
        reader = Reader.of(self.dataset, self.ontology)
        return {
            p.iri: properties()[name]
            for name, (p, turned) in sorted(reader.by_standard.items())
            if not turned
        }

    def standard(self, property_: URIRef) -> StandardProperty | None:
        """How a property behaves by the standard table, if it stands for one of its relations."""
        return self._standards.get(property_)

    def standing_for(self, name: str) -> URIRef | None:
        """The property that stands for a standard one."""
        return next((iri for iri, s in self._standards.items() if s.name == name), None)

    def label(self, term: Term) -> str:
        """What people call it: an entity's, class's or property's label, a literal's text."""
        if not isinstance(term, URIRef):
            return str(term)
        entity = self.entities.get(term) or self.proposed.get(term)
        if entity:
            return entity.label
        return self.ontology.label(term)

    def types(self, iri: URIRef) -> frozenset[URIRef]:
        """All classes that an entity is of, by RDFS, with a proposed change of its type made."""
        known, new = self.entities.get(iri), self.proposed.get(iri)
        own = new if new and (known is None or iri in self.retyped) else known
        found: set[URIRef] = set()
        for type_ in own.types if own else ():
            if type_ != THING:
                found |= self.ontology.ancestors(type_)
        return frozenset(found)


def change(
    frame: Frame,
    kind: Kind,
    names: tuple[str, str, str],
    identity: Iterable[object],
    *,
    before: tuple[Content, ...] = (),
    after: tuple[Content, ...] = (),
    merge: Merge | None = None,
    needs: Iterable[str] = (),
    turbulent: Iterable[str] = (),
    reasons: Iterable[str] = (),
    key: Iterable[object] = (),
    confidence: float | None = None,
) -> Change:
    """A change with its id, key, verdict and fit; `turbulent` are the reasons that make it so."""
    subject, predicate, object_ = names
    why = tuple(turbulent)
    contents = after or before
    if confidence is None:
        confidence = min((c.confidence for c in contents if isinstance(c, Fact)), default=0.5)
    return Change(
        id=change_id(kind, *identity),
        key=digest(_family(kind), *(n.casefold().strip() for n in names), *key, length=32),
        kind=kind,
        fit=Fit.turbulent if why or kind in _ALWAYS_TURBULENT else Fit.laminar,
        subject=subject,
        predicate=predicate,
        object=object_,
        before=before,
        after=after,
        merge=merge,
        confidence=confidence,
        verdict=_verdict(kind, why, contents),
        depends_on=tuple(sorted(set(needs))),
        reasons=tuple(dict.fromkeys((*why, *reasons))),
    )


def change_id(kind: Kind, *identity: object) -> str:
    """Stable: the same proposal about the same IRIs has the same id in every run."""
    return f"{kind.value}-{digest(kind.value, *identity, length=20)}"


_ALWAYS_TURBULENT = frozenset({Kind.new_class, Kind.new_property, Kind.ontology_edit, Kind.conflict})


def _family(kind: Kind) -> str:
    """A rejected fact stays rejected whether it comes back as new or against an approved one."""
    return "fact" if kind in (Kind.new_fact, Kind.conflict) else kind.value


def _verdict(kind: Kind, turbulent: tuple[str, ...], contents: tuple[Content, ...]) -> Verdict:
    codes = {r.split(":", 1)[0] for r in turbulent}
    if kind is Kind.conflict:
        return Verdict.conflict
    if any(isinstance(c, OntologyClass | Property) for c in contents):
        return Verdict.needs_ontology
    if Reason.no_evidence.value in codes:
        return Verdict.no_evidence
    if codes:
        return Verdict.needs_ontology
    documents = {e.document_id for c in contents if isinstance(c, Entity | Fact) for e in c.evidence}
    if not documents and any(c.statements for c in contents if isinstance(c, Entity | Fact)):
        return Verdict.stated
    return Verdict.corroborated if len(documents) > 1 else Verdict.single_source
