"""`ferag estimate`: what a model would take to read files, from their own tokens; nothing is stored."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from kg.approved import ApprovedGraph
from kg.errors import Unreadable
from kg.extract import Context
from kg.llm.chat import Chat
from kg.model import Ontology
from kg.text.formats.kinds import kind
from kg.text.formats.rdf_kinds import RDF_KINDS
from kg.text.read import read
from kg.text.units import split
from portal import access, budgets, language_models
from portal.access import Action
from portal.commands.common import Caller, enter, tell
from portal.commands.documents import files_of
from portal.wiring import Parts


def estimate(parts: Parts, caller: Caller, name: str, paths: Sequence[Path]) -> int:
    actor, rag = enter(parts, caller, name)
    assert rag.id is not None
    with parts.session() as db:
        access.check(db, actor, rag.id, Action.upload)
    units: list[int] = []
    for path, _ in files_of(paths):
        try:
            data = path.read_bytes()
            if kind(data, path.name) in RDF_KINDS:
                continue  # no model reads what is said in so many statements
            document = read(data, path.name, "estimated")
        except Unreadable:
            continue  # the upload would say why
        units += [u.tokens for u in split(document, parts.settings.unit_tokens) if u.text.strip()]
    profile = language_models.profile(parts, "extract")
    if profile is None or parts.settings.extractor == "offline":
        tell(
            caller,
            {"rag": rag.name, "units": len(units), "estimate": None},
            f"{len(units)} text units, {sum(units)} tokens. No language model reads here: nothing is paid.",
        )
        return 0
    from kg.extract.llm import Llm  # noqa: PLC0415  # heavy, and only where there is a model

    ontology = Ontology()
    if rag.version:
        ontology = ApprovedGraph(parts.store, parts.dataset(rag.id)).ontology()
    with parts.session() as db:
        pace = budgets.pace(db, profile.model)
    found = Llm(Chat(profile)).foresee(units, Context(ontology=ontology, guidance=rag.guidance), pace)
    time = f", {found.seconds:.0f} s" if found.seconds is not None else ""
    tell(
        caller,
        {"rag": rag.name, "units": len(units), "estimate": asdict(found) | {"tokens": found.tokens}},
        f"{len(units)} text units: {found.calls} calls, {found.tokens} tokens{time}, cost {found.cost:.4f}.",
    )
    return 0
