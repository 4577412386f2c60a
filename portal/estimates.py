"""What a language model would take to read files, by their own tokens; nothing is stored or paid."""

from collections.abc import Iterable
from dataclasses import dataclass

from kg.approved import ApprovedGraph
from kg.errors import Unreadable
from kg.extract import Context
from kg.extract.estimate import Estimate
from kg.model import Ontology
from kg.text.formats.kinds import is_archive, kind
from kg.text.formats.rdf_kinds import RDF_KINDS
from kg.text.read import read
from kg.text.units import split
from portal import access, budgets, language_models, model_profiles
from portal.access import Action, Actor
from portal.models import Rag
from portal.wiring import Parts


@dataclass(frozen=True, slots=True)
class Foreseen:
    """`estimate` is None where no model reads; `left_out` are files that cannot be read, and archives."""

    units: int
    tokens: int
    left_out: int
    estimate: Estimate | None


def of_files(parts: Parts, actor: Actor, rag_id: int, files: Iterable[tuple[str, bytes]]) -> Foreseen:
    """Names and contents; each is read as an upload would read it. NotFound, Forbidden as for an upload."""
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.upload)
        rag = db.get_one(Rag, rag_id)
    units: list[int] = []
    left_out = 0
    for name, data in files:
        try:
            what = kind(data, name)
            if what in RDF_KINDS:
                continue  # no model reads what is said in so many statements
            if is_archive(data, name):
                left_out += 1
                continue
            document = read(data, name, "estimated")
        except Unreadable:
            left_out += 1  # the upload says why
            continue
        units += [u.tokens for u in split(document, parts.settings.unit_tokens) if u.text.strip()]
    reader = model_profiles.reader(parts)
    if reader is None:
        return Foreseen(len(units), sum(units), left_out, None)
    from kg.extract.llm import Llm  # noqa: PLC0415  # heavy, and only where there is a model
    from kg.llm.chat import Chat  # noqa: PLC0415

    ontology = Ontology()
    if rag.version:
        ontology = ApprovedGraph(parts.store, parts.dataset(rag_id)).ontology()
    with parts.session() as db:
        pace = budgets.pace(db, reader.model)
    context = Context(ontology=ontology, guidance=rag.guidance)
    found = Llm(Chat(language_models.as_model(reader, "extract"))).foresee(units, context, pace)
    return Foreseen(len(units), sum(units), left_out, found)
