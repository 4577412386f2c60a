"""Pages that are pictures, read by Tesseract if it is installed: rendered by pypdfium2, a page at a time."""

import shutil
import subprocess
from io import BytesIO

import pypdfium2

from kg.model import Mark
from kg.text.formats.structure import DAMAGED, SCANNED, Converted

PAGES = 100  # at most: a scanned book is split by people
PAGE_SECONDS = 20
DOTS = 200  # per inch
_WANTED = ("rus", "eng")


def languages() -> str:
    """What Tesseract here can read, as its option says it; "" if it is not installed."""
    program = shutil.which("tesseract")
    if not program:
        return ""
    said = subprocess.run([program, "--list-langs"], capture_output=True, text=True, check=False).stdout
    return "+".join(wanted for wanted in _WANTED if wanted in said.split())


def recognise(data: bytes) -> Converted:
    """The text of a scanned PDF's pages, each with its mark."""
    known = languages()
    if not known:
        return Converted(problem=SCANNED)
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError:
        return Converted(problem=DAMAGED)
    text, marks = "", []
    for number in range(min(len(document), PAGES)):
        read = _page(document[number], known)
        if read:
            marks.append(Mark(len(text), page=number + 1))
            text += f"{read}\n\n"
    return Converted(text, tuple(marks)) if text else Converted(problem=SCANNED)


def _page(page: pypdfium2.PdfPage, known: str) -> str:
    width, height = page.get_size()
    scale = min(DOTS / 72, 4000 / max(width, height, 1))  # a page may claim to be as large as a house
    picture = BytesIO()
    page.render(scale=scale, grayscale=True).to_pil().save(picture, "PNG")
    try:
        done = subprocess.run(
            ["tesseract", "stdin", "stdout", "-l", known],  # the one that `languages` found
            input=picture.getvalue(),
            capture_output=True,
            timeout=PAGE_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return ""
    return done.stdout.decode("utf-8", "replace").replace("\f", "").strip()
