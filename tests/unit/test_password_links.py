"""One-time links for a new password: by an administrator, for one account, once."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from portal import accounts, db, logins, password_links
from portal.access import Actor
from portal.errors import Forbidden, Invalid, NotFound
from portal.logins import Visitor
from portal.models import PasswordLink, User, now
from portal.settings import Settings
from portal.wiring import Parts, wire

OLD, NEW = "a long enough secret", "quite another secret"


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    made = wire(Settings(data_dir=tmp_path, registration="closed", _env_file=None))  # type: ignore[call-arg]
    db.upgrade(made.engine)
    with made.session() as opened:
        for name in ("ann", "bob"):
            accounts.create_user(opened, f"{name}@example.org", OLD)
        opened.commit()
    yield made
    made.close()


def actor(parts: Parts, name: str) -> Actor:
    with parts.session() as opened:
        user = opened.exec(select(User).where(User.email == f"{name}@example.org")).one()
        return Actor(user.id, user.email, user.is_admin)


def test_a_link_sets_a_password_once_and_ends_every_login(parts: Parts) -> None:
    ann, bob = actor(parts, "ann"), actor(parts, "bob")
    before = accounts.login(parts, "bob@example.org", OLD)
    token = password_links.issue(parts, ann, bob.user_id or 0)
    assert accounts.login(parts, "bob@example.org", OLD)  # it changes nothing until it is used
    assert password_links.whose(parts, token) == "bob@example.org"
    after = password_links.use(parts, token, NEW, Visitor("10.0.0.1"))
    signed = logins.who(parts, after)
    assert signed is not None
    assert signed.actor.email == "bob@example.org"
    assert logins.who(parts, before) is None
    with pytest.raises(Invalid):
        accounts.login(parts, "bob@example.org", OLD)
    with pytest.raises(NotFound):
        password_links.use(parts, token, "a third secret here")
    assert accounts.login(parts, "bob@example.org", NEW)


def test_a_new_link_replaces_the_one_before_and_an_old_one_is_over(parts: Parts) -> None:
    ann, bob = actor(parts, "ann"), actor(parts, "bob")
    first = password_links.issue(parts, ann, bob.user_id or 0)
    second = password_links.issue(parts, ann, bob.user_id or 0)
    with parts.session() as opened:
        row = opened.exec(select(PasswordLink).order_by(PasswordLink.id.desc())).first()  # type: ignore[union-attr]
        assert row is not None
        assert second not in row.token_hash
        row.expires_at = now() - timedelta(seconds=1)
        opened.add(row)
        opened.commit()
    for token in (first, second, "invented"):
        with pytest.raises(NotFound):
            password_links.whose(parts, token)


def test_a_password_that_is_refused_leaves_the_link_good(parts: Parts) -> None:
    token = password_links.issue(parts, actor(parts, "ann"), actor(parts, "bob").user_id or 0)
    with pytest.raises(Invalid):
        password_links.use(parts, token, "Password1")
    assert password_links.use(parts, token, NEW)


def test_only_administrators_make_links_and_accounts(parts: Parts) -> None:
    bob = actor(parts, "bob")
    with pytest.raises(Forbidden):
        password_links.issue(parts, bob, bob.user_id or 0)
    with pytest.raises(Forbidden):
        password_links.create_account(parts, bob, "eve@example.org")


def test_an_account_is_made_without_anybody_else_knowing_its_password(parts: Parts) -> None:
    token = password_links.create_account(parts, actor(parts, "ann"), "eve@example.org")
    with pytest.raises(Invalid):
        accounts.login(parts, "eve@example.org", "")
    assert password_links.use(parts, token, NEW)
    assert accounts.login(parts, "eve@example.org", NEW)


def test_a_shut_out_account_is_not_let_in_by_a_link(parts: Parts) -> None:
    token = password_links.issue(parts, actor(parts, "ann"), actor(parts, "bob").user_id or 0)
    with parts.session() as opened:
        user = opened.exec(select(User).where(User.email == "bob@example.org")).one()
        user.disabled_at = now()
        opened.add(user)
        opened.commit()
    with pytest.raises(NotFound):
        password_links.use(parts, token, NEW)
