"""Single sign-on against a provider that runs here: who gets in, and which lies are refused."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlmodel import select
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from portal import accounts, db, invitations, logins, password_links, rags
from portal.access import Actor
from portal.errors import CannotStart, PortalError
from portal.gate import Gate, Headers
from portal.models import AuditEvent, Identity, Role, User
from portal.routes import cookies, people, sso
from portal.settings import Settings, read
from portal.wiring import Parts, wire
from tests import servers
from tests.conftest import absent
from tests.identity_provider import CLIENT, SECRET, Provider, provided

PASSWORD = "a long enough secret"
HERE = "http://127.0.0.1:8501"
HTML = {"accept": "text/html"}
ANN = {"sub": "0001", "email": "Ann@example.org", "email_verified": True, "name": "Ann Smith"}
BOB = {"sub": "0002", "email": "bob@example.org", "email_verified": True, "name": "Bob"}


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with provided(f"{HERE}/auth/sso/back") as running:
        yield running


@pytest.fixture(params=[{}])
def parts(
    request: pytest.FixtureRequest, provider: Provider, run_folder: Path, tmp_path: Path
) -> Iterator[Parts]:
    try:
        queue = servers.shared(run_folder, "valkey")
    except servers.Missing as e:
        absent(e)
    options: dict[str, Any] = {
        "redis_url": queue.url,
        "oidc_issuer": provider.address,
        "oidc_client_id": CLIENT,
        "oidc_client_secret": SECRET,
        "oidc_name": "Example",
        **request.param,
    }
    made = wire(Settings(data_dir=tmp_path, _env_file=None, **options))
    db.upgrade(made.engine)
    yield made
    made.close()
    provider.person, provider.claims, provider.metadata = {}, {}, {}
    provider.signing, provider.email_in_token = "own", True
    provider.asked.clear()


@pytest.fixture
def web(parts: Parts) -> Iterator[TestClient]:
    with TestClient(behind_the_gate(parts), base_url=HERE, follow_redirects=False) as running:
        yield running


def behind_the_gate(parts: Parts) -> Starlette:
    """The portal without Streamlit, of which a process has one."""
    return Starlette(
        routes=[
            *people.routes(parts),
            *sso.routes(parts),
            Route("/account", lambda _request: PlainTextResponse("")),
        ],
        middleware=[Middleware(Headers, parts=parts), Middleware(Gate, parts=parts)],
    )


def leave(web: TestClient, query: str = "") -> str:
    """Press the button; the provider's answer, an address of ours."""
    left = web.get(f"/auth/sso{query}", headers=HTML)
    assert left.status_code == 303, left.text
    back = httpx.get(left.headers["location"])
    assert back.status_code == 303, back.text
    return back.headers["location"].removeprefix(HERE)


def come(web: TestClient, query: str = "") -> httpx.Response:
    """There and back."""
    return web.get(leave(web, query), headers=HTML | {"sec-fetch-site": "cross-site"})


def here(parts: Parts, web: TestClient) -> Actor | None:
    signed = logins.who(parts, web.cookies.get(cookies.session_name(parts.settings), ""))
    return signed.actor if signed else None


def test_a_person_of_the_provider_gets_an_account_and_comes_back_to_it(
    parts: Parts, web: TestClient, provider: Provider
) -> None:
    provider.person = ANN
    assert "Example" in web.get("/auth/login", headers=HTML).text
    back = come(web, "?next=/account")
    assert back.status_code == 303
    assert back.headers["location"] == "/account"
    first = here(parts, web)
    assert first is not None
    assert (first.email, first.is_admin) == ("ann@example.org", True)
    web.cookies.clear()
    provider.person = ANN | {"email": "other@example.org"}  # the provider's name for the person counts
    come(web)
    again = here(parts, web)
    assert again is not None
    assert again.user_id == first.user_id
    with parts.session() as opened:
        assert opened.exec(select(User.password_hash)).one() is None
        event = opened.exec(select(AuditEvent).where(AuditEvent.action == "login")).first()
        assert event is not None
        assert event.detail["by"] == provider.address


def test_what_is_asked_is_bound_to_this_login(parts: Parts, web: TestClient, provider: Provider) -> None:
    provider.person = ANN
    come(web)
    come(web)
    one, two = provider.asked
    for name in ("state", "nonce", "code_challenge"):
        assert len(one[name]) >= 43
        assert one[name] != two[name]
    assert one["scope"] == "openid email profile"
    assert one["code_challenge_method"] == "S256"


@pytest.mark.parametrize(
    "lie",
    [
        {"nonce": "another login's"},
        {"nonce": None},
        {"aud": "another client"},
        {"aud": ["another client", "and one more"]},
        {"aud": [CLIENT, "another"], "azp": "another"},
        {"iss": "https://evil.example"},
        {"exp": 1},
        {"exp": None},
        {"iat": 99999999999},
        {"sub": None},
    ],
    ids=str,
)
def test_a_token_that_is_not_for_this_login_is_refused(
    parts: Parts, web: TestClient, provider: Provider, lie: dict[str, Any]
) -> None:
    provider.person, provider.claims = ANN, lie
    back = come(web)
    assert back.status_code == 400
    assert "Single sign-on did not work" in back.text
    assert here(parts, web) is None


@pytest.mark.parametrize("signing", ["foreign", "secret", "none"])
def test_a_token_that_the_provider_did_not_sign_is_refused(
    parts: Parts, web: TestClient, provider: Provider, signing: str
) -> None:
    provider.person, provider.signing = ANN, signing
    assert come(web).status_code == 400
    assert here(parts, web) is None


def test_an_answer_is_taken_once_and_by_the_browser_that_left(
    parts: Parts, web: TestClient, provider: Provider
) -> None:
    provider.person = ANN
    answer = leave(web)
    mine = dict(web.cookies)
    web.cookies.clear()
    assert web.get(answer, headers=HTML).status_code == 400  # a victim is sent to a stranger's answer
    for name, value in mine.items():
        web.cookies.set(name, value)
    state = answer.partition("state=")[2].partition("&")[0]
    assert web.get(answer.replace(state, "guessed"), headers=HTML).status_code == 400
    assert web.get(answer, headers=HTML).status_code == 400  # the ticket is spent
    answer = leave(web)
    assert web.get(answer, headers=HTML).status_code == 303
    web.cookies.delete(cookies.session_name(parts.settings))
    assert web.get(answer, headers=HTML).status_code == 400
    for wrong in ("?error=access_denied&state=x", "", f"?code=x&state={state}"):
        leave(web)
        assert web.get(f"/auth/sso/back{wrong}", headers=HTML).status_code == 400
    assert here(parts, web) is None


def test_an_answer_of_another_provider_is_refused(parts: Parts, web: TestClient, provider: Provider) -> None:
    provider.person = ANN
    answer = leave(web)
    head, _, _ = answer.partition("&iss=")
    assert web.get(f"{head}&iss=https%3A%2F%2Fevil.example", headers=HTML).status_code == 400
    answer = leave(web)
    assert web.get(answer.partition("&iss=")[0], headers=HTML).status_code == 400


@pytest.mark.parametrize(
    "metadata",
    [{"issuer": "https://evil.example"}, {"token_endpoint": "http://evil.example/token"}, {"jwks_uri": ""}],
    ids=str,
)
def test_metadata_that_is_not_the_issuers_is_refused(
    parts: Parts, web: TestClient, provider: Provider, metadata: dict[str, Any]
) -> None:
    provider.metadata = metadata
    left = web.get("/auth/sso", headers=HTML)
    assert left.status_code == 503
    assert "does not answer" in left.text


def test_the_address_comes_from_userinfo_where_the_token_has_none(
    parts: Parts, web: TestClient, provider: Provider
) -> None:
    provider.person, provider.email_in_token = BOB, False
    assert come(web).status_code == 303
    found = here(parts, web)
    assert found is not None
    assert found.email == "bob@example.org"


def test_an_address_that_is_not_confirmed_makes_no_account(
    parts: Parts, web: TestClient, provider: Provider
) -> None:
    for verified in (False, None, "no"):
        provider.person = BOB | {"email_verified": verified}
        back = come(web)
        assert back.status_code == 400
        assert "confirmed e-mail address" in back.text
    assert here(parts, web) is None


def test_an_account_with_a_password_is_connected_by_it(
    parts: Parts, web: TestClient, provider: Provider
) -> None:
    accounts.register(parts, "bob@example.org", PASSWORD)
    provider.person = BOB
    assert come(web, "?next=/account").headers["location"] == "/auth/sso/connect"
    assert here(parts, web) is None
    for password, code in (("not it at all", 400), (PASSWORD, 303)):
        form = web.get("/auth/sso/connect", headers=HTML).text
        token = form.partition('name="form" value="')[2].partition('"')[0]
        given = {"form": token, "password": password}
        sent = web.post("/auth/sso/connect", data=given, headers={"origin": HERE})
        assert sent.status_code == code
    assert sent.headers["location"] == "/account"
    web.cookies.clear()
    come(web)
    found = here(parts, web)
    assert found is not None
    assert found.email == "bob@example.org"
    with parts.session() as opened:
        assert len(opened.exec(select(Identity)).all()) == 1


def test_an_account_that_an_administrator_made_is_its_persons(
    parts: Parts, web: TestClient, provider: Provider
) -> None:
    accounts.register(parts, "boss@example.org", PASSWORD)
    admin = Actor(1, "boss@example.org", is_admin=True)
    password_links.create_account(parts, admin, "bob@example.org")
    provider.person = BOB
    assert come(web).status_code == 303
    assert here(parts, web) is not None
    web.cookies.clear()
    provider.person = BOB | {"sub": "somebody else"}  # the same address, another person
    assert come(web).headers["location"] == "/auth/sso/connect"


@pytest.mark.parametrize("parts", [{"registration": "closed"}], indirect=True)
def test_where_registration_is_closed_a_stranger_stays_outside(
    parts: Parts, web: TestClient, provider: Provider
) -> None:
    accounts.register(parts, "boss@example.org", PASSWORD)
    provider.person = BOB
    back = come(web)
    assert back.status_code == 400
    assert "Only an administrator" in back.text


@pytest.mark.parametrize("parts", [{"registration": "invitation"}], indirect=True)
def test_an_invitation_lets_a_person_of_the_provider_in(
    parts: Parts, web: TestClient, provider: Provider
) -> None:
    boss = logins.who(parts, accounts.register(parts, "boss@example.org", PASSWORD))
    assert boss is not None
    rag = rags.create(parts, boss.actor, "Contracts").id or 0
    link = invitations.invite(parts, boss.actor, rag, Role.viewer)
    provider.person = BOB
    assert come(web).status_code == 400
    back = come(web, f"?invitation={link}&next=/auth/invitation/{link}")
    assert back.headers["location"] == f"/auth/invitation/{link}"
    bob = here(parts, web)
    assert bob is not None
    assert [o.rag_id for o in invitations.mine(parts, bob)] == [rag]


@pytest.mark.parametrize(
    "parts", [{"registration": "closed", "oidc_register": True, "password_login": False}], indirect=True
)
def test_with_single_sign_on_only_passwords_open_nothing(
    parts: Parts, web: TestClient, provider: Provider
) -> None:
    with parts.session() as opened:
        accounts.create_user(opened, "bob@example.org", PASSWORD)
        opened.commit()
    page = web.get("/auth/login", headers=HTML).text
    assert 'name="password"' not in page
    with pytest.raises(PortalError):
        accounts.login(parts, "bob@example.org", PASSWORD)
    provider.person = BOB
    assert come(web).status_code == 303
    found = here(parts, web)
    assert found is not None
    assert found.email == "bob@example.org"


def test_a_shut_out_person_stays_outside(parts: Parts, web: TestClient, provider: Provider) -> None:
    provider.person = BOB
    come(web)
    with parts.session() as opened:
        user = opened.exec(select(User)).one()
        user.disabled_at = user.created_at
        opened.add(user)
        opened.commit()
    assert here(parts, web) is None
    assert come(web).status_code == 400


def test_settings_that_would_let_strangers_in_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    for values in (
        {"FERAG_OIDC_ISSUER": "http://id.example.org", "FERAG_OIDC_CLIENT_ID": "x"},
        {"FERAG_OIDC_ISSUER": "https://id.example.org"},
        {"FERAG_PASSWORD_LOGIN": "false"},
    ):
        with monkeypatch.context() as patch:
            for name, value in values.items():
                patch.setenv(name, value)
            with pytest.raises(CannotStart):
                read()


def test_without_a_provider_there_is_no_single_sign_on(tmp_path: Path) -> None:
    parts = wire(Settings(data_dir=tmp_path, _env_file=None))  # type: ignore[call-arg]
    db.upgrade(parts.engine)
    with TestClient(behind_the_gate(parts), base_url=HERE, follow_redirects=False) as web:
        assert web.get("/auth/sso", headers=HTML).status_code == 404
        assert web.get("/auth/sso/back?code=x", headers=HTML).status_code == 404
    parts.close()
