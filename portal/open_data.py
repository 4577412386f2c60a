"""What a knowledge base and its things are, for programs of others: by the IRIs that its exports name."""

from contextlib import suppress

from rdflib import Graph, URIRef
from sqlmodel import Session, col, select

from kg import described, values
from kg.approved import ApprovedGraph
from kg.described import About, Distribution, Partitions
from kg.errors import BadInput
from kg.export import NOTHING
from kg.export.pages import version_of
from kg.store.terms import iri as checked
from kg.versions import marker
from kg.vocab import Dataset
from portal import access, rags
from portal.access import Action, Actor
from portal.errors import NotFound, PartDown
from portal.exports import FORMS
from portal.history import difference
from portal.models import Rag, Version
from portal.wiring import Parts

PATH = "/data/"  # of the portal: there the rest of an IRI, behind the base, is found
MOST = 1000  # facts of one thing


def describe(parts: Parts, actor: Actor, rag_id: int) -> Graph:
    """The knowledge base as VoID and DCAT say it. Counting is kept with the version."""
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.read)
        rag = db.get_one(Rag, rag_id)
        about = _about(parts, db, rag)
    dataset, version = parts.dataset(rag_id), about.version
    known = marker(parts.store, dataset) if version else None
    return described.dataset_description(
        dataset, about, _counted(parts, dataset, version), known.entities if known else 0
    )


def catalogue(parts: Parts, actor: Actor) -> Graph:
    """The knowledge bases of the actor, each by its IRI."""
    mine = rags.mine(parts, actor)
    return described.catalogue(
        f"{parts.settings.address}/.well-known/void",
        {parts.dataset(r.id).root: (r.name, r.description) for r in mine},
    )


def about(parts: Parts, actor: Actor, rag_id: int, rest: str, version: int | None = None) -> Graph:
    """What an IRI of the knowledge base names, `rest` behind its root; as it was in an older version."""
    graph = _as_of(parts, actor, rag_id, version)
    if rest == "ontology":
        return described.ontology(graph)
    iri = graph.dataset.root + rest
    with suppress(BadInput):
        checked(iri)
        found = described.thing(graph, URIRef(iri), MOST)
        if found is not None:
            return found
    raise NotFound("thing", rest[:100])


def path_of(dataset: Dataset, iri: str) -> str:
    """Where the portal answers for an IRI of the knowledge base; "" for one of elsewhere."""
    return f"{PATH}{dataset.name}/{iri.removeprefix(dataset.root)}" if iri.startswith(dataset.root) else ""


def _as_of(parts: Parts, actor: Actor, rag_id: int, version: int | None) -> ApprovedGraph:
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.read)
        current = db.get_one(Rag, rag_id).version
    undo = NOTHING
    if version is not None and version != current:
        undo = difference(parts, rag_id, current, version)
    return version_of(parts.store, parts.dataset(rag_id), undo)


def _about(parts: Parts, db: Session, rag: Rag) -> About:
    assert rag.id is not None
    latest = db.exec(
        select(Version.approved_at)
        .where(Version.rag_id == rag.id)
        .order_by(col(Version.number).desc())
        .limit(1)
    ).first()
    home = parts.settings.address
    return About(
        title=rag.name,
        description=rag.description,
        licence=rag.licence,
        version=rag.version,
        modified=latest,
        home=f"{home}/overview?rag={rag.id}",
        sparql=f"{home}/sparql/{rag.id}",
        distributions=tuple(
            Distribution(
                f.title,
                f.media_type,
                f"{home}/api/v1/rags/{rag.id}/export?format={f.name}",
                f"{home}/versions?rag={rag.id}",
            )
            for f in FORMS.values()
        ),
    )


def _counted(parts: Parts, dataset: Dataset, version: int) -> Partitions:
    if not version:
        return Partitions(0, 0)
    key = f"rags/{dataset.rag_id}/described/{version:06d}.json"
    with suppress(PartDown, FileNotFoundError, ValueError, KeyError):
        return values.loads(Partitions, parts.files.get(key))
    counted = described.partitions(parts.store, dataset, version)
    if marker(parts.store, dataset).version == version:  # else another one was counted
        parts.files.put(key, values.dumps(counted))
    return counted
