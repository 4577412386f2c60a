"""A library in Markdown, as large as asked: an encyclopedia, and chronicles of firms in English and Russian.

The encyclopedia is the shared corpus; the chronicles are made, the same every time, so that it is known
which section answers a question. Nothing of it is kept in the project.
"""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

FILE_BYTES = 2_000_000
ASKED = 5  # sections of each chronicle that questions are asked about
_SYLLABLES = {
    "en": ("bar", "ven", "tor", "lin", "mar", "dal", "ker", "sol", "fen", "gor", "hal", "nor", "pel", "zan"),
    "ru": ("бар", "вен", "тор", "лин", "мар", "дал", "кер", "сол", "фен", "гор", "хал", "нор", "пел", "зан"),
}
_FIRST = {
    "en": ("Alice", "Robert", "Helen", "Martin", "Susan", "Peter", "Laura", "George", "Nina", "Clara"),
    "ru": ("Андрей", "Пётр", "Олег", "Иван", "Марк", "Сергей", "Ефим", "Павел", "Нестор", "Виктор"),
}
_CITY = {
    "en": ("Boston", "Leeds", "Dublin", "Oslo", "Hamburg", "Lisbon", "Denver", "Toronto"),
    "ru": ("Москва", "Казань", "Пермь", "Самара", "Омск", "Тверь", "Псков", "Рязань"),
}
_GOODS = {
    "en": ("pumps", "bridges", "ledgers", "turbines", "lenses", "seeds", "maps", "engines"),
    "ru": ("насосы", "мосты", "приборы", "турбины", "линзы", "семена", "карты", "двигатели"),
}
_TEXT = {
    "en": """{founder} founded {firm} in {year}. It is in {city}. {firm} makes {goods}.
In {later} {head} became the director of {firm}. Before that {head} worked at {other}, which supplies {firm}.

{firm} employs {people} people. {founder} was born in {birth}. A plant was opened in {city2} in {later}.
The council of {city} awarded a medal to {founder}. {firm} and {other} signed a contract in {late}.
It has been said that the plant would have been closed in {late} had the contract not been signed in time.

- office: {city}
- plant: {city2}

| Year | People |
| --- | --- |
| {later} | {people} |
| {late} | {people2} |
""",
    "ru": """{founder} основал компанию «{firm}» в {year} году. Компания «{firm}» находится в городе {city}.
Компания «{firm}» выпускает {goods}. В {later} году директором компании «{firm}» стал человек по имени {head}.
Прежде {head} работал в компании «{other}».

В компании «{firm}» работает {people} человек. {founder} родился в {birth} году. Завод открыли в {later} году,
его построил город {city2}. Компании «{firm}» и «{other}» подписали договор на {goods2} в {late} году.
Говорят, что завод закрыли бы ещё в {late} году, если бы договор не был подписан вовремя.

- контора: {city}
- завод: {city2}

| Год | Человек |
| --- | --- |
| {later} | {people} |
| {late} | {people2} |
""",
}
_QUESTION = {"en": "Who founded {firm}?", "ru": "Кто основал компанию «{firm}»?"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question whose answer stands in one section of one file."""

    question: str
    document: str
    heading: str
    answer: str


def make(folder: Path, megabytes: float, shared: Path) -> list[Asked]:
    """Files of about 2 MB into the folder; the questions about them."""
    folder.mkdir(parents=True, exist_ok=True)
    left, asked = int(megabytes * 1e6), []
    corpus = shared / "bench" / "musique-train-100" / "corpus.jsonl"
    if corpus.exists():
        left -= _write(folder / "encyclopedia.md", _encyclopedia(corpus), min(FILE_BYTES, left // 4))
    number = 0
    while left > 1000:
        language = ("ru", "en")[number % 2]
        name = f"chronicle-{number + 1}-{language}.md"
        sections = list(_chronicle(language, number, min(FILE_BYTES, left)))
        left -= _write(folder / name, (text for text, _ in sections), min(FILE_BYTES, left))
        step = max(1, len(sections) // ASKED)
        asked += [replace(a, document=name) for _, a in sections[step // 2 :: step][:ASKED]]
        number += 1
    return asked


def _write(path: Path, pieces: Iterator[str], most: int) -> int:
    size = 0
    with path.open("wb") as out:
        for piece in pieces:
            data = piece.encode()
            if size and size + len(data) > most:
                break
            size += out.write(data)
    return size


def _encyclopedia(corpus: Path) -> Iterator[str]:
    for line in corpus.read_text().splitlines():
        page = json.loads(line)
        yield f"## {page['title']}\n\n{page['text']}\n\n"


def _chronicle(language: str, seed: int, most: int) -> Iterator[tuple[str, Asked]]:
    """Sections of about a kilobyte, each about a firm with a name of its own, under a chapter for each 50."""
    chance, size, n = random.Random(seed), 0, 0
    before = _firm(chance, language)
    chapter = {"en": "Chapter", "ru": "Глава"}[language]
    while size < most:
        firm = _firm(chance, language)
        year = chance.randint(1900, 1980)
        founder = _person(chance, language)
        goods, goods2 = chance.sample(_GOODS[language], 2)
        city, city2 = chance.sample(_CITY[language], 2)
        body = _TEXT[language].format(
            firm=firm, founder=founder, year=year, goods=goods, goods2=goods2, city=city, city2=city2,
            later=year + 9, late=year + 17, head=_person(chance, language), other=before,
            people=chance.randint(20, 900), people2=chance.randint(20, 900), birth=year - 30,
        )  # fmt: skip
        text = f"## {firm}\n\n{body}\n"
        if n % 50 == 0:
            text = f"# {chapter} {n // 50 + 1}\n\n{text}"
        yield text, Asked(_QUESTION[language].format(firm=firm), "", firm, founder)
        size += len(text.encode())
        before, n = firm, n + 1


def _firm(chance: random.Random, language: str) -> str:
    name = _word(chance, language, 3)
    return f"{name} Works" if language == "en" else name


def _person(chance: random.Random, language: str) -> str:
    ending = "son" if language == "en" else "енко"
    return f"{chance.choice(_FIRST[language])} {_word(chance, language, 2)}{ending}"


def _word(chance: random.Random, language: str, syllables: int) -> str:
    return "".join(chance.choices(_SYLLABLES[language], k=syllables)).capitalize()


def section_of(text: str, heading: str) -> tuple[int, int]:
    """From its heading to the next one; (-1, -1) if there is none."""
    start = text.find(f"## {heading}\n")
    if start < 0:
        return -1, -1
    end = text.find("\n#", start + 3)
    return start, end if end >= 0 else len(text)


def answered(asked: Asked, citations: Sequence[tuple[str, int, int]], folder: Path) -> bool:
    """Does one of the citations (document, start, end) stand in the right section?"""
    start, end = section_of((folder / asked.document).read_text(), asked.heading)
    return any(document == asked.document and start <= a and b <= end for document, a, b in citations)
