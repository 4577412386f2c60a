"""Invitations, requests for access, handing over: who becomes what, once, and who does not."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from portal import access_requests, accounts, db, invitations, logins, members, rags
from portal.access import Actor
from portal.errors import Conflict, Forbidden, Invalid, NotFound
from portal.models import AuditEvent, Invitation, Role, User, now
from portal.settings import Settings
from portal.wiring import Parts, wire

PASSWORD = "a long enough secret"


@pytest.fixture(params=["open", "invitation", "closed"])
def registration(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    yield from _installed(tmp_path, "open")


def _installed(folder: Path, registration: str) -> Iterator[Parts]:
    made = wire(Settings(data_dir=folder, registration=registration, _env_file=None))  # type: ignore[call-arg]
    db.upgrade(made.engine)
    yield made
    made.close()


def join(parts: Parts, name: str, **more: str) -> Actor:
    token = accounts.register(parts, f"{name}@example.org", PASSWORD, name=name.title(), **more)
    signed = logins.who(parts, token)
    assert signed is not None
    return signed.actor


@pytest.fixture
def ann(parts: Parts) -> Actor:
    return join(parts, "ann")


@pytest.fixture
def bob(parts: Parts, ann: Actor) -> Actor:
    return join(parts, "bob")


@pytest.fixture
def rag(parts: Parts, ann: Actor) -> int:
    return rags.create(parts, ann, "Contracts").id or 0


def test_a_link_makes_its_reader_a_member_once(parts: Parts, ann: Actor, bob: Actor, rag: int) -> None:
    token = invitations.invite(parts, ann, rag, Role.editor)
    offered = invitations.offer(parts, token)
    assert (offered.name, offered.role, offered.who) == ("Contracts", Role.editor, "Ann")
    assert invitations.accept(parts, bob, token) == rag
    assert rags.mine(parts, bob)[0].role is Role.editor
    eve = join(parts, "eve")
    with pytest.raises(NotFound):
        invitations.accept(parts, eve, token)
    assert rags.mine(parts, eve) == ()
    assert [(h.who, h.action) for h in members.happenings(parts, bob, rag)] == [
        ("Bob", "member.accept"),
        ("Ann", "member.invite"),
    ]


def test_an_invitation_to_an_account_is_its_own_and_waits_at_home(
    parts: Parts, ann: Actor, bob: Actor, rag: int
) -> None:
    token = invitations.invite(parts, ann, rag, Role.owner, email=" Bob@example.org")
    eve = join(parts, "eve")
    with pytest.raises(Conflict):
        invitations.accept(parts, eve, token)
    (offered,) = invitations.mine(parts, bob)
    assert invitations.mine(parts, eve) == ()
    with pytest.raises(NotFound):
        invitations.accept_mine(parts, eve, offered.id)
    with pytest.raises(NotFound):
        invitations.decline_mine(parts, eve, offered.id)
    assert invitations.accept_mine(parts, bob, offered.id) == rag
    assert invitations.mine(parts, bob) == ()
    with pytest.raises(NotFound):  # answered
        invitations.accept(parts, bob, token)


def test_declined_withdrawn_and_old_ones_are_over(parts: Parts, ann: Actor, bob: Actor, rag: int) -> None:
    declined = invitations.invite(parts, ann, rag, Role.viewer)
    invitations.decline(parts, bob, declined)
    withdrawn = invitations.invite(parts, ann, rag, Role.viewer)
    invitations.withdraw(parts, ann, rag, invitations.waiting(parts, ann, rag)[0].id)
    old = invitations.invite(parts, ann, rag, Role.viewer, days=1)
    with parts.session() as opened:
        row = opened.exec(select(Invitation).order_by(Invitation.id.desc())).first()  # type: ignore[union-attr]
        assert row is not None
        row.expires_at = now() - timedelta(seconds=1)
        opened.add(row)
        opened.commit()
    for token in (declined, withdrawn, old, "invented", ""):
        with pytest.raises(NotFound):
            invitations.offer(parts, token)
        with pytest.raises(NotFound):
            invitations.accept(parts, bob, token)
    assert invitations.waiting(parts, ann, rag) == ()


def test_who_may_not_invite_any_more_has_invited_nobody(
    parts: Parts, ann: Actor, bob: Actor, rag: int
) -> None:
    members.add(parts, ann, rag, "bob@example.org", Role.owner)
    token = invitations.invite(parts, bob, rag, Role.editor)
    members.change_role(parts, ann, rag, bob.user_id or 0, Role.editor)
    with pytest.raises(NotFound):
        invitations.accept(parts, join(parts, "eve"), token)
    with pytest.raises(Forbidden):
        invitations.invite(parts, bob, rag, Role.viewer)


def test_what_cannot_be_offered_is_said(parts: Parts, ann: Actor, rag: int) -> None:
    wrong = {"role": (Role.owner, {}), "email": (Role.viewer, {"email": "ann@example.org"})}
    for field, (role, more) in wrong.items():
        with pytest.raises(Invalid) as refused:
            invitations.invite(parts, ann, rag, role, **more)
        assert refused.value.field == field
    for days in (0, 1000):
        with pytest.raises(Invalid):
            invitations.invite(parts, ann, rag, Role.viewer, days=days)


def test_registration_is_open_by_invitation_or_closed(tmp_path: Path, registration: str) -> None:
    for parts in _installed(tmp_path, registration):
        ann = join(parts, "ann")  # the first one always, and the administrator
        assert ann.is_admin
        rag = rags.create(parts, ann, "Contracts").id or 0
        link = invitations.invite(parts, ann, rag, Role.viewer)
        for name, token in (("bob", ""), ("eve", "invented")):
            assert accounts.may_register(parts, token) == (registration == "open")
            if registration != "open":
                with pytest.raises(Invalid) as refused:
                    join(parts, name, invitation=token)
                assert refused.value.code == f"registration-{registration}"
        if registration == "closed":
            assert not accounts.may_register(parts, link)
            return
        dan = join(parts, "dan", invitation=link)
        assert [o.rag_id for o in invitations.mine(parts, dan)] == [rag]  # it waits for an answer
        if registration == "invitation":
            with pytest.raises(Invalid):  # one link, one account
                join(parts, "fay", invitation=link)
        only = invitations.invite_to_portal(parts, ann, email="kim@example.org")
        with pytest.raises(Invalid):
            join(parts, "zoe", invitation=only)
        assert not join(parts, "kim", invitation=only).is_admin


def test_asking_for_access_says_nothing_and_owners_answer(
    parts: Parts, ann: Actor, bob: Actor, rag: int
) -> None:
    for asked in (rag, rag, 404):
        access_requests.ask(parts, bob, asked, "for the audit\n")
    (waiting,) = access_requests.waiting(parts, ann, rag)
    assert (waiting.email, waiting.text) == ("bob@example.org", "for the audit")
    with pytest.raises(NotFound):
        access_requests.grant(parts, bob, rag, waiting.id, Role.owner)
    access_requests.grant(parts, ann, rag, waiting.id, Role.editor)
    assert members.role_of(parts, bob, rag) is Role.editor
    with pytest.raises(NotFound):
        access_requests.refuse(parts, ann, rag, waiting.id)
    eve = join(parts, "eve")
    access_requests.ask(parts, eve, rag)
    access_requests.refuse(parts, ann, rag, access_requests.waiting(parts, ann, rag)[0].id)
    assert members.role_of(parts, eve, rag) is None


def test_handing_over_makes_an_owner_and_an_editor(parts: Parts, ann: Actor, bob: Actor, rag: int) -> None:
    members.add(parts, ann, rag, "bob@example.org", Role.viewer)
    with pytest.raises(Forbidden):
        members.transfer(parts, bob, rag, ann.user_id or 0)
    with pytest.raises(Conflict):
        members.transfer(parts, ann, rag, ann.user_id or 0)
    members.transfer(parts, ann, rag, bob.user_id or 0)
    assert members.role_of(parts, bob, rag) is Role.owner
    assert members.role_of(parts, ann, rag) is Role.editor


def test_a_shut_out_owner_is_no_owner_to_leave_it_to(parts: Parts, ann: Actor, bob: Actor, rag: int) -> None:
    members.add(parts, ann, rag, "bob@example.org", Role.owner)
    with parts.session() as opened:
        user = opened.get_one(User, bob.user_id)
        user.disabled_at = now()
        opened.add(user)
        opened.commit()
    with pytest.raises(Conflict):
        members.remove(parts, ann, rag, ann.user_id or 0)


def test_the_members_page_says_who_last_did_what_but_not_who_asked(
    parts: Parts, ann: Actor, bob: Actor, rag: int
) -> None:
    members.add(parts, ann, rag, "bob@example.org", Role.editor)
    with parts.session() as opened:
        for action in ("document.upload", "chat.ask"):
            opened.add(AuditEvent(user_id=bob.user_id, rag_id=rag, action=action))
        opened.commit()
    did = {m.email: m.did for m in members.listing(parts, ann, rag)}
    assert did == {"ann@example.org": "member.add", "bob@example.org": "document.upload"}


def test_an_administrator_who_is_made_a_member_is_recorded_as_one(
    parts: Parts, ann: Actor, bob: Actor
) -> None:
    rag = rags.create(parts, bob, "Bob's own").id or 0
    with pytest.raises(NotFound):
        rags.get(parts, ann, rag)
    invitations.accept(parts, ann, invitations.invite(parts, bob, rag, Role.viewer))
    assert rags.get(parts, ann, rag).role is Role.viewer
    with parts.session() as opened:
        event = opened.exec(select(AuditEvent).where(AuditEvent.action == "member.accept")).one()
        assert event.detail == {"role": "viewer", "admin": True}
