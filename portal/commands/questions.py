"""`ferag ask` and `ferag retrieve`."""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from portal import document_list, finding, questions
from portal.access import Actor
from portal.commands.common import Caller, enter, tell, write
from portal.errors import Invalid, NotFound
from portal.options import Options, bounded
from portal.wiring import Parts


def ask(
    parts: Parts,
    caller: Caller,
    name: str,
    question: str,
    how: Mapping[str, Any],
    documents: Sequence[str] | None,
) -> int:
    began = time.monotonic()
    actor, rag_id, options = _asking(parts, caller, name, how, documents)
    answer = questions.ask(parts, actor, rag_id, question, options)
    citations = [
        {
            "n": c.n,
            "document": c.document,
            "page": c.page,
            "start": c.start,
            "end": c.end,
            "quote": c.quote,
            "fact": c.fact,
            "document_id": c.document_id,
            "said_by": c.said_by,
            "said_on": c.said_on,
            "reason": c.reason,
        }
        for c in answer.citations
    ]
    value: dict[str, object] = {
        "answer": answer.text,
        "supported": answer.supported,
        "version": answer.version,
        "staged": options.staged,
        "mode": answer.mode,
        "seconds": round(time.monotonic() - began, 3),
        "citations": citations,
        "query": answer.query,
        "steps": [asdict(s) for s in answer.steps],
    }
    lines = [answer.text, ""]
    lines += [f"[{c.n}] {c.source}: {c.words}" for c in answer.citations]
    staged = options.staged is not None
    over = f"Proposed version of cycle {options.staged}, over version" if staged else "Version"
    lines.append(f"{over} {answer.version}, {answer.mode}.")
    tell(caller, value, "\n".join(lines))
    return 0


def retrieve(
    parts: Parts,
    caller: Caller,
    name: str,
    path: Path,
    how: Mapping[str, Any],
    documents: Sequence[str] | None,
) -> int:
    """One line per question, written as it is found."""
    asked = list(_questions(path))
    actor, rag_id, options = _asking(parts, caller, name, how, documents)
    found = finding.retrieve_each(parts, actor, rag_id, (q for _, q in asked), options)
    for (question_id, _), ranked in zip(asked, found, strict=True):
        write(
            {
                "id": question_id,
                "mode": ranked.found.mode,
                "ms": round(ranked.milliseconds, 2),
                "passages": [
                    {
                        "document": p.document,
                        "start": p.start,
                        "end": p.end,
                        "score": p.score,
                        "document_id": p.document_id,
                        "page": p.page,
                    }
                    for p in ranked.found.passages
                ],
                "entities": [
                    {"iri": str(e.iri), "label": e.label, "score": e.score} for e in ranked.found.entities
                ],
                "facts": [
                    {"iri": str(f.iri), "sentence": f.sentence, "score": f.score} for f in ranked.found.facts
                ],
            }
        )
    return 0


def _asking(
    parts: Parts, caller: Caller, name: str, how: Mapping[str, Any], documents: Sequence[str] | None
) -> tuple[Actor, int, Options]:
    """Who asks, which knowledge base, and how; `documents` by name.

    Raises NotFound for a document that is not approved there.
    """
    actor, rag = enter(parts, caller, name)
    assert rag.id is not None
    if documents is None:
        return actor, rag.id, bounded(Options(**how))
    approved = document_list.approved(parts, actor, rag.id)
    for unknown in set(documents) - set(approved.values()):
        raise NotFound("document", unknown)
    chosen = frozenset(k for k, n in approved.items() if n in documents)
    return actor, rag.id, bounded(Options(**how, documents=chosen))


def _questions(path: Path) -> Iterator[tuple[object, str]]:
    """(id, question) of each line of a JSON Lines file."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise NotFound("file", str(path)) from None
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
            yield value["id"], str(value["question"])
        except (ValueError, KeyError, TypeError) as e:
            raise Invalid("questions", "bad-questions", name=path.name, line=number, why=e) from e
