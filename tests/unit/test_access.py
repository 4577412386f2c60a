"""Every action for everybody: the table of roles, walked on a real database."""

from itertools import product
from pathlib import Path

import pytest

from portal import access, accounts, db, logins, members, rags
from portal.access import ANONYMOUS, MAY, SYSTEM, Action, Actor
from portal.errors import Conflict, Forbidden, NotFound
from portal.models import Cycle, CycleState, Rag, Role, User, now
from portal.settings import Settings
from portal.wiring import Parts, wire

PASSWORD = "a long enough secret"
PEOPLE = ("admin", "owner", "editor", "viewer", "neighbour", "disabled")
# who may do what, written out again so that a slip in the table shows
EXPECTED = {
    "owner": set(Action),
    "editor": {Action.read, Action.ask, Action.export, Action.upload, Action.decide, Action.edit},
    "viewer": {Action.read, Action.ask, Action.export},
}


class World:
    """A knowledge base with a member of each role, another of a neighbour, an administrator of neither."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.actors: dict[str, Actor] = {"anonymous": ANONYMOUS, "system": SYSTEM}
        for name in PEOPLE:
            signed = logins.who(parts, accounts.register(parts, f"{name}@example.org", PASSWORD))
            assert signed is not None
            self.actors[name] = signed.actor
        self.rag = rags.create(parts, self.actors["owner"], "Ours").id or 0
        rags.create(parts, self.actors["neighbour"], "Theirs")
        for name, role in (("editor", Role.editor), ("viewer", Role.viewer), ("disabled", Role.owner)):
            members.add(parts, self.actors["owner"], self.rag, f"{name}@example.org", role)
        with parts.session() as opened:
            user = opened.get_one(User, self.actors["disabled"].user_id)
            user.disabled_at = now()
            opened.add(user)
            opened.commit()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder: Path = tmp_path_factory.mktemp("access")
    parts = wire(Settings(data_dir=folder, _env_file=None))  # type: ignore[call-arg]
    db.upgrade(parts.engine)
    return World(parts)


@pytest.mark.parametrize(("who", "action"), [*product((*PEOPLE, "anonymous", "system"), Action)])
def test_every_action_for_everybody(world: World, who: str, action: Action) -> None:
    actor = world.actors[who]
    with world.parts.session() as opened:
        if who not in EXPECTED:
            with pytest.raises(NotFound):  # not Forbidden: that it exists is not disclosed
                access.check(opened, actor, world.rag, action)
        elif action in EXPECTED[who]:
            assert access.check(opened, actor, world.rag, action) == who
        else:
            with pytest.raises(Forbidden):
                access.check(opened, actor, world.rag, action)


def test_the_table_names_every_role() -> None:
    assert set(MAY) == set(Role)


def test_only_administrators_pass_the_administrators_check(world: World) -> None:
    access.check_admin(world.actors["admin"])
    for who in ("owner", "editor", "viewer", "neighbour", "anonymous", "system"):
        with pytest.raises(Forbidden):
            access.check_admin(world.actors[who])


@pytest.mark.parametrize("editors_approve", [True, False])
@pytest.mark.parametrize("who", ["owner", "editor", "viewer", "neighbour"])
def test_editors_approve_where_the_owner_lets_them(world: World, who: str, editors_approve: bool) -> None:
    _rules(world, editors_approve=editors_approve)
    allowed = who == "owner" or (who == "editor" and editors_approve)
    with world.parts.session() as opened:
        if allowed:
            assert access.check_approve(opened, world.actors[who], world.rag, 1).id == world.rag
        else:
            with pytest.raises(NotFound if who == "neighbour" else Forbidden):
                access.check_approve(opened, world.actors[who], world.rag, 1)


def test_nobody_approves_their_own_where_that_is_forbidden(world: World) -> None:
    _rules(world, editors_approve=True, forbid_self_approval=True)
    owner, editor = world.actors["owner"], world.actors["editor"]
    with world.parts.session() as opened:
        opened.add(Cycle(rag_id=world.rag, number=7, state=CycleState.review, created_by=owner.user_id or 0))
        opened.commit()
        with pytest.raises(Conflict):
            access.check_approve(opened, owner, world.rag, 7)
        access.check_approve(opened, editor, world.rag, 7)


def _rules(world: World, *, editors_approve: bool, forbid_self_approval: bool = False) -> None:
    with world.parts.session() as opened:
        rag = opened.get_one(Rag, world.rag)
        rag.editors_approve, rag.forbid_self_approval = editors_approve, forbid_self_approval
        opened.add(rag)
        opened.commit()
