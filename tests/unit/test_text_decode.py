"""Bytes to text: every common encoding, mojibake, and what is no text."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import EmptyFile, NotText, Unreadable
from kg.text.decode import decode
from kg.text.read import read

RUSSIAN = "Привет, это короткий текст для проверки. Сервер хранит данные; ошибка пять.\n"
FRENCH = "L'été dernier, la société a été créée à Besançon; café, naïve — “déjà vu”.\n"


@pytest.mark.parametrize(
    "encoding",
    [
        "utf-8",
        "utf-8-sig",
        "cp1251",
        "koi8-r",
        "cp866",
        "iso8859-5",
        "utf-16",
        "utf-16-le",
        "utf-16-be",
        "utf-32",
    ],
)
def test_russian_in_every_common_encoding(encoding: str) -> None:
    assert decode(RUSSIAN.encode(encoding)).text == RUSSIAN


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
def test_accents_do_not_become_cyrillic(encoding: str) -> None:
    assert decode(FRENCH.encode(encoding)).text == FRENCH


@pytest.mark.parametrize("text", ["café", "Zoë", "Größe", "ÄÖÜ", "±5°", "A menu of the café"])
def test_a_short_western_text_keeps_its_accents(text: str) -> None:
    assert decode(text.encode("cp1252")).text == text


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_one_russian_word_in_utf_16(encoding: str) -> None:
    assert decode("Привет".encode(encoding)).text == "Привет"


def test_a_lone_capital_is_no_mojibake() -> None:
    text = "Ã is a letter in Portuguese: MÃE, NÃO"
    assert decode(text.encode()).text == text


def test_a_late_word_of_russian_decides() -> None:
    data = ("plain ascii line\n" * 5000 + RUSSIAN * 3).encode("cp1251")
    assert decode(data).text.endswith(RUSSIAN)


@pytest.mark.parametrize(
    ("meant", "misread"),
    [("utf-8", "cp1251"), ("cp1251", "latin-1"), ("utf-8", "latin-1"), ("cp1251", "koi8-r")],
)
def test_mojibake_is_repaired_and_said(meant: str, misread: str) -> None:
    damaged = (RUSSIAN.replace("И", "и") * 3).encode(meant).decode(misread, "strict")
    decoded = decode(damaged.encode("utf-8"))
    assert "mojibake repaired" in decoded.notes
    assert decoded.text == (RUSSIAN * 3)


def test_english_mojibake() -> None:
    damaged = "It’s a naïve café.".encode().decode("cp1252")
    assert "cafÃ" in damaged
    assert "café" in decode(damaged.encode()).text


def test_line_ends_and_control_characters() -> None:
    assert decode(b"a\r\nb\rc\x07").text == "a\nb\nc"


@pytest.mark.parametrize("data", [b"", b"  \n\t ", b"\xef\xbb\xbf", b"\xff\xfe", b"\x00\x00"])
def test_empty(data: bytes) -> None:
    with pytest.raises(EmptyFile, match="empty"):
        decode(data, "a.txt")


@pytest.mark.parametrize(
    "data",
    [
        bytes(range(256)) * 20,
        b"\x7fELF\x02\x01" + bytes(500),
        b"PK\x03\x04" + b"x" * 50,
        b"\x89PNG\r\n\x1a\n" + bytes(99),
    ],
)
def test_a_program_named_txt_is_refused(data: bytes) -> None:
    with pytest.raises(NotText, match=r"a\.txt: th"):
        read(data, "a.txt", "d1")


@given(st.binary(max_size=2000))
def test_any_bytes_give_text_or_a_sentence(data: bytes) -> None:
    with suppress(Unreadable):
        text = decode(data, "x").text
        assert not set("\x00\r") & set(text)
