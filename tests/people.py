"""Users, a RAG with members, and cycles in review: what the tests of the services begin with."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import select

from kg.approved import Approved, ApprovedGraph
from kg.changes import delta
from kg.merge import merge
from kg.model import ChangeSet, Entity, Fact, Merge, Ontology
from kg.ontology import Induction
from kg.versions import stage
from kg.vocab import Dataset
from portal import change_rows, cycles
from portal.access import Actor
from portal.models import Cycle, CycleKind, CycleState, Member, Rag, Role, User
from portal.wiring import Parts


@dataclass(frozen=True)
class Team:
    """One RAG with somebody in each role, and a stranger."""

    parts: Parts
    rag_id: int
    owner: Actor
    editor: Actor
    viewer: Actor
    stranger: Actor

    @property
    def dataset(self) -> Dataset:
        return self.parts.dataset(self.rag_id)

    @property
    def graph(self) -> ApprovedGraph:
        return ApprovedGraph(self.parts.store, self.dataset)

    def review(
        self,
        ontology: Ontology = Ontology(),
        entities: Sequence[Entity] = (),
        facts: Sequence[Fact] = (),
        merges: Sequence[Merge] = (),
        by: Actor | None = None,
    ) -> int:
        """The number of a new cycle that proposes this against what is approved."""
        with self.parts.session() as db:
            assert (by or self.editor).user_id is not None
            cycle = cycles.create(
                db, self.rag_id, CycleKind.upload, "a.txt", (by or self.editor).user_id or 0
            )
            db.flush()
            base = db.get_one(Rag, self.rag_id).version
            iris = {e.iri for e in entities} | {f.subject for f in facts}
            approved = self.graph.approved(iris) if base else Approved()
            induction = Induction(ontology, tuple(entities), tuple(facts))
            found = merge(self.dataset, induction, tuple(merges), approved, base, cycle=cycle.number)
            self._stage(cycle, found)
            change_rows.replace(db, cycle.id or 0, found)
            cycle.state, cycle.base_version = CycleState.review, base
            db.add(cycle)
            db.commit()
            return cycle.number

    def _stage(self, cycle: Cycle, found: ChangeSet) -> None:
        plan = delta(self.dataset, found.changes, found.base_version + 1)
        stage(self.parts.store, self.dataset, cycle.number, plan.delta)

    def cycle_id(self, number: int) -> int:
        with self.parts.session() as db:
            found = db.exec(select(Cycle.id).where(Cycle.rag_id == self.rag_id, Cycle.number == number)).one()
            assert found is not None
            return found

    def state(self, number: int) -> CycleState:
        with self.parts.session() as db:
            return db.get_one(Cycle, self.cycle_id(number)).state

    def version(self) -> int:
        with self.parts.session() as db:
            return db.get_one(Rag, self.rag_id).version


def make_team(parts: Parts) -> Team:
    with parts.session() as db:
        users = [
            User(email=f"{n}@example.org", name=n.title()) for n in ("owner", "editor", "viewer", "else")
        ]
        db.add_all(users)
        db.flush()
        rag = Rag(name="Contracts", created_by=users[0].id or 0)
        db.add(rag)
        db.flush()
        assert rag.id is not None
        for user, role in zip(users, (Role.owner, Role.editor, Role.viewer), strict=False):
            db.add(Member(rag_id=rag.id, user_id=user.id or 0, role=role))
        db.commit()
        actors = [Actor(u.id, u.email) for u in users]
        parts.store.create(parts.dataset(rag.id))
        return Team(parts, rag.id, *actors)
