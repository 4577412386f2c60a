"""Corrections by HTTP: every form of them, sent, reviewed, published; and what is sent wrongly."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from jobs import pipeline
from portal import graph, publishing, versions
from portal.models import Role
from tests.conftest import _next_rag, absent
from tests.doors import Doors, doors, join
from tests.servers import Missing

SURE = {"reason": "I have seen the contract."}
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def made(run_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    try:
        with doors(run_folder, tmp_path_factory.mktemp("edits"), _next_rag(run_folder)) as ready:
            yield ready
    except Missing as e:
        absent(e)


def thing(made: Doors, name: str) -> str:
    return next(f.iri for f in graph.find(made.parts, made.ann, made.rag, name) if f.label == name)


def relation(made: Doors, name: str) -> str:
    known = graph.ontology(made.parts, made.ann, made.rag).properties
    return str(next(p.iri for p in known if p.label == name))


def kind(made: Doors, name: str) -> str:
    known = graph.ontology(made.parts, made.ann, made.rag).classes
    return str(next(c.iri for c in known if c.label.casefold() == name))


def fact(web: httpx.Client, made: Doors, sentence: str) -> str:
    """Its IRI, as a program finds it."""
    found = web.get(f"rags/{made.rag}/search", params={"q": sentence}).json()["facts"]
    return str(next(f["iri"] for f in found if f["sentence"].startswith(sentence)))


def kept(web: httpx.Client, made: Doors, do: str, **said: Any) -> str:
    answer = web.post(f"rags/{made.rag}/edits", json={"do": do, **SURE, **said})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["iri"])


def published(web: httpx.Client, made: Doors) -> None:
    number = web.post(f"rags/{made.rag}/edits/send").json()["cycle"]
    cycle = made.installation.view(number).id
    pipeline.run_cycle(made.parts, cycle, lambda: False)
    versions.approve(made.parts, made.ann, made.rag, number, all_=True)
    assert publishing.run(made.parts, cycle) is not None


def test_every_correction_is_kept_sent_and_published(made: Doors) -> None:
    alice, bob, acme = (thing(made, n) for n in ("Alice Smith", "Bob Johnson", "ACME Corporation"))
    works_at = relation(made, "works at")
    with made.client() as web:
        at = f"rags/{made.rag}/edits"
        dora = kept(web, made, "add_thing", label="Dora Ende", kind=kind(made, "person"), aliases=["D. Ende"])
        kept(web, made, "add_fact", subject=dora, relation=works_at, object=acme, since="2020")
        works = fact(web, made, "Alice Smith works at ACME Corporation")
        kept(web, made, "change_fact", fact=works, periods=[{"since": "03.2015", "until": "2020"}])
        kept(web, made, "remove_fact", fact=fact(web, made, "Bob Johnson works at TechCorp"))
        kept(web, made, "name_thing", thing=bob, label=f"Robert Johnson {HOSTILE}")
        lab = kept(web, made, "add_kind", label="Laboratory")
        kept(web, made, "sort_thing", thing=acme, kinds=[lab])
        knows = kept(web, made, "add_relation", label="knows well")
        kept(web, made, "add_fact", subject=alice, relation=knows, object=bob)
        kept(web, made, "remove_thing", thing=thing(made, "Boston"))
        waiting = web.get(at).json()
        assert len(waiting) == 10
        assert all(w["changes"] and w["problem"] is None and w["reason"] == SURE["reason"] for w in waiting)
        assert {"new_entity", "new_fact", "changed_value", "removed_fact", "new_class"} <= {
            c["kind"] for w in waiting for c in w["changes"]
        }
        # one of the same target gives way, one is taken back
        kept(web, made, "change_fact", fact=works, periods=[{"until": "2021"}])
        assert len(web.get(at).json()) == 10
        last = web.get(at).json()[-2]["id"]
        assert web.delete(f"{at}/{last}").status_code == 204
        assert web.delete(f"{at}/{last}").json()["code"] == "no-edit"
        published(web, made)
        assert web.get(at).json() == []
        seen = graph.thing(made.parts, made.ann, made.rag, alice).facts
        said = {(f.predicate, f.object): f.fact.periods for f in seen}
        assert [(p.start, p.end) for p in said["works at", "ACME Corporation"]] == [("", "2021")]
        assert ("knows well", f"Robert Johnson {HOSTILE}") in said
        assert graph.thing(made.parts, made.ann, made.rag, acme).classes == ("Laboratory",)
        assert graph.thing(made.parts, made.ann, made.rag, dora).total == 1

        # joined and divided; kinds and relations changed and removed
        kept(web, made, "merge_things", keep_thing=alice, drop_thing=dora)
        founded = fact(web, made, "ACME Corporation founding date")
        kept(web, made, "split_thing", thing=acme, label="ACME of 1999", facts=[founded])
        kept(web, made, "change_kind", kind=lab, label="Lab")
        kept(web, made, "change_relation", relation=knows, label="is a friend of", functional=True)
        kept(web, made, "remove_term", term=relation(made, "competes with"))
        published(web, made)
        known = graph.ontology(made.parts, made.ann, made.rag)
        assert {"is a friend of", "competes with"} & {p.label for p in known.properties} == {"is a friend of"}
        assert "Lab" in {c.label for c in known.classes}
        assert thing(made, "ACME of 1999") != acme
        assert not graph.find(made.parts, made.ann, made.rag, "Dora Ende")[0].label.startswith("Dora")


def test_what_changes_nothing_or_may_not_is_refused(made: Doors) -> None:
    techcorp = thing(made, "TechCorp")
    viewer = join(made, "viewer", Role.viewer)
    wrong: list[tuple[dict[str, Any], int, str]] = [
        ({"do": "name_thing", "thing": techcorp, "label": "TechCorp", **SURE}, 409, "edit-same"),
        ({"do": "remove_thing", "thing": "urn:none", **SURE}, 409, "edit-gone"),
        ({"do": "remove_fact", "fact": "urn:none", **SURE}, 404, "no-fact"),
        ({"do": "remove_thing", "thing": techcorp, "reason": " "}, 422, "edit-reason"),
        ({"do": "remove_thing", "thing": "x> } ; DROP ALL #", **SURE}, 422, "not-an-iri"),
        ({"do": "remove_thing", "thing": techcorp, "wrong": 1, **SURE}, 422, "does-not-fit"),
        ({"do": "wish", **SURE}, 422, "does-not-fit"),
        ({"do": "remove_thing", "thing": techcorp}, 422, "does-not-fit"),
    ]
    with made.client() as web:
        for body, status, code in wrong:
            answer = web.post(f"rags/{made.rag}/edits", json=body)
            assert (answer.status_code, answer.json()["code"]) == (status, code), body
        assert web.get(f"rags/{made.rag}/edits").json() == []
        assert web.post(f"rags/{made.rag}/edits/send").json()["code"] == "no-edits"
    body = {"do": "remove_thing", "thing": techcorp, **SURE}
    with made.client(actor=viewer) as web:
        assert web.post(f"rags/{made.rag}/edits", json=body).status_code == 403
    with made.client(actor=made.eve) as web:
        assert web.post(f"rags/{made.rag}/edits", json=body).status_code == 404
