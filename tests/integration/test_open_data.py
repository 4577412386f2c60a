"""Open data over HTTP: things by their IRIs in every form, the description of it all, the feed."""

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass, replace

import httpx
import pytest
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, RDF, RDFS

from kg.described import DCAT, VOID
from kg.model import Delta
from kg.versions import publish
from portal import feeds, history, logins, rags, tokens
from portal.access import Scope
from portal.models import Cycle, CycleKind, CycleState, Member, Rag, User, Version
from portal.open_data import path_of
from portal.routes import cookies
from portal.wiring import Parts
from tests.people import Team, make_team
from tests.web_server import served
from tests.worlds import World

EVIL = "<script>alert(1)</script>]]>&\"'\x0b\u202e"
ATOM = "{http://www.w3.org/2005/Atom}"
FORMS = {
    "text/turtle": "turtle",
    "application/ld+json": "json-ld",
    "application/n-triples": "nt",
    "application/rdf+xml": "xml",
}


@dataclass(frozen=True)
class Open:
    """Two versions: Alice was renamed to something hostile in the second."""

    team: Team
    world: World
    url: str
    token: str
    cookie: dict[str, str]

    def path(self, iri: str) -> str:
        return path_of(self.team.dataset, iri)

    def get(self, path: str, accept: str = "text/turtle", **more: str) -> httpx.Response:
        headers = {"authorization": f"Bearer {self.token}", "accept": accept} | more
        return httpx.get(self.url + path, headers=headers, timeout=60)

    def browse(self, path: str) -> httpx.Response:
        """As a browser that is logged in."""
        return httpx.get(
            self.url + path, headers={"accept": "text/html,*/*;q=0.8"}, cookies=self.cookie, timeout=60
        )


@pytest.fixture
def there(parts: Parts) -> Iterator[Open]:
    team = make_team(parts)
    world = World(team.dataset)
    renamed = replace(world.alice, label=EVIL)
    new, old = world.delta(renamed).add, world.delta(world.alice).add
    deltas = (world.delta(), Delta(new - old, old - new))
    for number, delta in enumerate(deltas, start=1):
        publish(parts.store, team.dataset, delta, number - 1, number, str(number))
        key = history.write_delta(parts, team.rag_id, number, str(number), delta)
        with parts.session() as db:
            assert team.owner.user_id is not None
            cycle = Cycle(
                rag_id=team.rag_id, number=number, kind=CycleKind.upload, state=CycleState.approved,
                title=EVIL, version=number, created_by=team.owner.user_id,
            )  # fmt: skip
            db.add(cycle)
            db.flush()
            db.add(
                Version(
                    rag_id=team.rag_id, number=number, cycle_id=cycle.id or 0, approved_by=team.owner.user_id,
                    applied=number, added=len(delta.add), removed=len(delta.remove), delta_key=key,
                )
            )  # fmt: skip
            rag = db.get_one(Rag, team.rag_id)
            rag.version, rag.name = number, f"Team {EVIL}"
            db.add(rag)
            db.commit()
    _, token = tokens.create(parts, team.viewer, "a client", [Scope.read], 1)
    with parts.session() as db:
        login = logins.begin(db, db.get_one(User, team.viewer.user_id), parts.settings)
        db.commit()
    with served(parts) as url:
        yield Open(team, world, url, token, {cookies.session_name(parts.settings): login})


def test_an_iri_is_a_page_for_people_and_rdf_for_programs(there: Open) -> None:
    world, alice = there.world, there.path(there.world.alice.iri)
    for media, form in FORMS.items():
        answer = there.get(alice, media)
        assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (200, media)
        assert "Accept" in answer.headers["vary"]
        graph = Graph().parse(data=answer.text, format=form)
        said = str(graph.value(world.alice.iri, RDFS.label))
        assert said == EVIL.replace("\x0b", "")
        assert (world.alice.iri, world.works_at.iri, world.acme.iri) in graph
        assert (world.acme.iri, RDFS.label, Literal("ACME", lang="en")) in graph
        assert (world.works_at.iri, RDFS.label, Literal("works at", lang="en")) in graph
    # facts in the other direction too
    acme = Graph().parse(data=there.get(there.path(world.acme.iri)).text, format="turtle")
    assert set(acme.subjects(world.works_at.iri, world.acme.iri)) == {world.alice.iri, world.bob.iri}
    page = there.browse(alice)
    assert page.status_code == 303
    assert page.headers["location"].startswith(f"/entity?rag={there.team.rag_id}&entity=alice-")
    assert there.browse(there.path(world.alice.iri + "x")).status_code == 404
    assert there.get(alice, "image/png").status_code == 406
    assert there.get(alice, "*/*").headers["content-type"].startswith("text/turtle")
    # an older version, and terms
    before = Graph().parse(data=there.get(f"{alice}?version=1").text, format="turtle")
    assert str(before.value(world.alice.iri, RDFS.label)) == "Alice Smith"
    assert there.get(f"{alice}?version=9").status_code == 404
    whole = Graph().parse(data=there.get(f"/data/{there.team.dataset.name}/ontology").text, format="turtle")
    assert (world.person.iri, RDFS.comment, Literal("A human.", lang="en")) in whole


def test_nobody_learns_of_a_thing_who_may_not(there: Open) -> None:
    alice, nothing = there.path(there.world.alice.iri), there.path(there.world.alice.iri + "x")
    _, theirs = tokens.create(there.team.parts, there.team.stranger, "theirs", [Scope.read], 1)
    _, few = tokens.create(there.team.parts, there.team.viewer, "few", [Scope.ask], 1)
    for path in (alice, nothing, "/data/ferag-99999/entity/x", f"/data/{there.team.dataset.name}"):
        assert httpx.get(there.url + path).status_code == 401
        assert there.get(path, authorization=f"Bearer {theirs}").status_code == 404
        assert there.get(path, authorization="Bearer ferag_none").status_code == 401
        people = httpx.get(there.url + path, headers={"accept": "text/html"})
        assert people.headers["location"].startswith("/auth/login?next=")
    assert there.get(alice, authorization=f"Bearer {few}").status_code == 403
    wrong = there.get(alice, authorization=f"Bearer {theirs}").text
    assert "Alice" not in wrong
    known = there.browse(alice).status_code
    with there.team.parts.session() as db:
        db.delete(db.get_one(Member, (there.team.rag_id, there.team.viewer.user_id or 0)))
        db.commit()
    assert (known, there.browse(alice).status_code, there.get(alice).status_code) == (303, 404, 404)


def test_the_description_counts_what_there_is(there: Open) -> None:
    team, world = there.team, there.world
    rags.change(
        team.parts, team.owner, team.rag_id, name="Team", description="What we know.", guidance="",
        editors_approve=False, forbid_self_approval=False, cycle_tokens=0,
        licence="https://creativecommons.org/licenses/by/4.0/",
    )  # fmt: skip
    answer = there.get(f"/data/{team.dataset.name}")
    graph = Graph().parse(data=answer.text, format="turtle")
    here = URIRef(team.dataset.root)
    quads = world.delta(
        *(c for c in world.contents if c != world.alice), replace(world.alice, label=EVIL)
    ).add
    assert int(str(graph.value(here, VOID.triples))) == len(quads)
    assert int(str(graph.value(here, VOID.entities))) == 3
    parts = {
        str(graph.value(p, VOID["class"])): int(str(graph.value(p, VOID.entities)))
        for p in graph.objects(here, VOID.classPartition)
    }
    assert parts == {str(world.person.iri): 2, str(world.company.iri): 1}
    used = {graph.value(p, VOID.property): p for p in graph.objects(here, VOID.propertyPartition)}
    assert int(str(graph.value(used[world.works_at.iri], VOID.triples))) == 2
    assert graph.value(here, DCTERMS.license) == URIRef("https://creativecommons.org/licenses/by/4.0/")
    assert graph.value(here, DCTERMS.modified)
    assert len(list(graph.objects(here, DCAT.distribution))) == 8
    again = there.get(f"/data/{team.dataset.name}")
    assert len(Graph().parse(data=again.text, format="turtle")) == len(graph)
    # what people wrote is text in every form, and an address only if it is one
    odd = "https://x.example/a licence of our own"
    rags.change(
        team.parts, team.owner, team.rag_id, name=f"Team {EVIL[:40]}", description=f"What {EVIL}",
        guidance="", editors_approve=False, forbid_self_approval=False, cycle_tokens=0, licence=odd,
    )  # fmt: skip
    for media, form in FORMS.items():
        hostile = Graph().parse(data=there.get(f"/data/{team.dataset.name}", media).text, format=form)
        assert str(hostile.value(here, DCTERMS.description)).startswith("What <script>alert(1)</script>]]>")
        assert hostile.value(here, DCTERMS.license) == Literal(odd)
    listed = Graph().parse(data=there.get("/.well-known/void").text, format="turtle")
    assert set(listed.subjects(RDF.type, VOID.Dataset)) == {here}
    _, theirs = tokens.create(team.parts, team.stranger, "theirs", [Scope.read], 1)
    none = there.get("/.well-known/void", authorization=f"Bearer {theirs}").text
    assert team.dataset.name not in none


def test_the_feed_is_atom_and_what_is_hostile_in_it_is_text(there: Open) -> None:
    team = there.team
    address = feeds.make(team.parts, team.viewer, team.rag_id)
    secret = address.rsplit("/", 1)[1]
    answer = httpx.get(f"{there.url}/feeds/{secret}")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    feed = ET.fromstring(answer.content)
    assert feed.tag == f"{ATOM}feed"
    assert all(feed.findtext(f"{ATOM}{n}") for n in ("id", "title", "updated"))
    assert {e.get("rel") for e in feed.findall(f"{ATOM}link")} == {"self", "alternate"}
    entries = feed.findall(f"{ATOM}entry")
    assert [e.findtext(f"{ATOM}id") for e in entries] == [f"{team.dataset.root}version/{n}" for n in (2, 1)]
    for e in entries:
        assert e.findtext(f"{ATOM}title")
        assert e.findtext(f"{ATOM}author/{ATOM}name")
        updated = e.findtext(f"{ATOM}updated") or ""
        assert updated.endswith("+00:00")
        content = e.find(f"{ATOM}content")
        assert content is not None
        assert content.get("type") == "html"
        assert "<script" not in (content.text or "")
    assert "&lt;script&gt;" in (entries[0].findtext(f"{ATOM}content") or "")  # Alice's other name
    assert not feed.findall(".//{*}script")
    assert "works at" in (entries[1].findtext(f"{ATOM}content") or "")

    tag = {"if-none-match": answer.headers["etag"]}
    assert httpx.get(f"{there.url}/feeds/{secret}", headers=tag).status_code == 304
    russian = httpx.get(f"{there.url}/feeds/{secret}", headers={"accept-language": "ru"}).text
    assert "Версия" in russian
    by_token = there.get(f"/api/v1/rags/{team.rag_id}/feed")
    assert by_token.status_code == 200
    assert ET.fromstring(by_token.content).tag == f"{ATOM}feed"

    (mine,) = feeds.mine(team.parts, team.viewer, team.rag_id)
    assert mine.used_at
    assert mine.hint not in ("", secret)
    feeds.revoke(team.parts, team.viewer, team.rag_id, mine.id)
    other = feeds.make(team.parts, team.viewer, team.rag_id).rsplit("/", 1)[1]
    for gone in (secret, "none.atom"):
        assert httpx.get(f"{there.url}/feeds/{gone}").status_code == 404
    assert httpx.get(f"{there.url}/feeds/{other}").status_code == 200
    with team.parts.session() as db:  # whoever is put out takes nothing along
        db.delete(db.get_one(Member, (team.rag_id, team.viewer.user_id or 0)))
        db.commit()
    assert httpx.get(f"{there.url}/feeds/{other}").status_code == 404
