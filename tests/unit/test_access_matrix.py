"""Every service for everybody: what the table of roles says is what happens, and a refusal changes nothing.

The walk is generated: each public function of the application that acts for somebody, `f(parts, actor, ...)`,
is called as each person. One that is in no list below fails the test.
"""

import importlib
import inspect
import pkgutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from rdflib import URIRef
from sqlalchemy.exc import SQLAlchemyError

import portal
from kg.changes.decide import Settle
from kg.edits import RemovedThing
from kg.errors import KgError
from kg.model import Change, Decision, Entity, Fact, Fit, Kind, OntologyClass, Verdict
from kg.retrieve import Retrieved
from portal import db, explore
from portal.access import TABLE, Action, Scope
from portal.edit_terms import Relation
from portal.edits import Why
from portal.errors import Forbidden, NotFound, PortalError
from portal.explore.drawn import Wanted
from portal.model_listing import Draft
from portal.models import Role
from portal.options import Options
from portal.quotas import Whose
from portal.review_rows import Filter, Row
from portal.settings import Settings
from portal.wiring import wire
from tests.access_world import PEOPLE, World, build

# what each service needs, written out by hand
OF_RAG: dict[Action, str] = {
    Action.read: """
        aside.listing comments.counts comments.open_requests comments.thread
        corrections.terms cycles.get cycles.recent cycles.unfinished decisions.consequences
        document_list.approved document_list.everything document_list.page documents.original documents.text
        graph.counts graph.facts_in_words graph.facts_of
        graph.find
        graph.neighbourhood graph.ontology graph.prominent graph.thing members.happenings members.listing
        rags.get review_context.around review_context.beside reviews.choices reviews.known reviews.others
        reviews.left_out reviews.row reviews.rows reviews.safe_in_bulk reviews.summary
        edits.without_effect
        feeds.changes feeds.make feeds.mine feeds.revoke feeds.stamp open_data.about open_data.describe
        history.between history.compare history.origins history.timeline marks.within graph.picture_of
        explore.entity.communities explore.entity.facts explore.entity.namesakes explore.entity.page
        explore.past.of explore.views.check explore.finding.find explore.finding.foremost
        explore.picture.picture explore.proposed.picture
        explore.picture.way explore.picture.fact explore.terms.terms explore.places.places
        explore.dates.dates
        publications.latest sparql.dataset sparql.query tools.around
        """,
    Action.ask: """
        chats.ask chats.conversations chats.delete chats.edit chats.export chats.get chats.rate chats.rename
        chats.retry chats.share chats.stop questions.ask questions.asked questions.events
        finding.retrieve_each finding.search finding.version_of tools.overview
        guards.admit model_listing.choice search.search
        """,
    Action.export: "artifacts.listing artifacts.stream exports.export exports.written",
    Action.upload: """
        cycles.cancel estimates.of_files cycles.import_tables cycles.read_again cycles.retry documents.remove
        uploads.follow_up uploads.read_again uploads.upload web_pages.add
        """,
    Action.decide: """
        comments.add comments.settle corrections.correct corrections.instead corrections.settle
        decisions.decide
        decisions.decide_matching decisions.edit versions.reject
        """,
    Action.edit: """
        edit_facts.change_fact edit_facts.new_fact edit_facts.remove_fact edit_terms.change_class
        edit_terms.change_relation edit_terms.new_class edit_terms.new_relation edit_terms.remove_term
        edit_things.merge edit_things.new_thing edit_things.remove_thing edit_things.rename
        edit_things.retype edit_things.split edits.allowed edits.fact edits.find edits.keep
        edits.listing edits.send edits.terms edits.things edits.undo edits.waiting
        """,
    Action.approve: "versions.approve versions.rollback",
    Action.manage: """
        access_requests.grant access_requests.refuse access_requests.waiting invitations.invite
        invitations.waiting invitations.withdraw members.add members.change_role members.remove
        members.transfer rags.change guards.banned_terms guards.set_banned
        """,
    Action.delete: "rags.delete",
}
OF_ADMIN = """
    admin.end_sessions admin.health admin.rags admin.rags_in_all admin.sessions admin.set_admin
    admin.set_disabled admin.users admin_feedback.feedback admin_record.actions admin_record.events
    admin_record.export admin_storage.storage admin_work.cancel admin_work.drain admin_work.queues
    admin_work.retry admin_work.steps admin_work.workers notices.set_banner notices.set_maintenance
    quotas.days quotas.defaults quotas.set_default quotas.set_quota quotas.spend
    admin_models.add admin_models.change admin_models.delete
    admin_models.remove_key admin_models.serve admin_models.serve_by_settings
    admin_models.serve_without admin_models.set_key model_listing.behind model_listing.profiles
    model_listing.roles model_trials.test model_trials.test_of_settings
    invitations.invite_to_portal
    password_links.create_account password_links.issue
    """
OF_ONESELF = """
    access_requests.ask accounts.change_password accounts.change_profile accounts.logout_everywhere
    inbox.count inbox.seen inbox.waiting invitations.accept invitations.accept_mine invitations.decline
    invitations.decline_mine invitations.mine logins.devices logins.revoke members.role_of rags.create
    open_data.catalogue rags.deleted rags.mine rags.restore tokens.create tokens.mine
    tokens.revoke tokens.still_good
    """
# of these, what a token may do within its scopes, and what says only who its person is
BY_TOKEN = frozenset(
    [
        "members.role_of",
        "open_data.catalogue",
        "rags.create",
        "rags.deleted",
        "rags.mine",
        "rags.restore",
        "tokens.still_good",
    ]
)
# inside an action that was checked: they write down, filter and count
NO_ACTIONS = "tokens.refused guards.outgoing guards.retrieved tools.agent rates.limit notices.closed_for"

PLAIN = {int: 999_999, str: "x", bool: False, float: 1.0}  # for an argument that is not named below
OTHER = (LookupError, ValueError, TypeError, AttributeError, AssertionError, OSError)  # past the check

NONE_SUCH = 999_999
SAID = Fact(URIRef("x:y"), URIRef("x:p"), URIRef("x:z"))
PROPOSED = Change("none", "k", Kind.new_fact, Fit.laminar, "x", "y", "z")
ROW = Row(
    "none", Kind.new_fact, Fit.laminar, Verdict.single_source, "x", "x", "y", "z", 0.5, Decision.undecided,
    "", "", PROPOSED,
)  # fmt: skip
ARGUMENTS: dict[str, Any] = {
    "request_id": NONE_SUCH, "user_id": NONE_SUCH, "chat_id": NONE_SUCH, "message_id": NONE_SUCH,
    "number": NONE_SUCH, "cycle": NONE_SUCH, "comment_id": NONE_SUCH, "invitation_id": NONE_SUCH,
    "document_id": NONE_SUCH, "session_id": NONE_SUCH, "token_id": NONE_SUCH, "to": NONE_SUCH,
    "revision_key": "none", "name": "x", "form": "md", "token": "none", "change_id": "none", "iri": "x:y",
    "change_ids": (), "ids": ("none",), "files": (), "facts": (), "scopes": {Scope.read}, "days": 7,
    "question": "Who is Alice?", "questions": ("Who is Alice?",), "text": "words", "words": "Alice",
    "terms": (), "triples": (), "centre": "x:y", "address": "https://pages.example/",
    "role": Role.viewer, "is_admin": True, "disabled": True, "shared": True, "rating": 1,
    "feed_id": NONE_SUCH, "rest": "ontology", "itself": "x", "title": "x",
    "decision": Decision.accepted, "where": Filter(), "email": "nobody@matrix.example", "language": "",
    "description": "", "guidance": "", "editors_approve": False, "forbid_self_approval": False,
    "thing": "x:y", "old": "not it", "new": "not it either", "here": 0, "since": 1, "how": Settle.keep_both,
    "rows": (), "known": 0, "row": ROW, "things": (), "limit": 1, "fact": SAID,
    "term": OntologyClass(URIRef("x:y"), "X"),
    "whose": Whose.user, "subject": NONE_SUCH, "tokens": 5, "on": False, "drained": True,
    "why": Why("seen"), "edit": RemovedThing(URIRef("x:y")), "edit_id": NONE_SUCH, "iris": ("x:y",),
    "aliases": (), "kinds": (), "keep": "x:y", "drop": "x:z", "relation": Relation("x"),
    "source": Path("none"), "change": PROPOSED, "asked": "x-1", "entity": Entity(URIRef("x:y"), "X"),
    "profile_id": NONE_SUCH, "key": "sk-x", "draft": Draft("x", "other", "http://127.0.0.1:1/v1", "m"),
    "found": Retrieved(""), "options": Options(), "approved": None,
    "property_": URIRef("x:p"), "outward": True, "wanted": Wanted("x:y"), "start": "x:y", "end": "x:z",
    "triple": ("x:y", "x:p", "x:z"),
}  # fmt: skip


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    parts = wire(Settings(data_dir=tmp_path_factory.mktemp("matrix"), _env_file=None))  # type: ignore[call-arg]
    db.upgrade(parts.engine)
    yield build(parts)
    parts.close()


def services() -> dict[str, Callable[..., object]]:
    """Every public function of the application that acts for somebody, by module and name."""
    found = {}
    modules = [
        *pkgutil.iter_modules(portal.__path__, "portal."),
        *pkgutil.iter_modules(explore.__path__, "portal.explore."),
    ]
    for module in modules:
        if module.name in ("portal.app", "portal.asgi") or module.ispkg:
            continue
        loaded = importlib.import_module(module.name)
        for name, function in inspect.getmembers(loaded, inspect.isfunction):
            takes = list(inspect.signature(function).parameters)[:2]
            own = function.__module__ == module.name and not name.startswith("_")
            if own and takes == ["parts", "actor"]:
                found[f"{module.name.removeprefix('portal.')}.{name}"] = function
    return found


def called(world: World, function: Callable[..., object], who: str) -> Exception | None:
    """What the call raised. What it answers bit by bit is taken to its end."""
    given = ARGUMENTS | {"rag_id": world.rag, "out": BytesIO()}
    if function.__name__ == "export" and "out" in inspect.signature(function).parameters:
        given["form"] = "trig"
    wanted = {
        name: given[name] if name in given else PLAIN[parameter.annotation]
        for name, parameter in list(inspect.signature(function).parameters.items())[2:]
        if parameter.default is inspect.Parameter.empty
    }
    try:
        answer = function(world.parts, world.actors[who], **wanted)
        if inspect.isgenerator(answer):
            list(answer)
    except (PortalError, KgError, SQLAlchemyError, *OTHER) as e:
        return e
    return None


def test_every_service_is_in_a_list() -> None:
    listed = [*OF_ADMIN.split(), *OF_ONESELF.split(), *NO_ACTIONS.split()]
    listed += [name for names in OF_RAG.values() for name in names.split()]
    assert sorted(listed) == sorted(services())
    assert set(OF_RAG) == set(Action)


def test_every_service_for_everybody(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    wrong: list[str] = []
    walked = 0
    known = services()
    for action, names in OF_RAG.items():
        for name in names.split():
            for who in PEOPLE:
                before = world.digests()
                raised = called(world, known[name], who)
                walked += 1
                role = world.role(who)
                foreign = isinstance(raised, NotFound) and raised.what == "rag"
                forbidden = isinstance(raised, Forbidden)
                if role is None:
                    right = foreign
                elif role not in TABLE[action]:
                    right = forbidden
                else:
                    right = not (foreign or forbidden)
                if role not in TABLE[action] and world.digests() != before:
                    right = False
                if not right:
                    wrong.append(f"{name} as {who}: {raised!r}")
    for name in OF_ADMIN.split():
        for who in PEOPLE:
            before = world.digests()
            raised = called(world, known[name], who)
            walked += 1
            if (who == "admin") == isinstance(raised, Forbidden):
                wrong.append(f"{name} as {who}: {raised!r}")
            if who != "admin" and world.digests() != before:
                wrong.append(f"{name} as {who}: changed something")
    for name in OF_ONESELF.split():
        before = world.digests()
        called(world, known[name], "anonymous")
        walked += 1
        if world.digests() != before:
            wrong.append(f"{name} as anonymous: changed something")
    with capsys.disabled():
        sys.stdout.write(f"\naccess matrix, services: {walked} combinations walked, {len(wrong)} wrong\n")
    assert not wrong


def test_every_service_for_tokens_that_were_not_made_for_it(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """An owner's and an administrator's token with every scope but the one that is needed."""
    wrong: list[str] = []
    known, before = services(), world.digests()
    given = [(name, action) for action, names in OF_RAG.items() for name in names.split()]
    given += [(name, None) for name in (*OF_ADMIN.split(), *OF_ONESELF.split()) if name not in BY_TOKEN]
    for name, action in given:
        for who in ("owner", "admin"):
            scopes = frozenset(s.value for s in Scope if action is None or s.value != action.value)
            person = world.actors[who]
            world.actors["token"] = replace(person, scopes=scopes, token_id=1)
            raised = called(world, known[name], "token")
            if not isinstance(raised, Forbidden):
                wrong.append(f"{name} by a token of {who}: {raised!r}")
    if world.digests() != before:
        wrong.append("something was changed")
    with capsys.disabled():
        walked = 2 * len(given)
        sys.stdout.write(f"\naccess matrix, tokens: {walked} combinations walked, {len(wrong)} wrong\n")
    assert not wrong
