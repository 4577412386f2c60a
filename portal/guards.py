"""Who may ask what, what of it reaches a model, and what of the answer reaches a person.

Each time a guard acts, the record has an event `guard.…` that says what kind of thing it was and where, never
the text itself.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from sqlmodel import Session

from kg.answer import Answer, Citation, Done, Event, Sources, Stage, Words
from kg.guard import BannedTerms, injection, visible
from kg.retrieve import Retrieved
from portal import access, audit, quotas, rates
from portal.access import Action, Actor
from portal.errors import Invalid
from portal.models import Rag
from portal.wiring import Parts

LONGEST_QUESTION = 2000
MOST_TERMS, LONGEST_TERM = 200, 100


def admit(parts: Parts, actor: Actor, rag_id: int, question: str) -> str:
    """The question as it may be asked: without what nobody sees. Raises Invalid or Throttled."""
    text = visible(question).strip()
    if not text:
        raise Invalid("question", "question-empty")
    if len(text) > LONGEST_QUESTION:
        raise Invalid("question", "question-long", longest=LONGEST_QUESTION)
    with parts.session() as db:
        role = access.check(db, actor, rag_id, Action.ask)
        terms = banned(db, rag_id).found(text)
        quotas.check(db, rag_id, actor.user_id)
    rates.limit(parts, actor, rates.QUESTIONS, role, rag_id)
    kinds = injection(text)
    blocked = bool(kinds) and parts.settings.guard_injection == "block"
    if kinds:
        _record(parts, actor, rag_id, "guard.injection", "question", kinds=list(kinds), blocked=blocked)
    if blocked:
        raise Invalid("question", "question-injection")
    if terms:
        _record(parts, actor, rag_id, "guard.banned", "question", terms=len(terms))
        raise Invalid("question", "question-banned", terms=", ".join(terms))
    return text


def retrieved(parts: Parts, actor: Actor, rag_id: int, found: Retrieved) -> Retrieved:
    """What was found, without what gives orders to a model if such things are blocked; each is recorded."""
    passages = [p for p in found.passages if injection(p.text)]
    facts = [f for f in found.facts if injection(f.sentence) or any(injection(e.quote) for e in f.evidence)]
    if not passages and not facts:
        return found
    block = parts.settings.guard_injection == "block"
    sources = sorted({p.document_id for p in passages} | {e.document_id for f in facts for e in f.evidence})
    kinds = sorted({k for p in passages for k in injection(p.text)})
    _record(
        parts,
        actor,
        rag_id,
        "guard.injection",
        "documents",
        kinds=kinds,
        sources=sources[:20],
        blocked=block,
    )
    if not block:
        return found
    kept = tuple(p for p in found.passages if p not in passages)
    return replace(found, passages=kept, facts=tuple(f for f in found.facts if f not in facts))


def outgoing(
    parts: Parts, actor: Actor, rag_id: int, events: Iterable[Event], terms: BannedTerms
) -> Iterator[Event]:
    """The answer as a person may see it: banned terms are blotted out, from its first word on."""
    text, told = "", 0
    for event in events:
        match event:
            case Words(piece):
                text += piece
                shown = terms.masked(text)[0]
                ready = max(told, len(shown) - terms.longest)  # what comes may still end a banned term
                if ready > told:
                    yield Words(shown[told:ready])
                told = ready
            case Sources(found):
                yield Sources(_hidden(found, terms))
            case Stage(detail=detail):
                yield replace(event, detail=terms.masked(detail)[0])
            case Done(answer):
                yield Done(_checked(parts, actor, rag_id, answer, terms))
            case _:
                yield event


def set_banned(parts: Parts, actor: Actor, rag_id: int, terms: Sequence[str]) -> None:
    """The terms that questions and answers of this knowledge base must not contain."""
    plain = list(dict.fromkeys(t for t in (" ".join(visible(term).split()) for term in terms) if t))
    if len(plain) > MOST_TERMS or any(len(t) > LONGEST_TERM for t in plain):
        raise Invalid("banned", "banned-many", most=MOST_TERMS, longest=LONGEST_TERM)
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.manage)
        rag = db.get_one(Rag, rag_id)
        rag.banned = plain
        db.add(rag)
        audit.record(db, actor, "rag.banned", rag_id=rag_id, subject=rag.name, terms=len(plain))
        db.commit()


def banned(db: Session, rag_id: int) -> BannedTerms:
    return BannedTerms(tuple(db.get_one(Rag, rag_id).banned or ()))


def banned_terms(parts: Parts, actor: Actor, rag_id: int) -> tuple[str, ...]:
    """For the owner, who sets them."""
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.manage)
        return banned(db, rag_id).terms


def _checked(parts: Parts, actor: Actor, rag_id: int, answer: Answer, terms: BannedTerms) -> Answer:
    if answer.struck_links:
        _record(parts, actor, rag_id, "guard.links", "answer", links=answer.struck_links)
    if answer.struck_citations:
        _record(parts, actor, rag_id, "guard.citations", "answer", citations=answer.struck_citations)
    steps = tuple(replace(s, detail=terms.masked(s.detail)[0]) for s in answer.steps)
    answer = replace(answer, steps=steps, query=terms.masked(answer.query)[0])
    text, many = terms.masked(answer.text)
    if not many and not any(terms.found(c.words) for c in answer.citations):
        return answer
    _record(parts, actor, rag_id, "guard.banned", "answer", terms=many)
    return replace(
        answer,
        text=text,
        citations=tuple(_masked(c, terms) for c in answer.citations),
        unsupported=tuple(terms.masked(s)[0] for s in answer.unsupported),
    )


def _hidden(found: Retrieved, terms: BannedTerms) -> Retrieved:
    """What was found, to be shown beside the answer: without what holds a banned term."""
    return replace(
        found,
        passages=tuple(p for p in found.passages if not terms.found(p.text)),
        entities=tuple(e for e in found.entities if not terms.found(e.label)),
        facts=tuple(
            f
            for f in found.facts
            if not terms.found(f.sentence)
            and not any(
                terms.found(said)
                for said in (*(e.quote for e in f.evidence), *(s.reason for s in f.statements))
            )
        ),
    )


def _masked(citation: Citation, terms: BannedTerms) -> Citation:
    """Its quote keeps its length, and so its place in the document."""
    return replace(citation, quote=terms.masked(citation.quote)[0], reason=terms.masked(citation.reason)[0])


def _record(
    parts: Parts, actor: Actor, rag_id: int | None, action: str, subject: str, **detail: object
) -> None:
    """In a transaction of its own: what was refused is recorded too."""
    with parts.session() as db:
        audit.record(db, actor, action, rag_id=rag_id, subject=subject, **detail)
        db.commit()
