"""Files of every kind that can be read, each made here: a heading, a table, a list, Russian and English."""

import datetime
import io
import zipfile
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import docx
import odfdo
import openpyxl
import pptx
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Table

HEADING, SECOND = "Договор поставки", "Prices"
SENTENCE = "Анна Смит работает в компании АКМЕ."
ENGLISH = "Bob Johnson leads the project."
ROWS = [["Товар", "Price"], ["Болт", "5"], ["Гайка", "7"]]
ITEMS = ["первый пункт", "second item"]
FONT = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
HTML = f"""<h1>{HEADING}</h1><p>Анна <b>Смит</b> работает в <a href='/x'>компании АКМЕ</a>.</p>
<ul><li>{ITEMS[0]}</li><li>{ITEMS[1]}</li></ul><h2>{SECOND}</h2><p>{ENGLISH}</p>
<table><tr><th>{ROWS[0][0]}</th><th>{ROWS[0][1]}</th></tr><tr><td>{ROWS[1][0]}</td><td>{ROWS[1][1]}</td></tr>
<tr><td>{ROWS[2][0]}</td><td>{ROWS[2][1]}</td></tr></table>"""


def word() -> bytes:
    made = docx.Document()
    made.add_heading(HEADING, 1)
    made.add_paragraph(SENTENCE)
    for item in ITEMS:
        made.add_paragraph(item, style="List Bullet")
    made.add_heading(SECOND, 2)
    made.add_paragraph(ENGLISH)
    table = made.add_table(len(ROWS), 2)
    for r, row in enumerate(ROWS):
        for c, value in enumerate(row):
            table.cell(r, c).text = value
    return _saved(made.save)


def slides() -> bytes:
    made = pptx.Presentation()
    one = made.slides.add_slide(made.slide_layouts[1])
    one.shapes.title.text = HEADING
    one.placeholders[1].text = f"{SENTENCE}\n{ITEMS[0]}"
    one.notes_slide.notes_text_frame.text = "Слова докладчика"
    two = made.slides.add_slide(made.slide_layouts[5])
    two.shapes.title.text = SECOND
    table = two.shapes.add_table(len(ROWS), 2, 0, 0, 5_000_000, 1_000_000).table
    for r, row in enumerate(ROWS):
        for c, value in enumerate(row):
            table.cell(r, c).text = value
    return _saved(made.save)


def workbook() -> bytes:
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.title = HEADING
    for row in [*ROWS, [SENTENCE, datetime.date(2024, 5, 1)]]:
        sheet.append(row)
    made.create_sheet(SECOND).append([ENGLISH, 3.5])
    return _saved(made.save)


def opendocument() -> bytes:
    made = odfdo.Document("text")
    made.body.clear()
    made.body.append(odfdo.Header(1, HEADING))
    made.body.append(odfdo.Paragraph(SENTENCE))
    made.body.append(odfdo.List(ITEMS))
    made.body.append(odfdo.Header(2, SECOND))
    made.body.append(odfdo.Paragraph(ENGLISH))
    table = odfdo.Table("Prices")
    table.set_values(ROWS)
    made.body.append(table)
    return _saved(made.save)


def pdf(password: str = "") -> bytes:
    pdfmetrics.registerFont(TTFont("DejaVu", str(FONT)))
    styles = getSampleStyleSheet()
    for name in ("Normal", "Heading1"):
        styles[name].fontName = "DejaVu"
    out = io.BytesIO()
    SimpleDocTemplate(out, encrypt=StandardEncryption(password) if password else None).build(
        [
            Paragraph(HEADING, styles["Heading1"]),
            Paragraph(f"{SENTENCE} " * 5, styles["Normal"]),
            Table(ROWS, style=[("FONT", (0, 0), (-1, -1), "DejaVu"), ("GRID", (0, 0), (-1, -1), 1, "black")]),
            PageBreak(),
            Paragraph(SECOND, styles["Heading1"]),
            Paragraph(ENGLISH, styles["Normal"]),
        ]
    )
    return out.getvalue()


def scan() -> bytes:
    """A page that is only a picture of words."""
    picture = Image.new("L", (1240, 400), 255)
    font = ImageFont.truetype(str(FONT), 44)
    ImageDraw.Draw(picture).text((60, 80), f"{SENTENCE}\n{ENGLISH}", fill=0, font=font)
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(620, 200))
    canvas.drawInlineImage(picture, 0, 0, 620, 200)
    canvas.save()
    return out.getvalue()


def rich() -> bytes:
    def cyrillic(text: str) -> str:
        return "".join(c if c < "\x80" else f"\\'{c.encode('cp1251').hex()}" for c in text)

    rows = "".join(rf"\trowd\cellx2000\cellx4000 {cyrillic(a)}\cell {cyrillic(b)}\cell\row" for a, b in ROWS)
    return (
        rf"{{\rtf1\ansi\ansicpg1251{{\fonttbl\f0 Times;}}\f0 {cyrillic(HEADING)}\par "
        rf"{cyrillic(SENTENCE)}\par {ENGLISH}\par {rows}}}"
    ).encode("ascii")


def page(encoding: str = "utf-8") -> bytes:
    head = f"<meta charset='{encoding}'><title>T</title><style>p{{}}</style><script>alert('x')</script>"
    return f"<!doctype html><html><head>{head}</head><body>{HTML}</body></html>".encode(encoding)


def book() -> bytes:
    container = (
        '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0"><rootfiles>'
        '<rootfile full-path="b.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
    )
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0"><manifest>'
        '<item id="a" href="a.xhtml" media-type="application/xhtml+xml"/></manifest>'
        '<spine><itemref idref="a"/></spine></package>'
    )
    text = f'<html xmlns="http://www.w3.org/1999/xhtml"><body>{HTML}</body></html>'
    return zipped(
        {
            "mimetype": b"application/epub+zip",
            "META-INF/container.xml": container.encode(),
            "b.opf": package.encode(),
            "a.xhtml": text.encode(),
        }
    )


def letter() -> bytes:
    made = EmailMessage()
    made["Subject"], made["From"], made["To"] = HEADING, "Анна <a@example.org>", "b@example.org"
    made["Date"] = "Mon, 05 May 2025 10:00:00 +0300"
    made.set_content(f"{SENTENCE}\n{ENGLISH}\n")
    made.add_alternative(HTML, subtype="html")
    return bytes(made)


def zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def _saved(save: Callable[[io.BytesIO], object]) -> bytes:
    out = io.BytesIO()
    save(out)
    return out.getvalue()


TABLE = "\n".join(";".join(row) for row in ROWS)
MARKDOWN = (
    f"# {HEADING}\n\n{SENTENCE}\n\n- {ITEMS[0]}\n- {ITEMS[1]}\n\n## {SECOND}\n\n{ENGLISH}\n\n"
    "| Товар | Price |\n| --- | --- |\n| Болт | 5 |\n| Гайка | 7 |\n"
)
XML = (
    f'<?xml version="1.0" encoding="windows-1251"?><договор номер="5"><сторона>{SENTENCE}</сторона>'
    f"<note>{ENGLISH}</note></договор>"
).encode("cp1251")
JSON = f'{{"{HEADING}": {{"сторона": "{SENTENCE}", "items": ["{ITEMS[0]}"]}}, "note": "{ENGLISH}"}}'.encode()
CODE = f'# {ENGLISH}\ndef price() -> int:\n    """{SENTENCE}"""\n    return 5\n'.encode()
