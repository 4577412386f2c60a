"""Access tokens on a real database: what they may, when they end, what is written down."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from portal import access, accounts, admin, db, logins, rags, tokens
from portal.access import Action, Actor, Scope
from portal.errors import BeyondScope, Conflict, Forbidden, Invalid, NotFound, Unknown
from portal.models import AccessToken, AuditEvent, User, now
from portal.settings import Settings
from portal.wiring import Parts, wire

PASSWORD = "a long enough secret"


@pytest.fixture
def parts(tmp_path: Path) -> Parts:
    made = wire(Settings(data_dir=tmp_path, _env_file=None))  # type: ignore[call-arg]
    db.upgrade(made.engine)
    return made


def person(parts: Parts, name: str) -> Actor:
    signed = logins.who(parts, accounts.register(parts, f"{name}@example.org", PASSWORD))
    assert signed is not None
    return signed.actor


@pytest.fixture
def ann(parts: Parts) -> Actor:
    """The first account: an administrator."""
    return person(parts, "ann")


@pytest.fixture
def bob(parts: Parts, ann: Actor) -> Actor:
    return person(parts, "bob")


def change(parts: Parts, token_id: int, **values: object) -> None:
    with parts.session() as opened:
        token = opened.get_one(AccessToken, token_id)
        for name, value in values.items():
            setattr(token, name, value)
        opened.add(token)
        opened.commit()


def recorded(parts: Parts, action: str) -> list[AuditEvent]:
    with parts.session() as opened:
        return list(opened.exec(select(AuditEvent).where(AuditEvent.action == action)))


def test_a_token_acts_for_its_maker_within_its_scopes(parts: Parts, bob: Actor) -> None:
    rag = rags.create(parts, bob, "Contracts").id or 0
    view, text = tokens.create(parts, bob, "reader", [Scope.read], 30)
    actor = tokens.who(parts, f"Bearer {text}", "10.0.0.1")
    assert (actor.user_id, actor.address, actor.token_id) == (bob.user_id, "10.0.0.1", view.id)
    assert [r.name for r in rags.mine(parts, actor)] == ["Contracts"]
    with parts.session() as opened:
        assert access.check(opened, actor, rag, Action.read) == "owner"
        for action in set(Action) - {Action.read}:
            with pytest.raises(BeyondScope, match=action.value):
                access.check(opened, actor, rag, action)
        with pytest.raises(BeyondScope):
            access.check_approve(opened, actor, rag, 1)
    with pytest.raises(BeyondScope):
        rags.create(parts, actor, "Another")
    (seen,) = tokens.mine(parts, bob)
    assert seen.used_from == "10.0.0.1"
    assert seen.used_at is not None


def test_a_token_never_deletes_administers_or_makes_tokens(parts: Parts, ann: Actor) -> None:
    rag = rags.create(parts, ann, "Contracts").id or 0
    view, text = tokens.create(parts, ann, "everything", list(Scope), 30)
    actor = tokens.who(parts, f"bearer {text}")
    with pytest.raises(BeyondScope):
        rags.delete(parts, actor, rag, "Contracts")
    with pytest.raises(Forbidden):
        admin.users(parts, actor)
    with pytest.raises(Forbidden):
        tokens.create(parts, actor, "child", [Scope.read], 30)
    with pytest.raises(Forbidden):
        tokens.revoke(parts, actor, view.id)
    access.check_metrics(actor)


def test_figures_are_for_administrators_tokens_made_for_them(parts: Parts, ann: Actor, bob: Actor) -> None:
    with pytest.raises(Forbidden):
        tokens.create(parts, bob, "figures", [Scope.metrics], 30)
    _, text = tokens.create(parts, ann, "reader", [Scope.read], 30)
    with pytest.raises(BeyondScope):
        access.check_metrics(tokens.who(parts, f"Bearer {text}"))
    access.check_metrics(ann)


def test_the_token_is_kept_as_a_digest_only(parts: Parts, bob: Actor) -> None:
    view, text = tokens.create(parts, bob, "reader", [Scope.read], 30)
    assert text.startswith("ferag_")
    assert len(text) >= 49  # 256 bits
    assert text.startswith(view.hint)
    with parts.session() as opened:
        kept = opened.get_one(AccessToken, view.id).model_dump_json()
        events = " ".join(e.model_dump_json() for e in opened.exec(select(AuditEvent)))
    assert text not in kept + events


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("", "token-missing"),
        ("Bearer", "token-missing"),
        ("Basic YTpi", "token-missing"),
        ("Bearer ferag_invented", "token-unknown"),
        ("Bearer \u0444\x00 x", "token-unknown"),
    ],
)
def test_what_is_no_token_is_nobody(parts: Parts, header: str, code: str) -> None:
    with pytest.raises(Unknown) as refused:
        tokens.who(parts, header)
    assert refused.value.code == code


def test_a_token_ends_when_revoked_expired_or_its_maker_disabled(parts: Parts, bob: Actor) -> None:
    def made() -> tuple[tokens.TokenView, str, Actor]:
        view, text = tokens.create(parts, bob, "x", [Scope.read], 1)
        return view, f"Bearer {text}", tokens.who(parts, f"Bearer {text}")

    revoked, expired, orphaned = made(), made(), made()
    assert all(tokens.still_good(parts, actor) for _, _, actor in (revoked, expired, orphaned))
    tokens.revoke(parts, bob, revoked[0].id)
    change(parts, expired[0].id, expires_at=now() - timedelta(seconds=1))
    for (_, header, actor), code in ((revoked, "token-revoked"), (expired, "token-expired")):
        with pytest.raises(Unknown) as refused:
            tokens.who(parts, header)
        assert refused.value.code == code
        assert not tokens.still_good(parts, actor)
    with parts.session() as opened:
        user = opened.get_one(User, bob.user_id)
        user.disabled_at = now()
        opened.add(user)
        opened.commit()
    with pytest.raises(Unknown):
        tokens.who(parts, orphaned[1])
    assert not tokens.still_good(parts, orphaned[2])
    assert [t.name for t in tokens.mine(parts, bob)] == ["x", "x"]  # the revoked one is gone


def test_an_ended_token_that_is_tried_is_written_down_once_a_minute(parts: Parts, bob: Actor) -> None:
    view, text = tokens.create(parts, bob, "old", [Scope.read], 1)
    tokens.revoke(parts, bob, view.id)
    for _ in range(3):
        with pytest.raises(Unknown):
            tokens.who(parts, f"Bearer {text}", "10.0.0.9")
    (event,) = recorded(parts, "token.refused")
    assert (event.subject, event.address) == ("old", "10.0.0.9")
    assert event.detail == {"why": "token-revoked", "token": view.id}


def test_what_a_token_did_is_recorded_as_the_tokens(parts: Parts, bob: Actor) -> None:
    view, text = tokens.create(parts, bob, "maker", [Scope.manage], 1)
    rags.create(parts, tokens.who(parts, f"Bearer {text}"), "Contracts")
    (event,) = recorded(parts, "rag.create")
    assert (event.user_id, event.detail["token"]) == (bob.user_id, view.id)


@pytest.mark.parametrize(
    ("name", "scopes", "days", "field"),
    [
        ("  ", [Scope.read], 30, "name"),
        ("n" * 81, [Scope.read], 30, "name"),
        ("reader", [], 30, "scopes"),
        ("reader", [Scope.read], 0, "days"),
        ("reader", [Scope.read], 367, "days"),
    ],
)
def test_what_does_not_fit_says_which_field(
    parts: Parts, bob: Actor, name: str, scopes: list[Scope], days: int, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        tokens.create(parts, bob, name, scopes, days)
    assert refused.value.field == field


def test_tokens_are_limited_in_number_and_nobody_ends_anothers(parts: Parts, ann: Actor, bob: Actor) -> None:
    view, _ = tokens.create(parts, bob, "mine", [Scope.read], 1)
    with pytest.raises(NotFound):
        tokens.revoke(parts, ann, view.id)
    for n in range(tokens.MOST - 1):
        tokens.create(parts, bob, f"token {n}", [Scope.read], 1)
    with pytest.raises(Conflict):
        tokens.create(parts, bob, "one more", [Scope.read], 1)
