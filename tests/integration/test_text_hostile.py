"""Sixty broken and hostile files: each is read or refused in a sentence, within a minute and 1 GiB."""

import io
import random
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterable, Iterator
from itertools import repeat
from pathlib import Path

import pytest

from kg.errors import Unreadable
from kg.text.formats.sandbox import MEMORY, ROOT, SECONDS
from kg.text.read import read
from tests import samples

SECRET = "root:"
ENTITY = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
LAUGHS = "<!DOCTYPE x [<!ENTITY a0 'ha'>{}]>".format(
    "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 12))
)
MADE = {
    "docx": samples.word,
    "pptx": samples.slides,
    "xlsx": samples.workbook,
    "odt": samples.opendocument,
    "pdf": samples.pdf,
    "rtf": samples.rich,
    "epub": samples.book,
    "eml": samples.letter,
}


def with_member(original: bytes, member: str, data: bytes, more: Iterable[bytes] = ()) -> bytes:
    """The same archive with one member's content exchanged."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(original)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            with new.open(name, "w") as written:
                for piece in (data, *more) if name == member else [old.read(name)]:
                    written.write(piece)
    return out.getvalue()


def files() -> Iterator[tuple[str, bytes]]:
    chance = random.Random(7)
    for ending, make in MADE.items():
        whole = make()
        yield f"half.{ending}", whole[: len(whole) // 2]
        yield f"head.{ending}", whole[:600]
        for n in range(2):
            bent = bytearray(whole)
            for _ in range(40):
                bent[chance.randrange(min(50, len(bent) // 2), len(bent))] = chance.randrange(256)
            yield f"bent-{n}.{ending}", bytes(bent)
    word, body = samples.word(), "word/document.xml"
    tag = '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    text = "<w:body><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:body></w:document>"
    yield "bomb.docx", with_member(word, body, (tag + "<w:p>").encode(), repeat(b"a" * 10**6, 400))
    yield "wide.docx", with_member(word, body, (tag + "<w:body>" + "<w:p/>" * 3_000_000).encode())
    yield "deep.docx", with_member(word, body, (tag + "<w:body>" + "<w:tbl><w:tr><w:tc>" * 100_000).encode())
    yield "entity.docx", with_member(word, body, (ENTITY + tag + text.format("&e;")).encode())
    yield "laughs.docx", with_member(word, body, (LAUGHS + tag + text.format("&a11;")).encode())
    yield "members.docx", samples.zipped({f"word/{n}": b"" for n in range(12_000)} | {body: b""})
    yield "entity.odt", with_member(samples.opendocument(), "content.xml", f"{ENTITY}<x>&e;</x>".encode())
    yield "entity.epub", with_member(samples.book(), "a.xhtml", f"{ENTITY}<html><p>&e;</p></html>".encode())
    yield "outside.epub", samples.zipped({"mimetype": b"application/epub+zip", "../../x": b"x"})
    sheet = "xl/worksheets/sheet1.xml"
    yield (
        "far.xlsx",
        with_member(
            samples.workbook(),
            sheet,
            b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
            b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>',
        ),
    )
    yield "locked.pdf", samples.pdf("secret")
    yield "entity.xml", f'<?xml version="1.0"?>{ENTITY}<x>&e;</x>'.encode()
    yield "laughs.xml", f'<?xml version="1.0"?>{LAUGHS}<x>&a11;</x>'.encode()
    yield "deep.xml", b"<?xml version='1.0'?>" + b"<a>" * 200_000
    yield "deep.html", b"<html>" + b"<div>" * 200_000 + b"x"
    yield "attributes.html", b"<html><p " + b"a=1 " * 500_000 + b">x"
    yield "deep.json", b"[" * 200_000 + b"]" * 200_000
    yield "long.json", b'{"a": "' + b"x" * 5_000_000 + b'"}'
    yield "wide.csv", b"a;" * 500_000 + b"\n" + b"1;" * 500_000
    yield "deep.rtf", b"{\\rtf1 " + b"{" * 300_000
    yield "letters.eml", b"From: a\nTo: b\n" + b"X: y\n" * 100_000 + b"\nHello there."
    parts = "".join(f"--b{n}\nContent-Type: multipart/mixed; boundary=b{n + 1}\n\n" for n in range(2_000))
    yield (
        "nested.eml",
        f"From: a\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b0\n\n{parts}".encode(),
    )
    yield "loop.pdf", b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 1 0 R>>endobj\ntrailer<</Root 1 0 R>>"
    for magic in (
        b"%PDF-1.7\n",
        b"PK\x03\x04",
        b"{\\rtf1",
        b"\xd0\xcf\x11\xe0",
        b"\x89PNG",
        b"MZ\x00",
        b"Rar!",
    ):
        yield f"junk-{magic[:2].hex()}.bin", magic + chance.randbytes(5_000)
    yield "nothing.txt", b" \n"


FILES = dict(files())


def test_there_are_sixty() -> None:
    assert len(FILES) >= 60


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_read_or_refused(name: str) -> None:
    began = time.monotonic()
    try:
        said = read(FILES[name], name, "d").text
    except Unreadable as e:
        said = e.why
        assert 10 < len(said) < 120  # either outcome is right
    assert not any(word in said for word in (SECRET, "Error", "Traceback"))
    assert time.monotonic() - began < SECONDS + 5


READ = """
import resource, sys
from pathlib import Path
from kg.errors import Unreadable
from kg.text.read import read
for file in sys.argv[1:]:
    try:
        read(Path(file).read_bytes(), file, "d")
    except Unreadable:
        pass
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024)
"""


def test_none_takes_more_memory_than_it_may(tmp_path: Path) -> None:
    """By a small process: a child's peak begins with that of its parent."""
    heavy = [name for name in FILES if name.startswith(("bomb", "wide", "deep", "laughs", "long", "nested"))]
    for name in heavy:
        (tmp_path / name).write_bytes(FILES[name])
    command = [sys.executable, "-c", READ, *(str(tmp_path / name) for name in heavy)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    assert 0 < int(done.stdout) <= MEMORY
