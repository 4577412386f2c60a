"""Accounts, sessions and throttling on a real database."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from portal import accounts, db, logins, members, passwords, rags, throttling
from portal.accounts import Visitor
from portal.errors import Conflict, Forbidden, Invalid, NotFound, Throttled
from portal.models import LoginAttempt, LoginSession, Role, User, now
from portal.settings import Settings
from portal.wiring import Parts, wire

PASSWORD = "a long enough secret"
HOME, AWAY = Visitor("10.0.0.1", "Firefox"), Visitor("10.9.9.9", "curl")


@pytest.fixture
def parts(tmp_path: Path) -> Parts:
    made = wire(Settings(data_dir=tmp_path, _env_file=None))  # type: ignore[call-arg]
    db.upgrade(made.engine)
    return made


@pytest.fixture
def ann(parts: Parts) -> logins.Signed:
    found = logins.who(parts, accounts.register(parts, "Ann@Example.org ", PASSWORD, HOME, name="Ann"))
    assert found is not None
    return found


def test_the_first_account_is_the_administrator_and_the_second_is_not(
    parts: Parts, ann: logins.Signed
) -> None:
    bob = logins.who(parts, accounts.register(parts, "bob@example.org", PASSWORD))
    assert ann.actor.is_admin
    assert ann.actor.email == "ann@example.org"
    assert bob is not None
    assert not bob.actor.is_admin


def test_a_closed_portal_takes_its_first_account_and_no_more(tmp_path: Path) -> None:
    parts = wire(Settings(data_dir=tmp_path, registration="closed", _env_file=None))  # type: ignore[call-arg]
    db.upgrade(parts.engine)
    assert accounts.register(parts, "ann@example.org", PASSWORD)
    with pytest.raises(Invalid, match="administrator"):
        accounts.register(parts, "bob@example.org", PASSWORD)


@pytest.mark.parametrize(
    ("email", "password", "field"),
    [
        ("ann", PASSWORD, "email"),
        ("a@b@c", PASSWORD, "email"),
        ("<script>@example.org", PASSWORD, "email"),
        ("ann@example.org", "short", "password"),
        ("ann@example.org", "Password1", "password"),
        ("ann@example.org", "Iloveyou", "password"),
        ("ann@example.org", "aaaaaaaaaaaa", "password"),
        ("ann@example.org", "ann@example.org", "password"),
        ("ann@example.org", "x" * 1000, "password"),
        ("ann@example.org", "Ferag-Portal-2026!", "password"),
        ("ann.smith@example.org", "smith.ann.1984", "password"),
        ("ann@example.org", "Пароль12345", "password"),
        ("ann@example.org", "1234567890123", "password"),
    ],
)
def test_what_is_refused_says_which_field(parts: Parts, email: str, password: str, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        accounts.register(parts, email, password)
    assert refused.value.field == field


def test_an_address_is_taken_in_any_case(parts: Parts, ann: logins.Signed) -> None:
    with pytest.raises(Invalid, match="already"):
        accounts.register(parts, "ANN@example.org", PASSWORD)


def test_the_password_is_kept_as_argon2id_and_the_token_as_a_digest(parts: Parts) -> None:
    token = accounts.register(parts, "ann@example.org", PASSWORD)
    with parts.session() as opened:
        kept = opened.exec(select(User.password_hash)).one()
        assert kept is not None
        assert kept.startswith("$argon2id$v=19$m=47104,t=1,p=1$")
        assert token not in opened.exec(select(LoginSession.token_hash)).one()
    assert len(token) >= 43  # 256 bits


def test_login_gives_a_new_token_each_time_and_logout_ends_one(parts: Parts, ann: logins.Signed) -> None:
    one, two = (accounts.login(parts, "ann@example.org", PASSWORD, HOME) for _ in range(2))
    assert one != two
    logins.end(parts, one)
    assert logins.who(parts, one) is None
    assert logins.who(parts, two) is not None
    assert logins.who(parts, "invented") is None
    assert logins.who(parts, "") is None


def test_a_session_ends_when_it_is_idle_too_old_or_its_user_disabled(
    parts: Parts, ann: logins.Signed
) -> None:
    settings = parts.settings
    idle = now() - timedelta(hours=settings.session_idle_hours, minutes=2)
    for values in ({"seen_at": idle}, {"expires_at": now() - timedelta(seconds=1)}):
        token = accounts.login(parts, "ann@example.org", PASSWORD)
        with parts.session() as opened:
            session = opened.exec(select(LoginSession).order_by(LoginSession.id.desc())).first()  # type: ignore[union-attr]
            assert session is not None
            for name, value in values.items():
                setattr(session, name, value)
            opened.add(session)
            opened.commit()
        assert logins.who(parts, token) is None
    token = accounts.login(parts, "ann@example.org", PASSWORD)
    with parts.session() as opened:
        user = opened.exec(select(User)).one()
        user.disabled_at = now()
        opened.add(user)
        opened.commit()
    assert logins.who(parts, token) is None
    with pytest.raises(Invalid):
        accounts.login(parts, "ann@example.org", PASSWORD)


def test_a_changed_password_ends_every_session(parts: Parts, ann: logins.Signed) -> None:
    old = accounts.login(parts, "ann@example.org", PASSWORD)
    new = accounts.change_password(parts, ann.actor, PASSWORD, "another long secret")
    assert logins.who(parts, old) is None
    assert logins.who(parts, new) is not None
    with pytest.raises(Invalid):
        accounts.login(parts, "ann@example.org", PASSWORD)
    with pytest.raises(Invalid) as wrong:
        accounts.change_password(parts, ann.actor, "not it at all", "yet another secret")
    assert wrong.value.field == "old"


def test_devices_are_listed_and_revoked_by_their_owner_only(parts: Parts, ann: logins.Signed) -> None:
    token = accounts.login(parts, "ann@example.org", PASSWORD, AWAY)
    listed = logins.devices(parts, ann.actor, ann.session_id)
    assert {(d.agent, d.here) for d in listed} == {("curl", False), ("Firefox", True)}
    bob = logins.who(parts, accounts.register(parts, "bob@example.org", PASSWORD))
    assert bob is not None
    away = next(d.id for d in listed if not d.here)
    with pytest.raises(NotFound):
        logins.revoke(parts, bob.actor, away)
    logins.revoke(parts, ann.actor, away)
    assert logins.who(parts, token) is None
    assert accounts.logout_everywhere(parts, ann.actor) == 1


def test_guessing_is_throttled_here_and_the_owner_is_let_in_elsewhere(
    parts: Parts, ann: logins.Signed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "fits", lambda kept, password: password == PASSWORD)  # 600 guesses
    for _ in range(throttling.PER_PAIR):
        with pytest.raises(Invalid):
            accounts.login(parts, "ann@example.org", "a guess", AWAY)
    with pytest.raises(Throttled) as told:
        accounts.login(parts, "ann@example.org", PASSWORD, AWAY)
    assert 0 < told.value.retry_after <= 15 * 60
    assert accounts.login(parts, "ann@example.org", PASSWORD, HOME)
    for n in range(throttling.FROM_ANYWHERE):
        with pytest.raises((Invalid, Throttled)):
            accounts.login(parts, "ann@example.org", "a guess", Visitor(f"10.1.0.{n}"))
    with pytest.raises(Throttled):
        accounts.login(parts, "ann@example.org", PASSWORD, Visitor("10.2.0.1"))
    assert accounts.login(parts, "ann@example.org", PASSWORD, HOME)


def test_failures_before_the_right_password_are_forgotten(parts: Parts, ann: logins.Signed) -> None:
    for _ in range(3):
        with pytest.raises(Invalid):
            accounts.login(parts, "ann@example.org", "a guess", HOME)
    accounts.login(parts, "ann@example.org", PASSWORD, HOME)
    with parts.session() as opened:
        assert opened.exec(select(LoginAttempt)).all() == []


# ---- knowledge bases and members


def test_a_name_is_kept_as_text_and_a_long_one_refused(parts: Parts, ann: logins.Signed) -> None:
    rag = rags.create(parts, ann.actor, "  <b>Con\u202etracts</b>\n ")
    assert rags.get(parts, ann.actor, rag.id or 0).name == "<b>Contracts</b>"
    for bad in ("", " \n", "x" * 500):
        with pytest.raises(Invalid) as refused:
            rags.create(parts, ann.actor, bad)
        assert refused.value.field == "name"


def test_members_come_change_and_go_and_an_owner_always_stays(parts: Parts, ann: logins.Signed) -> None:
    bob = logins.who(parts, accounts.register(parts, "bob@example.org", PASSWORD))
    assert bob is not None
    assert bob.actor.user_id is not None
    assert ann.actor.user_id is not None
    rag_id = rags.create(parts, ann.actor, "Contracts").id or 0
    with pytest.raises(NotFound):
        rags.get(parts, bob.actor, rag_id)
    with pytest.raises(Invalid, match="no account"):
        members.add(parts, ann.actor, rag_id, "zed@example.org", Role.viewer)
    members.add(parts, ann.actor, rag_id, "bob@example.org", Role.viewer)
    with pytest.raises(Invalid, match="already"):
        members.add(parts, ann.actor, rag_id, "bob@example.org", Role.editor)
    assert rags.mine(parts, bob.actor)[0].role is Role.viewer
    with pytest.raises(Forbidden):
        members.change_role(parts, bob.actor, rag_id, bob.actor.user_id, Role.owner)
    with pytest.raises(Conflict):
        members.remove(parts, ann.actor, rag_id, ann.actor.user_id)
    members.change_role(parts, ann.actor, rag_id, bob.actor.user_id, Role.owner)
    members.remove(parts, ann.actor, rag_id, ann.actor.user_id)
    assert rags.mine(parts, ann.actor) == ()
    assert [(m.email, m.changed_by) for m in members.listing(parts, bob.actor, rag_id)] == [
        ("bob@example.org", "Ann")
    ]


def test_a_deleted_knowledge_base_is_gone_for_everybody(parts: Parts, ann: logins.Signed) -> None:
    rag_id = rags.create(parts, ann.actor, "Contracts").id or 0
    with pytest.raises(Invalid):
        rags.delete(parts, ann.actor, rag_id, "Contract")
    rags.delete(parts, ann.actor, rag_id, "Contracts")
    with pytest.raises(NotFound):
        rags.get(parts, ann.actor, rag_id)


@pytest.mark.parametrize(
    "password",
    ["correct horse", "пять зелёных жаб", "x y z  " * 12, "ferag is a horse of mine", "日本語の長い文字列"],
)
def test_a_password_may_be_made_of_anything(parts: Parts, password: str) -> None:
    accounts.register(parts, "ann@example.org", password)
    assert accounts.login(parts, "ann@example.org", password)
    for other in (
        password.strip() + "!",
        password.upper() if password.upper() != password else password + "x",
    ):
        with pytest.raises(Invalid):
            accounts.login(parts, "ann@example.org", other)


def test_a_twenty_first_login_ends_the_one_that_was_seen_longest_ago(parts: Parts) -> None:
    first = accounts.register(parts, "ann@example.org", PASSWORD)
    with parts.session() as opened:
        user = opened.exec(select(User)).one()
        tokens = [logins.begin(opened, user, parts.settings) for _ in range(logins.MOST)]
        opened.commit()
    assert logins.who(parts, first) is None
    assert all(logins.who(parts, token) for token in tokens)
