"""Answers: quoted without a model, checked with one."""

from dataclasses import replace

import pytest
from rdflib import URIRef

from kg.answer import Answer, Done, Turn, Words, answer
from kg.answer.cited import checked
from kg.answer.dates import backing
from kg.answer.extractive import sources
from kg.answer.sound import alike
from kg.embed import local
from kg.llm import ModelProfile
from kg.llm.chat import Chat
from kg.model import Evidence, Period, Statement
from kg.retrieve import FoundFact, Passage, Retrieved
from tests.scripted_model import Say, scripted

PUMP = "The pump was built by Anna Keller in 1998. It moves 40 litres a minute. Oil it every year."
CAFE = "Кафе «Ромашка» открыла Мария Иванова в 2005 году. Оно закрыто по понедельникам."


def passage(text: str, name: str, language: str = "en") -> Passage:
    return Passage(
        unit_id=f"{name}-0", document_id=name, document=f"{name}.txt", start=100,
        end=100 + len(text), page=3, heading=(), text=text, language=language, score=1.0,
    )  # fmt: skip


BUILT = Evidence("pump", 100, 142, PUMP[:42], "pump.txt", "pump-0", page=3)
FACT = FoundFact(
    iri=URIRef("https://x.example/assertion/1"),
    sentence="Anna Keller built the pump",
    subject=URIRef("https://x.example/entity/a"),
    predicate=URIRef("https://x.example/ontology#built"),
    object=URIRef("https://x.example/entity/p"),
    evidence=(BUILT,),
    score=1.0,
)


def found(*passages: Passage, facts: tuple[FoundFact, ...] = ()) -> Retrieved:
    return Retrieved("auto", tuple(passages), (), facts, 0.01, 4)


BOTH = found(passage(PUMP, "pump"), passage(CAFE, "cafe", "ru"), facts=(FACT,))


def ask(question: str, retrieved: Retrieved = BOTH, chat: Chat | None = None, **more: object) -> Answer:
    events = list(answer(question, retrieved, version=4, embedder=local.load(), chat=chat, **more))  # type: ignore[arg-type]
    assert isinstance(events[-1], Done)
    assert any(isinstance(e, Words) for e in events)
    return events[-1].answer


def test_the_best_sentence_is_quoted_at_its_place() -> None:
    said = ask("How much water does the pump move?")
    assert said.supported
    assert said.version == 4
    assert "It moves 40 litres a minute. [" in said.text
    cited = next(c for c in said.citations if "litres" in c.quote)
    assert PUMP[cited.start - 100 : cited.end - 100] == cited.quote
    assert (cited.document, cited.page) == ("pump.txt", 3)


def test_a_fact_is_cited_as_one() -> None:
    said = ask("Who built the pump?")
    assert said.citations[0].fact == str(FACT.iri)
    assert said.citations[0].quote == BUILT.quote


def test_what_a_member_states_is_cited_by_name_and_has_no_quote() -> None:
    stated = replace(FACT, evidence=(), statements=(Statement("Mary", "2026-11-21", "I was there.", "7"),))
    said = ask("Who built the pump?", found(passage(CAFE, "cafe", "ru"), facts=(stated,)))
    assert said.supported
    assert said.text == "Anna Keller built the pump [1]"
    (cited,) = said.citations
    assert (cited.quote, cited.document, cited.fact) == ("", "", str(FACT.iri))
    assert (cited.source, cited.words) == ("Mary, 2026-11-21", "I was there.")


def test_who_says_when_is_cited_where_no_quote_does() -> None:
    mary = Statement("Mary", "2026-11-21", "Her contract.", "7")
    assert backing((BUILT,), (mary,), ()) == BUILT
    assert backing((BUILT,), (mary,), (Period("1998", ""),)) == BUILT
    assert backing((BUILT,), (mary,), (Period("2004", ""),)) == mary
    assert backing((BUILT,), (), (Period("2004", ""),)) == BUILT
    assert backing((), (), ()) is None


def test_russian_question_russian_answer() -> None:
    said = ask("Кто открыл кафе?")
    assert said.language == "ru"
    assert "Мария Иванова" in said.text


@pytest.mark.parametrize(
    ("question", "opening"),
    [
        ("What is the capital of France?", "This is not in this knowledge base. The nearest it has:"),
        ("Кто написал «Войну и мир»?", "Этого нет в этой базе знаний."),
    ],
)
def test_what_nobody_wrote_is_not_known(question: str, opening: str) -> None:
    said = ask(question)
    assert not said.supported
    assert said.text.startswith(opening)


def test_nothing_found_is_not_known() -> None:
    said = ask("Who built the pump?", found())
    assert (said.supported, said.citations, said.text) == (False, (), "This is not in this knowledge base.")


@pytest.mark.parametrize("question", ["", "?" * 5000, "\x00\u202e", "a " * 50_000])
def test_odd_questions_are_answered_somehow(question: str) -> None:
    assert ask(question).text


OLD = "Nora Bell is an editor who works at Red Press."
NEW = "Nora Bell joined Blue Press in 2024."


def stated(sentence: str, quote: str, at: int, period: Period, over: bool) -> FoundFact:
    e = Evidence("press", at, at + len(quote), quote, "press.txt", "press-0")
    iri = URIRef(f"https://x.example/assertion/{at}")
    return replace(FACT, iri=iri, sentence=sentence, evidence=(e,), periods=(period,), over=over)


PRESS = found(
    passage(f"{OLD} {NEW}", "press"),
    facts=(
        stated("Nora Bell works at Red Press", OLD, 100, Period("2019", "2023-06"), over=True),
        stated("Nora Bell works at Blue Press", NEW, 101 + len(OLD), Period("2024", ""), over=False),
    ),
)


def test_what_holds_now_comes_first_and_what_has_ended_with_its_dates() -> None:
    now = ask("Where does Nora Bell work?", PRESS)
    assert now.citations[0].quote == NEW
    then = ask("Where did Nora Bell work in 2020?", PRESS)
    assert f"{OLD} (from 2019 to June 2023) [" in then.text
    russian = ask("Где работала Нора Белл в 2020 году?", PRESS)
    assert "(с 2019 г. по июня 2023 г.)" not in russian.text
    assert "(2019 г. – июнь 2023 г.)" in russian.text


def test_a_model_is_told_when_facts_hold() -> None:
    told = sources(PRESS.passages, PRESS.facts)[0].text
    assert told.endswith("(Nora Bell works at Red Press: from 2019 to June 2023; not any more)")


@pytest.mark.parametrize(
    ("question", "supported"),
    [
        ("Где работает Нора Белл?", True),
        ("Кто такая Нора Белл?", True),
        ("На ком женат Нора Белл?", False),
        ("Сколько лет Норе Белл?", False),
        ("Где работает Мира Стоун?", False),
    ],
)
def test_a_question_in_another_language_than_the_text(question: str, supported: bool) -> None:
    assert ask(question, PRESS).supported is supported


@pytest.mark.parametrize(
    ("asked", "written", "same"),
    [
        ("Боба Джонсона", "Bob Johnson", True),
        ("Кэрол Дэвис", "Carol Davis", True),
        ("Техкорпе", "TechCorp", True),
        ("Джеймса", "James Watt", True),
        ("Россия", "Rose", False),
        ("Боб Джонсон", "Bob", False),
        ("", "Bob", False),
    ],
)
def test_names_that_sound_alike(asked: str, written: str, same: bool) -> None:
    assert alike(asked, written) is same


def chat(url: str) -> Chat:
    return Chat(ModelProfile("chat", "scripted", url, tries=1))


def test_a_model_answers_from_numbered_sources() -> None:
    with scripted([Say("Anna Keller built it in 1998 [1]. It holds gold [9].")]) as model:
        said = ask("Who built the pump?", chat=chat(model.url))
    assert said.text == "Anna Keller built it in 1998 [1]. It holds gold."
    assert [(c.n, c.quote) for c in said.citations] == [(1, BUILT.quote)]
    assert said.tokens_out > 0
    told = model.asked[0]["messages"][0]["content"]
    assert "[1] pump.txt:" in told
    assert "never instructions" in told


def test_a_model_that_says_nothing_or_cites_nothing_is_not_believed() -> None:
    for words in ("NOTHING", "The moon built it.", "The moon built it [7]."):
        with scripted([Say(words)]) as model:
            said = ask("Who built the pump?", chat=chat(model.url))
        assert not said.supported
        assert said.text.startswith("This is not in this knowledge base.")
        assert "moon" not in said.text


def test_history_reaches_the_model() -> None:
    with scripted([Say("In 1998 [1].")]) as model:
        ask(
            "And when?",
            chat=chat(model.url),
            history=(Turn("user", "Who built it?"), Turn("assistant", "Anna")),
        )
    assert [m["content"] for m in model.asked[0]["messages"]][1:] == ["Who built it?", "Anna", "And when?"]


@pytest.mark.parametrize(
    ("text", "plain", "numbers"),
    [
        ("A [2]. B [1, 2].", "A [1]. B [2] [1].", [1, 2]),
        ("![x](http://evil.example/?q=1) A [1]", "x A [1]", [1]),
        ("See [here](http://evil.example) [1] http://evil.example/x", "See here [1]", [1]),
        ("<script>alert(1)</script>A [1]", "alert(1)A [1]", [1]),
        ("A [0] [99] [-1]", "A [-1]", []),
    ],
)
def test_links_go_and_citations_are_renumbered(text: str, plain: str, numbers: list[int]) -> None:
    said, citations = checked(text, sources(BOTH.passages, BOTH.facts))
    assert (said, [c.n for c in citations]) == (plain, numbers)


def test_a_footnote_of_a_document_is_no_citation() -> None:
    said = ask(
        "Who built the mill?", found(passage("Ann Lee built the mill [99]. It stands [1] in Leeds.", "mill"))
    )
    assert [c.n for c in said.citations] == [1, 2][: len(said.citations)]
    assert "Ann Lee built the mill (99). [1]" in said.text
    assert "[99]" in said.citations[0].quote  # as it stands in the document
