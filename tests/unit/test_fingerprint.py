"""One form of a line, and a hash that does not ask in which order lines come."""

import random

import pyoxigraph
import pytest
from rdflib import URIRef

from kg.fingerprint import Fingerprint
from kg.store import dump

GRAPH = URIRef("urn:g")
DOUBLE = b"^^<http://www.w3.org/2001/XMLSchema#double> .\n"


def of(*lines: bytes) -> tuple[int, str]:
    """Added in two portions, in another order."""
    shuffled = random.Random(len(lines)).sample(lines, len(lines))
    made = Fingerprint()
    made.add(shuffled[:1])
    made.add(shuffled[1:])
    return made.lines, made.hash


def test_order_does_not_matter_and_everything_else_does() -> None:
    lines = [f"line {n}".encode() for n in range(100)]
    made = Fingerprint()
    made.add(lines)
    assert of(*lines) == (100, made.hash)
    assert of(*lines[1:])[1] != made.hash
    assert of(*lines[1:], b"line 0 ")[1] != made.hash
    assert Fingerprint().hash == "0" * 64


AS_STORES_WRITE_IT = {
    "plain": (b'<a:s> <a:p> "caf\xc3\xa9" .\n', b'<a:s> <a:p> "caf\xc3\xa9" .\n'),
    "escaped letters": (b'<a:s> <a:p> "caf\\u00E9" .\n', b'<a:s> <a:p> "caf\xc3\xa9" .\n'),
    "raw tab": (b'<a:s> <a:p> "a\tb" .\n', b'<a:s> <a:p> "a\\tb" .\n'),
    "raw delete": (b'<a:s> <a:p> "a\x7fb" .\n', b'<a:s> <a:p> "a\\u007Fb" .\n'),
    "an end inside": (b'<a:s> <a:p> " .\\n<urn:g> .\\n" .\n', b'<a:s> <a:p> " .\\n<urn:g> .\\n" .\n'),
    "Oxigraph's number": (
        b'<a:s> <a:p> "0.5"^^<http://www.w3.org/2001/XMLSchema#double> .\n',
        b'<a:s> <a:p> "0.5"^^<http://www.w3.org/2001/XMLSchema#double> .\n',
    ),
    "Jena's number": (
        b'<a:s> <a:p> "0.5e0"^^<http://www.w3.org/2001/XMLSchema#double> .\n',
        b'<a:s> <a:p> "0.5"^^<http://www.w3.org/2001/XMLSchema#double> .\n',
    ),
    "quotes": (b'<a:s> <a:p> "\\"x\\" \\\\ y"@en .\n', b'<a:s> <a:p> "\\"x\\" \\\\ y"@en .\n'),
}


@pytest.mark.parametrize(("written", "line"), AS_STORES_WRITE_IT.values(), ids=AS_STORES_WRITE_IT)
def test_both_stores_lines_are_one(written: bytes, line: bytes) -> None:
    plain = b"<a:x> <a:y> <a:z> .\n"
    assert dump.canonical(plain + written + plain) == [plain, line, plain]


@pytest.mark.parametrize("line", [line for _, line in AS_STORES_WRITE_IT.values()], ids=AS_STORES_WRITE_IT)
def test_quads_and_back(line: bytes) -> None:
    quads = dump.to_quads([line, line], GRAPH)
    assert {q.graph_name for q in pyoxigraph.parse(quads, pyoxigraph.RdfFormat.N_QUADS)} == {
        pyoxigraph.NamedNode(GRAPH)
    }
    cut = [quads[n : n + 7] for n in range(0, len(quads), 7)]
    assert b"".join(dump.to_triples(cut, GRAPH)) == line + line
