"""`ferag ask` and `ferag retrieve`."""

import json
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from portal import finding, questions
from portal.commands.common import Caller, enter, tell, write
from portal.errors import Invalid, NotFound
from portal.options import Options
from portal.wiring import Parts


def ask(parts: Parts, caller: Caller, name: str, question: str, mode: str, staged: int | None) -> int:
    began = time.monotonic()
    actor, rag = enter(parts, caller, name)
    assert rag.id is not None
    answer = questions.ask(parts, actor, rag.id, question, Options(mode=mode, staged=staged))
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
        "staged": staged,
        "mode": answer.mode,
        "seconds": round(time.monotonic() - began, 3),
        "citations": citations,
        "query": answer.query,
        "steps": [asdict(s) for s in answer.steps],
    }
    lines = [answer.text, ""]
    lines += [f"[{c.n}] {c.source}: {c.words}" for c in answer.citations]
    over = f"Proposed version of cycle {staged}, over version" if staged is not None else "Version"
    lines.append(f"{over} {answer.version}, {answer.mode}.")
    tell(caller, value, "\n".join(lines))
    return 0


def retrieve(parts: Parts, caller: Caller, name: str, path: Path, mode: str, top_k: int) -> int:
    """One line per question, written as it is found."""
    actor, rag = enter(parts, caller, name)
    assert rag.id is not None
    asked = list(_questions(path))
    found = finding.retrieve_each(
        parts, actor, rag.id, (q for _, q in asked), Options(mode=mode, top_k=top_k)
    )
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
