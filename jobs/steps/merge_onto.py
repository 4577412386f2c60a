"""The ontology as it would be: the approved one with the cycle's new and edited terms in it."""

from jobs import artifacts, corrections
from jobs.work import Work
from kg.model import Ontology
from kg.ontology import Induction
from portal.models import CycleKind


def run(work: Work) -> None:
    approved = work.approved.ontology()
    if work.kind is CycleKind.correction:
        approved = merged(approved, corrections.ontology(work))
    elif work.kind is not CycleKind.removal:
        approved = merged(approved, work.kept(Induction, "induction").ontology)
    artifacts.write(work, "integrated_ontology.ttl", artifacts.of_ontology(work, approved))
    work.progress(1, 1, now=True)


def merged(approved: Ontology, proposed: Ontology) -> Ontology:
    """Terms of both; where both have one, as proposed."""
    classes = {c.iri: c for c in (*approved.classes, *proposed.classes)}
    properties = {p.iri: p for p in (*approved.properties, *proposed.properties)}
    return Ontology(tuple(classes.values()), tuple(properties.values()))
