"""Files as people have them: each that cannot be taken gets its sentence, and the others are taken."""

import io
import itertools
import os
from collections.abc import Iterator

import pytest
from sqlmodel import select

from jobs import pipeline
from portal import document_list, documents
from portal.access import Actor
from portal.documents import Upload
from portal.errors import Forbidden, Invalid, NotFound
from portal.incoming import clean_name
from portal.models import CycleState, Member, Revision, Role, User
from portal.wiring import Parts
from tests.installation import Installation
from tests.samples import zipped


@pytest.fixture
def kind() -> str:
    return "embedded"  # what an upload meets is the same on both


class Zeros(io.RawIOBase):
    """A stream of so many letters, made as it is read."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.left = size

    def read(self, size: int = -1) -> bytes:
        piece = min(self.left, 2**16 if size < 0 else size)
        self.left -= piece
        return b"a" * piece


def sentence(here: Installation, name: str, content: bytes) -> str:
    receipt = documents.upload(here.parts, here.actor, here.rag, [Upload(name, content)])
    assert (receipt.cycle, receipt.accepted) == (None, ())
    return receipt.refused[0].why


def test_what_cannot_be_taken_is_said(installation: Installation) -> None:
    here = installation
    assert sentence(here, "empty.txt", b"") == "empty.txt is empty."
    assert "program.txt" in sentence(here, "program.txt", b"\x7fELF\x02\x01\x01" + os.urandom(5000))
    assert "picture.txt" in sentence(here, "picture.txt", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20)
    assert "255" in sentence(here, "n" * 300 + ".txt", b"text")
    assert here.parts.files.keys(f"rags/{here.rag}") == ()


def test_200_megabytes_are_refused_without_being_kept(installation: Installation) -> None:
    here = installation
    stream = Zeros(200 * 2**20)
    receipt = documents.upload(here.parts, here.actor, here.rag, [Upload("big.txt", stream)])  # type: ignore[arg-type]
    assert receipt.refused[0].why == "big.txt is larger than 50 MB, the largest file that may be uploaded."
    assert stream.left > 100 * 2**20, "it was read to the end"
    assert here.parts.files.keys(f"rags/{here.rag}") == ()


def test_encodings_are_understood(installation: Installation) -> None:
    here = installation
    text = "Алиса Смит работает в компании «Рога и копыта». Она живёт в Москве с 2015 года."
    receipt = documents.upload(
        here.parts,
        here.actor,
        here.rag,
        [
            Upload("cp1251.txt", (text + " Раз.").encode("cp1251")),
            Upload("utf16.txt", (text + " Два.").encode("utf-16")),
            Upload("bom.txt", (text + " Три.").encode("utf-8-sig")),
            Upload("mojibake.txt", (text + " Четыре.").encode().decode("cp1252", "replace").encode()),
        ],
    )
    assert len(receipt.accepted) >= 3
    pipeline.run_cycle(here.parts, here.view(1).id, lambda: False)
    assert here.view(1).state is CycleState.review
    listed = {d.name: d for d in document_list.everything(here.parts, here.actor, here.rag)}
    for name in ("cp1251.txt", "utf16.txt", "bom.txt"):
        read = documents.text(here.parts, here.actor, here.rag, listed[name].revision)
        assert read.text.startswith(text), name
        assert listed[name].language == "ru"


def test_the_same_file_twice(installation: Installation) -> None:
    here = installation
    first = here.upload(a_txt="Alice works at ACME.", b_txt="Alice works at ACME.")
    assert (first.accepted, first.refused[0].code) == (("a.txt",), "twice")
    again = here.upload(a_txt="Alice works at ACME.")
    assert (again.cycle, again.refused[0].code) == (None, "already-there")
    other = here.upload(a_txt="Alice works at TechCorp now.")
    assert (other.cycle, other.accepted) == (2, ("a.txt",))
    (listed,) = document_list.everything(here.parts, here.actor, here.rag)
    assert (listed.name, listed.number) == ("a.txt", 2)


def test_a_refused_cycle_may_be_uploaded_again(installation: Installation) -> None:
    here = installation
    from portal import cycles

    here.upload(a_txt="Alice works at ACME.")
    cycles.cancel(here.parts, here.actor, here.rag, 1)
    assert here.upload(a_txt="Alice works at ACME.").accepted == ("a.txt",)


def test_2_megabytes_in_one_line_are_split(installation: Installation) -> None:
    here = installation
    from jobs import reading
    from portal.models import Unit

    line = "Alice Smith works at ACME Corporation and lives in Boston. " * 35_000
    here.upload(line_txt=line[: 2 * 2**20])
    real = pipeline.STEPS
    view = here.view(1)
    work = pipeline._next(here.parts, view.id, lambda: False)
    assert work is not None
    reading.read_all(work)
    assert real is pipeline.STEPS
    with here.parts.session() as db:
        units = db.exec(select(Unit).where(Unit.cycle_id == view.id).order_by(Unit.number)).all()  # type: ignore[arg-type]
        revision = db.exec(select(Revision).where(Revision.cycle_id == view.id)).one()
    assert len(units) > 1000
    assert units[0].start == 0
    assert units[-1].end == revision.characters
    assert all(a.end == b.start for a, b in itertools.pairwise(units))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\docs\\plan.txt", "plan.txt"),
        ("a\u202etxt.exe", "atxt.exe"),
        ("line\nbreak\x00.txt", "linebreak.txt"),
        ("/", "unnamed"),
        ("й.txt", "й.txt"),
    ],
)
def test_names_are_cleaned(given: str, kept: str) -> None:
    assert clean_name(given) == kept


def test_originals_come_back_as_they_were(installation: Installation) -> None:
    here = installation
    content = "Алиса".encode("cp1251")
    here.upload(a_txt=content)
    (listed,) = document_list.everything(here.parts, here.actor, here.rag)
    name, _, stream = documents.original(here.parts, here.actor, here.rag, listed.revision)
    with stream:
        assert (name, stream.read()) == ("a.txt", content)
    with pytest.raises(NotFound):
        documents.original(here.parts, here.actor, here.rag, "0" * 16)
    with pytest.raises(NotFound):
        documents.text(here.parts, here.actor, here.rag, listed.revision)


@pytest.fixture
def others(installation: Installation) -> Iterator[tuple[Parts, Actor, Actor]]:
    """A viewer and a stranger."""
    here = installation
    with here.parts.session() as db:
        viewer, stranger = User(email="vic@example.org"), User(email="sam@example.org")
        db.add_all([viewer, stranger])
        db.flush()
        assert viewer.id is not None
        db.add(Member(rag_id=here.rag, user_id=viewer.id, role=Role.viewer))
        db.commit()
        yield here.parts, Actor(viewer.id, viewer.email), Actor(stranger.id, stranger.email)


def test_who_may_not_upload(installation: Installation, others: tuple[Parts, Actor, Actor]) -> None:
    parts, viewer, stranger = others
    given = [Upload("a.txt", b"Alice works at ACME.")]
    with pytest.raises(Forbidden):
        documents.upload(parts, viewer, installation.rag, given)
    with pytest.raises(NotFound):
        documents.upload(parts, stranger, installation.rag, given)
    with pytest.raises(NotFound):
        document_list.everything(parts, stranger, installation.rag)
    with pytest.raises(Invalid):
        documents.upload(parts, installation.actor, installation.rag, [])
    assert document_list.everything(parts, viewer, installation.rag) == ()


def test_a_zip_is_the_files_that_it_holds(installation: Installation) -> None:
    here = installation
    inner = zipped({"a.txt": b"Ann Lee works at Kite."})
    archive = zipped(
        {
            "contracts/one.txt": b"Ann Lee works at Kite.",
            "contracts/two/one.txt": b"Bob Ray founded Rim Works.",
            "contracts/picture.txt": b"\x89PNG\r\n\x1a\n",
            "../../outside.md": b"# Rim Works",
            "again.txt": b"Ann Lee works at Kite.",
            "more.zip": inner,
            "__MACOSX/x.txt": b"x",
            ".hidden": b"x",
            "folder/": b"",
        }
    )
    receipt = documents.upload(here.parts, here.actor, here.rag, [Upload("library.zip", archive)])
    assert receipt.accepted == ("contracts/one.txt", "contracts/two/one.txt", "outside.md")
    assert [(r.name, r.code) for r in receipt.refused] == [
        ("contracts/picture.txt", "unreadable"),
        ("more.zip", "unreadable"),
        ("again.txt", "twice"),
    ]
    assert here.parts.files.keys(f"rags/{here.rag}/incoming") == ()


def test_names_in_a_zip_of_a_russian_windows(installation: Installation) -> None:
    here = installation
    name = "Договоры поставки.txt"
    archive = zipped({"x" * len(name.encode("cp866")): b"Ann Lee works at Kite."})
    archive = archive.replace(b"x" * len(name.encode("cp866")), name.encode("cp866"))
    receipt = documents.upload(here.parts, here.actor, here.rag, [Upload("a.zip", archive)])
    assert receipt.accepted == (name,)


def test_zips_that_are_none_or_too_much(installation: Installation) -> None:
    here = installation
    assert sentence(here, "empty.zip", zipped({})) != ""
    assert "damaged" in sentence(here, "half.zip", zipped({"a.txt": os.urandom(5000)})[:3000])
    assert "unfolds" in sentence(here, "bomb.zip", zipped({"a.txt": b"a" * 2**25}))
    broken = zipped({"a.txt": b"Ann Lee works at Kite." * 99})
    broken = broken[:45] + b"\xff\xff\xff" + broken[48:]
    assert "a.txt is damaged" in sentence(here, "broken.zip", broken)
