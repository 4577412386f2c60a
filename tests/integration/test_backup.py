"""A backup comes back as it was: into the other kind of installation, while others publish, or not at all."""

import shutil
import tempfile
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from rdflib import Literal, URIRef
from sqlalchemy import text
from sqlmodel import SQLModel, select

from kg.fingerprint import Fingerprint
from kg.model import Ontology
from kg.store import dump
from kg.versions import marker
from portal import accounts, graph, model_profiles, publishing, questions, rags, sealing, versions
from portal.access import SYSTEM, Actor
from portal.accounts import Visitor
from portal.backup import rows
from portal.backup.archive import MANIFEST, Reader
from portal.backup.graphs import Copies
from portal.backup.restore import UNDER_WAY, restore
from portal.backup.take import backup, secrets_of
from portal.errors import Conflict, Invalid
from portal.models import CycleState, ModelRole, Pause, Rag, StoredProfile, User, now
from portal.passwords import hashed
from portal.pauses import publishing_paused
from portal.wiring import Parts, index_files
from tests.conftest import _next_rag, whole
from tests.people import Team, make_team
from tests.worlds import World

PASSWORD = "a-long-and-quiet-word"
MODEL_KEY, MODEL_URL = "sk-a-key-that-nobody-sees", "http://127.0.0.1:1/v1"
QUESTION = "Where does Alice Smith work?"
ODD = 'tab\there, "quoted", back\\slash, nl\n, del\x7f, é, 😀'


@pytest.fixture
def team(parts: Parts, run_folder: Path) -> Team:
    """Version 1 of the world, a cycle in review, files, a password, a deleted knowledge base."""
    with parts.session() as db:
        user = User(email="gone@example.org", password_hash=hashed(PASSWORD))
        db.add(user)
        db.flush()
        # numbered far from what others have in the same store
        db.add(Rag(id=_next_rag(run_folder), name="Deleted", created_by=user.id or 0, deleted_at=now()))
        sealed = sealing.sealed(parts.settings, MODEL_KEY, model_profiles.origin(MODEL_URL))
        db.add(StoredProfile(name="M", preset="other", base_url=MODEL_URL, model="m", key_sealed=sealed))
        db.flush()
        db.add(ModelRole(role="rerank", profile_id=1))
        db.commit()
    with parts.session() as db:
        if db.connection().dialect.name == "postgresql":
            db.execute(text("SELECT setval('rag_id_seq', (SELECT max(id) FROM rag))"))
            db.commit()
    made = make_team(parts)
    world = World(made.dataset)
    odd = replace(world.alice, description=ODD)
    number = made.review(
        Ontology((world.person, world.company), (world.works_at, world.founded)),
        (odd, world.bob, world.acme),
        (world.alice_at_acme, world.bob_at_acme),
    )
    publish(made, number)
    made.review(Ontology((world.company,), (world.founded,)), (world.acme,), (world.acme_founded,))
    parts.files.put(f"rags/{made.rag_id}/documents/a.txt", b"Alice works at ACME")
    parts.files.put(f"rags/{made.rag_id}/documents/the same.txt", b"Alice works at ACME")
    return made


def publish(team: Team, number: int) -> None:
    versions.approve(team.parts, team.owner, team.rag_id, number, all_=True)
    assert publishing.run(team.parts, team.cycle_id(number)) is not None


@pytest.fixture
def target(parts: Parts, run_folder: Path, tmp_path: Path) -> Iterator[Parts]:
    """An empty installation of the other kind."""
    other = "embedded" if parts.settings.fuseki_url else "servers"
    with whole(other, run_folder, tmp_path / "target", parts.settings.base_iri) as made:
        yield made


@pytest.fixture
def taken(team: Team, tmp_path: Path) -> Path:
    path = tmp_path / "a.zip"
    backup(team.parts, SYSTEM, path)
    return path


def everything(parts: Parts, rag_id: int) -> dict[str, object]:
    """What must be equal: graphs by hash, rows, files, answers, pages."""
    dataset = parts.dataset(rag_id)
    found: dict[str, object] = {
        str(g): (f.lines, f.hash)
        for g in sorted(parts.store.graphs(dataset))
        for f in [dump.fingerprint(parts.store, dataset, g)]
    }
    with rows.snapshot(parts.engine) as moment:
        for table in rows.open_tables():
            found[table.name] = sorted(line for some in rows.lines(moment, table) for line in some)
        found["secrets"] = sorted(rows.secret_lines(moment))
    assert isinstance(found["audit_event"], list)
    found["audit_event"] = [e for e in found["audit_event"] if b'"restore"' not in e]
    found["files"] = {k: parts.files.get(k) for k in parts.files.everything() if not k.startswith(".")}
    found["index"] = [k for k in index_files(parts.settings).everything() if not k.startswith(".")]
    answer = questions.ask(parts, _owner(parts), rag_id, QUESTION)
    found["answer"] = (answer.text, answer.version, answer.citations)
    found["things"] = graph.find(parts, _owner(parts), rag_id, "a")
    return found


def _owner(parts: Parts) -> Actor:
    with parts.session() as db:
        user = db.exec(select(User).where(User.email == "owner@example.org")).one()
        return Actor(user.id, user.email)


def key_of_the_model(parts: Parts) -> str:
    found = model_profiles.served(parts, "rerank").profile
    assert found is not None
    return found.key


def test_everything_comes_back_in_the_other_kind_of_installation(
    team: Team, taken: Path, target: Parts
) -> None:
    restored = restore(target, SYSTEM, taken)
    before, after = everything(team.parts, team.rag_id), everything(target, team.rag_id)
    assert len([k for k in before if k.startswith("http")]) >= 6, "approved, marker, staged"
    for name in before:
        assert after[name] == before[name], name
    assert restored.manifest.quads > 100
    assert key_of_the_model(target) == MODEL_KEY, "encrypted anew, with the target's own key"
    assert accounts.login(target, "gone@example.org", PASSWORD, Visitor("127.0.0.1"))

    # and it goes on from there: what waited for review is published, then taken back
    there = replace(team, parts=target)
    publish(there, 2)
    assert there.version() == 2
    cycle = versions.rollback(target, team.owner, team.rag_id, 1)
    assert publishing.run(target, cycle) is not None
    for name in map(str, team.dataset.approved):
        found = dump.fingerprint(target.store, team.dataset, URIRef(name))
        assert (found.lines, found.hash) == before[name], "version 3 is as version 1 was"
    assert rags.create(target, team.owner, "Another").id not in (None, team.rag_id), "counters go on"


def test_what_lets_people_in_is_apart(team: Team, taken: Path, target: Parts) -> None:
    assert taken.stat().st_mode & 0o777 == secrets_of(taken).stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(taken) as archive:
        inside = b"".join(archive.read(n) for n in archive.namelist())
        assert archive.namelist()[-1] == MANIFEST
    secret = team.parts.settings.fuseki_password.get_secret_value()
    assert b"argon2" not in inside
    assert MODEL_KEY.encode() not in inside
    assert b"gAAAA" not in inside, "nor encrypted"
    assert not secret or secret.encode() not in inside
    assert b"argon2" in secrets_of(taken).read_bytes()
    assert len([n for n in zipfile.ZipFile(taken).namelist() if "the same" in n]) == 0, "by hash, once"

    secrets_of(taken).unlink()
    with pytest.raises(Invalid) as refused:
        restore(target, SYSTEM, taken)
    assert refused.value.code == "secrets-missing"
    restore(target, SYSTEM, taken, with_secrets=False)
    with pytest.raises(Invalid):
        accounts.login(target, "gone@example.org", PASSWORD, Visitor("127.0.0.1"))
    assert key_of_the_model(target) == ""


def test_it_is_refused_where_something_is(team: Team, taken: Path, target: Parts) -> None:
    def refused(what: str) -> None:
        with pytest.raises(Conflict) as no:
            restore(target, SYSTEM, taken)
        assert (no.value.code, no.value.words["what"]) == ("target-not-empty", what)

    with pytest.raises(Conflict):
        restore(team.parts, SYSTEM, taken)
    target.files.put("rags/1/x", b"x")
    refused("the file store")
    target.files.delete("rags/1/x")
    index_files(target.settings).put("x/y", b"x")
    refused("the index")
    index_files(target.settings).delete("x")
    target.store.create(team.dataset)
    target.store.put(team.dataset, team.dataset.facts, [b"<urn:s> <urn:p> <urn:o> .\n"])
    refused("the graph store")
    target.store.drop_graphs(team.dataset, [team.dataset.facts])
    with target.session() as db:
        db.add(User(email="here@example.org"))
        db.commit()
    refused("the database")


def test_an_interrupted_restore_is_run_again(team: Team, taken: Path, target: Parts) -> None:
    """What it leaves: its note, some files, a graph that is half there; no rows."""
    read = Reader(taken)
    target.files.put(UNDER_WAY, read.id.encode())
    read.close()
    target.files.put(f"rags/{team.rag_id}/documents/a.txt", b"Alice wor")
    target.store.create(team.dataset)
    target.store.put(team.dataset, team.dataset.facts, [b"<urn:s> <urn:p> <urn:o> .\n"])
    restore(target, SYSTEM, taken)
    assert everything(target, team.rag_id)["files"] == everything(team.parts, team.rag_id)["files"]
    assert not target.files.exists(UNDER_WAY)
    assert marker(target.store, team.dataset).version == 1


@pytest.fixture
def embedded(run_folder: Path, tmp_path: Path) -> Iterator[Parts]:
    with whole("embedded", run_folder, tmp_path / "here", "https://refusing.example/") as made:
        yield made


@pytest.fixture
def small(embedded: Parts, tmp_path: Path) -> Path:
    make_team(embedded)
    path = tmp_path / "small.zip"
    backup(embedded, SYSTEM, path)
    return path


def test_a_damaged_backup_is_refused_before_anything_is_written(embedded: Parts, small: Path) -> None:
    def refused(name: str, data: bytes) -> str:
        path = small.with_name(name)
        path.write_bytes(data)
        shutil.copy(secrets_of(small), secrets_of(path))
        with pytest.raises(Invalid) as no:
            restore(embedded, SYSTEM, path)
        return no.value.code

    whole_file = small.read_bytes()
    middle = whole_file.index(b"audit_event.jsonl") + 40
    flipped = whole_file[:middle] + bytes([whole_file[middle] ^ 1]) + whole_file[middle + 1 :]
    assert refused("flipped.zip", flipped) == "backup-damaged"
    assert refused("cut.zip", whole_file[: len(whole_file) // 2]) == "backup-damaged"
    assert refused("empty.zip", b"") == "backup-damaged"
    assert refused("text.zip", b"a backup, honestly" * 100) == "backup-damaged"
    with zipfile.ZipFile(small.with_name("other.zip"), "w") as other:
        other.writestr(MANIFEST, '{"format": 99, "release": "9.9"}')
    assert refused("other.zip", small.with_name("other.zip").read_bytes()) == "backup-format"
    with zipfile.ZipFile(small.with_name("bare.zip"), "w") as bare:
        bare.writestr(MANIFEST, "[]")
    assert refused("bare.zip", small.with_name("bare.zip").read_bytes()) == "backup-damaged"
    with zipfile.ZipFile(small.with_name("more.zip"), "w") as more, zipfile.ZipFile(small) as good:
        more.writestr("../stowaway", "x")
        for name in good.namelist():
            more.writestr(name, good.read(name))
    assert refused("more.zip", small.with_name("more.zip").read_bytes()) == "backup-damaged"


def test_other_tables_other_iris_and_other_secrets_are_refused(
    embedded: Parts, small: Path, run_folder: Path, tmp_path: Path
) -> None:
    with whole("embedded", run_folder, tmp_path / "there", "https://other.example/") as other:
        with pytest.raises(Invalid, match="FERAG_BASE_IRI"):
            restore(other, SYSTEM, small)
        with other.session() as db:
            db.execute(text("UPDATE alembic_version SET version_num = '0000'"))
            db.commit()
        with pytest.raises(Invalid) as refused:
            restore(other, SYSTEM, small)
        assert refused.value.code == "backup-other-release"
    with secrets_of(small).open("ab") as out:
        out.write(b'{"table": "user_account", "id": 1, "password_hash": "mine"}\n')
    with pytest.raises(Invalid) as refused:
        restore(embedded, SYSTEM, small)
    assert refused.value.code == "secrets-differ"
    with pytest.raises(Conflict) as there:
        backup(embedded, SYSTEM, small)
    assert there.value.code == "file-exists"


def test_what_cannot_be_written_leaves_nothing(embedded: Parts, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="no-folder"):
        backup(embedded, SYSTEM, tmp_path / "no-folder" / "a.zip")
    with publishing_paused(embedded):
        with pytest.raises(Conflict):
            backup(embedded, SYSTEM, tmp_path / "a.zip")
        assert not [p for p in tmp_path.iterdir() if "a.zip" in p.name]


def test_publishing_waits_for_the_pause_and_asking_does_not(team: Team) -> None:
    with publishing_paused(team.parts):
        versions.approve(team.parts, team.owner, team.rag_id, 2, all_=True)
        assert publishing.run(team.parts, team.cycle_id(2)) is None
        assert team.state(2) is CycleState.publishing
        assert questions.ask(team.parts, team.viewer, team.rag_id, QUESTION).version == 1
    assert publishing.run(team.parts, team.cycle_id(2)) is not None
    assert team.version() == 2
    with team.parts.session() as db:  # whoever held it died
        db.add(Pause(name="publishing", holder="dead", until=now()))
        db.commit()
    with publishing_paused(team.parts):
        pass


def test_a_backup_taken_while_others_publish_is_of_one_version(
    team: Team, target: Parts, tmp_path: Path
) -> None:
    stop, published = threading.Event(), threading.Event()
    world = World(team.dataset)

    def keep_publishing() -> None:
        n = 0
        while not stop.is_set():
            n += 1
            fact = replace(world.acme_founded, object=Literal(f"{1900 + n}-01-01"))
            number = team.review(Ontology((), (world.founded,)), (), (fact,))
            versions.approve(team.parts, team.owner, team.rag_id, number, all_=True)
            while publishing.run(team.parts, team.cycle_id(number)) is None:
                if stop.wait(0.05):
                    return
            published.set()

    thread = threading.Thread(target=keep_publishing)
    thread.start()
    try:
        for n in range(3):
            assert published.wait(60)
            published.clear()
            backup(team.parts, SYSTEM, tmp_path / f"{n}.zip")
    finally:
        stop.set()
        thread.join(60)
    last = tmp_path / "2.zip"
    restore(target, SYSTEM, last)
    there = replace(team, parts=target)
    version = marker(target.store, team.dataset).version
    assert version == there.version() > 1
    # the graph is what its deltas say, and so is its way back to the beginning
    undone = versions.difference(target, team.rag_id, version, 0)
    held = sum(dump.fingerprint(target.store, team.dataset, g).lines for g in team.dataset.approved)
    assert (len(undone.remove), len(undone.add)) == (held, 0)
    assert questions.ask(target, team.viewer, team.rag_id, QUESTION).version == version


def test_only_what_was_published_meanwhile_is_copied_in_the_pause(team: Team) -> None:
    def held() -> list[tuple[int, str]]:
        found = []
        for copied in copies.moment(team.dataset, ()):
            seen = Fingerprint()
            for some in dump.in_lines(copies.read(copied)):
                seen.add(some)
            found.append((seen.lines, seen.hash))
        return found

    def stands() -> list[tuple[int, str]]:
        graphs = (*team.dataset.approved, team.dataset.meta)
        seen = [dump.fingerprint(team.parts.store, team.dataset, g) for g in graphs]
        return [(f.lines, f.hash) for f in seen if f.lines]

    with tempfile.TemporaryFile() as spool:
        copies = Copies(team.parts.store, spool)
        copies.beforehand([team.dataset])
        size = spool.seek(0, 2)
        assert held() == stands()
        assert spool.seek(0, 2) == size > 0, "nothing was copied in the pause"
        publish(team, 2)
        assert held() == stands()
        assert spool.seek(0, 2) > size


def test_nothing_secret_stands_in_an_open_column() -> None:
    """A new column of such a name belongs into `rows.SECRET_…`, or here."""
    harmless = {"publish_token", "tokens_in", "tokens_out", "tokens", "cycle_tokens", "max_tokens"}
    names = {
        f"{table.name}.{column.name}"
        for table in rows.open_tables()
        for column in table.columns
        if any(w in column.name for w in ("hash", "password", "secret", "token", "salt", "otp"))
        and column.name not in {*harmless, *rows.SECRET_COLUMNS.get(table.name, ())}
    }
    assert names == set()
    assert {t.name for t in SQLModel.metadata.sorted_tables} >= rows.SECRET_TABLES - {"access_token"}
