"""Which things are the same, and what ontology they need: resolution and induction, approved terms first.

Of a library each of what was read, the things, and the embedder takes some hundred MB: none is held longer
than it is needed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from jobs import artifacts, decisions, extraction, linked, naming, reading
from jobs.work import Work
from kg.extract.tables import write_tables
from kg.model import Resolution, TextUnit
from kg.ontology import Induction, induce
from kg.resolve import resolve, wanted_keys
from portal.models import CycleKind


def run(work: Work) -> None:
    work.parts.store.create(work.dataset)
    base = work.approved.version()
    with work.session() as db:
        cycle = work.cycle(db)
        cycle.base_version = base
        db.add(cycle)
    if work.kind in (CycleKind.removal, CycleKind.correction):
        return
    units, extractions = extraction.extractions_of(work.parts, work.rag_id, work.cycle_id)
    work.progress(0, 3, "resolve", now=True)
    ontology = work.approved.ontology()
    candidates = work.approved.entities_by_key(wanted_keys(extractions))
    problems = {e.unit_id: e.problem for e in extractions if e.problem}
    embedder = work.parts.embedder()
    resolution = resolve(
        work.dataset, extractions, units, candidates, ontology, decisions.of_rag(work), embedder
    )
    del extractions, candidates
    work.progress(1, 3, "induce", now=True)
    known = work.approved.entities(e.iri for e in resolution.entities if e.approved)
    induction = induce(work.dataset, resolution, ontology, embedder, known)
    induction = linked.joined(work, naming.named(work, induction, ontology), ontology)
    alike = linked.namesakes(work, resolution.entities)
    resolution = replace(resolution, merges=(*resolution.merges, *alike))
    work.keep("resolution", resolution)
    work.keep("induction", induction)
    work.progress(2, 3, "write", now=True)
    _write(work, units, problems, resolution, induction)
    work.progress(3, 3, now=True)


def _write(
    work: Work,
    units: Sequence[TextUnit],
    problems: Mapping[str, str],
    resolution: Resolution,
    induction: Induction,
) -> None:
    """The tables and Turtle files of this step."""
    with work.parts.session() as db:
        documents = reading.documents_of(work.parts, db, work.rag_id, work.cycle_id)
    with work.parts.files.writing_folder(f"{work.folder}/output") as local:
        write_tables(local, documents, units, problems, resolution)
    artifacts.write(work, "graphrag_output.ttl", artifacts.of_resolution(work, resolution))
    artifacts.write(work, "extracted_ontology.ttl", artifacts.of_ontology(work, induction.ontology))
