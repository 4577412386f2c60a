"""GraphRAG tables: any version in, the same bytes out."""

import hashlib
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from rdflib import Literal

from kg import names
from kg.errors import BadInput
from kg.extract.between import said, spans
from kg.extract.tables import Tables, read_tables, write_tables
from kg.extract.tables_names import Named
from kg.extract.tables_quotes import apart
from kg.model import Entity, Resolution, TextUnit
from kg.resolve import resolve, wanted_keys
from kg.vocab import Dataset

DATASET = Dataset("https://kb.example/", 1)
TEXT = (
    "Alice Smith works at ACME Corporation as an engineer. She joined it in January 2020.\n\n"
    "The LightTable system uses PostgreSQL for storage. Bob Johnson left ACME in 2023."
)
FIRST, SECOND = TEXT.split("\n\n")
ENTITIES = [
    ("e1", "ALICE SMITH", "PERSON", "Alice Smith is an engineer", ["t1"]),
    ("e2", "ACME CORPORATION", "ORGANIZATION", "A firm", ["t1", "t2"]),
    ("e3", "LIGHT TABLE SYSTEM", "ORGANIZATION", "", ["t2"]),
    ("e4", "POSTGRESQL", "ORGANIZATION", "PostgreSQL is a database", ["t2"]),
    ("e5", "JANUARY 2020", "EVENT", "", ["t1"]),
    ("e6", "BOB JOHNSON", "PERSON", "", ["t2"]),
]
RELATIONS = [
    ("r1", "ALICE SMITH", "ACME CORPORATION", "Alice Smith works at ACME Corporation as an engineer", ["t1"]),
    ("r2", "POSTGRESQL", "LIGHT TABLE SYSTEM", "The LightTable system uses PostgreSQL for storage", ["t2"]),
    ("r3", "ALICE SMITH", "JANUARY 2020", "Alice Smith joined ACME Corporation in January 2020", ["t1"]),
    ("r4", "BOB JOHNSON", "ACME CORPORATION", "Bob Johnson and ACME Corporation are related.", ["t2"]),
    ("r5", "ALICE SMITH", "BOB JOHNSON", "Alice Smith is associated with Bob Johnson", ["t1", "t2"]),
]


def write(folder: Path, name: str, rows: list[dict[str, Any]]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(rows), folder / f"{name}.parquet")


def write_version(folder: Path, version: str) -> Path:
    """The same knowledge in the columns of 0.3, 1.0, 2.0 or 3.0."""
    old = version in ("0.3", "1.0")
    prefix = "create_final_" if old else ""
    title = "name" if version == "0.3" else "title"
    body = "raw_content" if version == "0.3" else "text"
    where = folder / "output" / "20240715-120000" / "artifacts" if version == "0.3" else folder
    document = {"id": "d", "title": "a.txt", body: TEXT, "text_unit_ids": ["t1", "t2"]}
    write(where, f"{prefix}documents", [document])
    units = [{"id": "t1", "text": FIRST, "n_tokens": 20}, {"id": "t2", "text": SECOND, "n_tokens": 18}]
    if version == "3.0":
        units = [{**u, "document_id": "d"} for u in units]
    else:
        units = [{**u, "document_ids": ["d"]} for u in units]
    write(where, f"{prefix}text_units", units)
    entities = [
        {
            "id": i,
            title: name,
            "type": kind,
            "description": [said] if version == "1.0" else said,
            "text_unit_ids": ",".join(of) if version == "0.3" else of,
        }
        for i, name, kind, said, of in ENTITIES
    ]
    write(where, f"{prefix}entities", entities)
    relations = [
        {"id": i, "source": s, "target": t, "description": d, "weight": 2.0, "text_unit_ids": of}
        for i, s, t, d, of in RELATIONS
    ]
    write(where, f"{prefix}relationships", relations)
    return folder


def facts(tables: Tables) -> set[tuple[str, str, str]]:
    return {
        (r.subject, r.predicate, r.object or str(r.value)) for e in tables.extractions for r in e.relations
    }


@pytest.mark.parametrize("version", ["0.3", "1.0", "2.0", "3.0"])
def test_every_version_says_the_same(tmp_path: Path, version: str) -> None:
    tables = read_tables(write_version(tmp_path, version))
    (document,) = tables.documents
    assert (document.name, document.text) == ("a.txt", TEXT)
    assert "".join(u.text for u in tables.units) == TEXT
    assert [u.number for u in tables.units] == [0, 1]
    assert facts(tables) == {
        ("Alice Smith", "works at", "ACME Corporation"),
        ("LightTable system", "uses", "PostgreSQL"),
        ("Alice Smith", "joined in", "2020-01"),
        ("Bob Johnson", "left", "ACME Corporation"),
    }
    first = tables.extractions[0]
    assert [(e.name, e.type) for e in first.entities] == [
        ("Alice Smith", "person"),
        ("ACME Corporation", "organization"),
    ]


def test_evidence_is_the_literal_text(tmp_path: Path) -> None:
    tables = read_tables(write_version(tmp_path, "2.0"))
    (document,) = tables.documents
    found = [e for x in tables.extractions for y in (*x.entities, *x.relations) for e in y.evidence]
    assert found
    assert all(document.text[e.start : e.end] == e.quote for e in found)
    units = {u.id: u for u in tables.units}
    assert all(units[e.unit_id].start <= e.start < e.end <= units[e.unit_id].end for e in found)
    works = next(r for x in tables.extractions for r in x.relations if r.predicate == "works at")
    assert works.evidence[0].quote == "Alice Smith works at ACME Corporation as an engineer."
    assert works.weight == 2.0


@pytest.mark.parametrize(
    ("sentence", "predicate", "expected"),
    [
        ("The Draft stage is part of Aurora", "part of", "In the Draft stage, clauses are gathered."),
        ("The Draft gathers Aurora", "gathers", ""),  # the text's "the Draft gathers" is of something else
        ("The Draft stage is part of Borealis", "part of", ""),  # the text does not know it
    ],
)
def test_a_thing_named_apart_from_the_other_is_quoted(sentence: str, predicate: str, expected: str) -> None:
    text = "Aurora has stages.\n\nIn the Draft stage, clauses are gathered.\n\nThe Draft gathers dust."
    unit = TextUnit("u", "d", "d.txt", 0, 0, len(text), text, 20, language="en")
    draft, other = (
        Named(name.upper(), name, "", "", (unit,)) for name in ("Draft", sentence.rsplit(maxsplit=1)[-1])
    )
    quote, _ = apart(sentence, predicate, draft, other, (unit,))
    assert (quote.quote if quote else "") == expected


def test_overlapping_chunks_are_cut_and_nothing_is_lost(tmp_path: Path) -> None:
    body = " ".join(f"Sentence {i} names Acme." for i in range(40))
    cuts = [(0, 400), (300, 700), (600, len(body))]
    write(tmp_path, "text_units", [{"id": f"t{i}", "text": body[a:b]} for i, (a, b) in enumerate(cuts)])
    write(
        tmp_path, "documents", [{"id": "d", "title": "x", "text": body, "text_unit_ids": ["t0", "t1", "t2"]}]
    )
    tables = read_tables(tmp_path)
    assert "".join(u.text for u in tables.units) == body
    assert len(tables.units) == 3


def test_without_documents_the_chunks_are_the_text(tmp_path: Path) -> None:
    write(tmp_path, "text_units", [{"id": "t", "text": "Ann founded Acme.", "document_ids": ["d"]}])
    relation = {"source": "ANN", "target": "ACME", "description": "", "text_unit_ids": ["t"]}
    write(tmp_path, "relationships", [relation])
    tables = read_tables(tmp_path)
    assert tables.documents[0].text == "Ann founded Acme."
    assert facts(tables) == {("Ann", "founded", "Acme")}


def test_what_is_no_graphrag_output_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"no text_units\.parquet"):
        read_tables(tmp_path)
    with pytest.raises(BadInput, match="not a folder"):
        read_tables(tmp_path / "nowhere")
    (tmp_path / "text_units.parquet").write_bytes(b"PAR1 no more")
    with pytest.raises(BadInput, match="can be read"):
        read_tables(tmp_path)


def test_hostile_rows_are_left_out(tmp_path: Path) -> None:
    body = "Ann likes Bob. \x00 (a+)+$ Ann."
    write(tmp_path, "text_units", [{"id": "t", "text": body, "document_ids": ["d"]}])
    rows = [
        {"id": str(i), "title": title, "type": "PERSON", "description": None, "text_unit_ids": ["t", "gone"]}
        for i, title in enumerate(["ANN", "", None, "x" * 5000, "(a+)+$", "ANN", "\x00\x01"])
    ]
    write(tmp_path, "entities", rows)
    write(
        tmp_path,
        "relationships",
        [
            {"source": s, "target": t, "description": d, "weight": float("nan"), "text_unit_ids": ["t"]}
            for s, t, d in [("ANN", "ANN", "Ann is Ann"), (None, "BOB", "x"), ("ANN", "BOB", "Ann " * 400)]
        ],
    )
    tables = read_tables(tmp_path)
    assert [e.name for e in tables.extractions[0].entities][:1] == ["Ann"]
    assert all(r.weight == 1.0 for r in tables.extractions[0].relations)


# ---- predicates


@pytest.mark.parametrize(
    ("sentence", "a", "b", "expected"),
    [
        (
            "Alice Smith works at ACME Corporation as a senior engineer",
            "Alice Smith",
            "ACME Corporation",
            "a works at",
        ),
        ("Microsoft developed the Riemann system", "Riemann", "Microsoft", "b developed"),
        ("LM Studio is used by FERAG for inference", "FERAG", "LM Studio", "b used by"),
        ("TechCorp is a competitor of ACME in the market", "TechCorp", "ACME", "a competitor of"),
        ("TechCorp and ACME are partners in the venture", "TechCorp", "ACME", "a partner of"),
        (
            "Bob earned his PhD in Physics from Stanford University",
            "Bob",
            "Stanford University",
            "a earned PhD from",
        ),
        ("Berlin is a city located in Germany", "Berlin", "Germany", "a located in"),
        (
            "Riemann integral created by Bernhard Riemann",
            "Riemann integral",
            "Bernhard Riemann",
            "a created by",
        ),
        ("The editor of Nature is Ann Lee", "Nature", "Ann Lee", "a has editor"),
        ("Ann no longer heads the Oslo office", "Ann", "Oslo", "a no longer heads"),
        ("Ann does not head the Oslo office", "Ann", "Oslo", ""),
        ("Ann may join Acme", "Ann", "Acme", ""),
        ("Ann and Acme have a strong relationship", "Ann", "Acme", ""),
        ("Ann is Bob", "Ann", "Bob", ""),
    ],
)
def test_english_predicates(sentence: str, a: str, b: str, expected: str) -> None:
    found = said(sentence, spans(sentence, [a]), spans(sentence, [b]))
    assert [f"{f.subject} {f.predicate}" for f in found][:1] == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("sentence", "a", "b", "expected"),
    [
        ("Анна Петрова работает в компании «Ромашка» инженером.", "Анна Петрова", "Ромашка", "a работает в"),
        ("Компания «Ромашка» основана Анной Петровой в 2010 году.", "Ромашка", "Анна Петрова", "b основал"),
        ("Берлин является столицей Германии.", "Берлин", "Германия", "a столица"),
    ],
)
def test_russian_predicates(sentence: str, a: str, b: str, expected: str) -> None:
    found = said(sentence, spans(sentence, [a]), spans(sentence, [b]), "ru")
    assert [f"{f.subject} {f.predicate}" for f in found][:1] == [expected]


def test_former_and_when() -> None:
    sentence = "Bob previously worked at ACME from 2018 to 2023"
    (found,) = said(sentence, spans(sentence, ["Bob"]), spans(sentence, ["ACME"]))
    assert (found.predicate, found.former, found.period.start, found.period.end) == (
        "worked at",
        True,
        "2018",
        "2023",
    )


# ---- out


def resolved(tables: Tables, approved: Resolution = Resolution()) -> Resolution:  # noqa: B008
    by_key: dict[str, list[Entity]] = {}
    for e in approved.entities:
        entity = Entity(e.iri, e.label, e.language, (), e.aliases, e.description, e.evidence)
        for key in {k for n in (e.label, *e.aliases) for k in names.keys(n)}:
            by_key.setdefault(key, []).append(entity)
    wanted = wanted_keys(tables.extractions)
    return resolve(
        DATASET, tables.extractions, tables.units, {k: tuple(v) for k, v in by_key.items() if k in wanted}
    )


def checksums(folder: Path) -> dict[str, str]:
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.iterdir())}


def test_tables_are_written_alike_each_time_and_can_be_read_again(tmp_path: Path) -> None:
    tables = read_tables(write_version(tmp_path / "in", "2.0"))
    problem = {tables.units[0].id: "model-cut"}
    for name in ("a", "b"):
        found = resolved(tables)
        write_tables(tmp_path / name, tables.documents, tables.units, problem, found)
    assert checksums(tmp_path / "a") == checksums(tmp_path / "b")
    assert set(checksums(tmp_path / "a")) == {
        f"{t}.parquet"
        for t in (
            "documents",
            "text_units",
            "entities",
            "relationships",
            "covariates",
            "communities",
            "community_reports",
        )
    }
    units = pq.read_table(tmp_path / "a" / "text_units.parquet").to_pylist()
    assert {u["id"]: u["problem"] for u in units if u["problem"]} == problem
    again = read_tables(tmp_path / "a")
    assert [d.text for d in again.documents] == [TEXT]
    assert {f for f in facts(again) if "2020" not in f[2]} == {f for f in facts(tables) if "2020" not in f[2]}
    claims = pq.read_table(tmp_path / "a" / "covariates.parquet").to_pylist()
    assert [(c["subject_id"], c["type"], c["value"]) for c in claims] == [
        (
            "Alice Smith",
            "joined in",
            Literal("2020-01", datatype="http://www.w3.org/2001/XMLSchema#gYearMonth").n3(),
        )
    ]
    entities = pq.read_table(tmp_path / "a" / "entities.parquet").to_pylist()
    reports = pq.read_table(tmp_path / "a" / "community_reports.parquet").to_pylist()
    groups = pq.read_table(tmp_path / "a" / "communities.parquet").to_pylist()
    assert groups
    assert {i for c in groups for i in c["entity_ids"]} <= {e["id"] for e in entities}
    assert reports[0]["summary"]


def test_an_empty_resolution_can_be_written(tmp_path: Path) -> None:
    write_tables(tmp_path, (), (), {}, Resolution())
    assert pq.read_table(tmp_path / "entities.parquet").num_rows == 0


# ---- the lab's two cycles


def test_the_two_cycles_of_the_lab(shared: Path) -> None:
    first = read_tables(shared / "corpora" / "ferag" / "cycle1" / "output")
    one = resolved(first)
    found = {e.label: e for e in one.entities}
    graphrag = found["GraphRAG"]
    assert {"GRAPH RAG SYSTEM", "GraphRAG system"} <= set(graphrag.aliases)
    assert any({m.keep_label, m.drop_label} == {"GraphRAG", "GraphRAG project"} for m in one.merges)
    assert "Cypher" in found  # CYPER in the table
    assert "Apache Jena Fuseki" in found
    assert not any(e.label.startswith("January") for e in one.entities)
    second = read_tables(shared / "corpora" / "ferag" / "cycle2" / "output")
    two = resolved(second, one)
    both = {e.label: e for e in two.entities if e.approved}
    for label in ("Alice Smith", "Bob Johnson", "ACME Corporation", "TechCorp", "Ollama", "Apache AGE"):
        assert both[label].iri == found[label].iri
    assert "GraphRAG" in both
    quoted = [bool(r.evidence) for t in (first, second) for e in t.extractions for r in e.relations]
    assert sum(quoted) >= 0.97 * len(quoted)
