"""The chat model against a server that plays good, slow, cut off, malformed, refusing and 429 answers."""

import time

import pytest
from pydantic import BaseModel, ConfigDict

from kg.errors import ModelDown, ModelRefused, Unparsable
from kg.llm import ModelProfile, Reply
from kg.llm.chat import Chat, Message, parse
from tests.scripted_model import Say, scripted

ASK = [Message("user", "Where is Paris?")]


class City(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str
    country: str


class Memory(dict[str, Reply]):
    """Remembered calls, as the application remembers them."""

    def put(self, key: str, model: str, reply: Reply, cost: float) -> None:
        self[key] = reply
        self.cost = cost

    def useless(self, key: str, why: str) -> None:
        del self[key]


def chat(url: str, **profile: object) -> Chat:
    return Chat(ModelProfile("chat", "scripted", url, timeout=2, tries=3, **profile))  # type: ignore[arg-type]


def test_an_answer_comes_with_its_tokens() -> None:
    with scripted([Say("In France.")]) as model:
        reply = chat(model.url).complete(ASK)
    assert (reply.text, reply.tokens_in, reply.tokens_out) == ("In France.", 10, 2)


def test_a_server_that_does_not_count_is_counted_for() -> None:
    with scripted([Say("In France.", counted=False)]) as model:
        reply = chat(model.url).complete(ASK)
    assert (reply.tokens_in, reply.tokens_out) == (4, 3)


def test_the_same_question_is_paid_once() -> None:
    memory = Memory()
    with scripted([Say("In France."), Say("On Mars.")]) as model:
        profile = ModelProfile("chat", "scripted", model.url, price_in=1.0, price_out=2.0)
        first = Chat(profile, memory).complete(ASK)
        second = Chat(profile, memory).complete(ASK)
        other = Chat(profile, memory).complete([Message("user", "And Phobos?")])
    assert (first.cached, second.cached, second.text) == (False, True, "In France.")
    assert other.text == "On Mars."
    assert memory.cost == pytest.approx(14e-6)


def test_429_waits_as_long_as_it_is_told() -> None:
    began = time.monotonic()
    with scripted([Say(status=429, headers={"retry-after": "0.3"}), Say("yes")]) as model:
        assert chat(model.url).complete(ASK).text == "yes"
    assert 0.3 <= time.monotonic() - began < 10


def test_it_gives_up_after_its_tries() -> None:
    with (
        scripted([Say(status=503, headers={"retry-after": "0"})]) as model,
        pytest.raises(ModelDown, match="refused"),
    ):
        chat(model.url).complete(ASK)
    assert len(model.asked) == 3


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_wrong_key_or_unknown_model_fails_at_once(status: int) -> None:
    with (
        scripted([Say("no such model", status=status)]) as model,
        pytest.raises(ModelRefused, match="no such"),
    ):
        chat(model.url).complete(ASK)
    assert len(model.asked) == 1


def test_a_slow_answer_is_a_time_out() -> None:
    with scripted([Say("late", seconds=1.5)]) as model, pytest.raises(ModelDown, match="does not answer"):
        Chat(ModelProfile("chat", "scripted", model.url, timeout=0.3, tries=1)).complete(ASK)


def test_nobody_there_is_down() -> None:
    with pytest.raises(ModelDown):
        Chat(ModelProfile("chat", "scripted", "http://127.0.0.1:1/v1", timeout=1, tries=1)).complete(ASK)


def test_structured_by_schema() -> None:
    with scripted([Say('{"name": "Paris", "country": "France"}')]) as model:
        city, _ = chat(model.url).structured(ASK, City)
    assert city == City(name="Paris", country="France")
    assert model.asked[0]["response_format"]["json_schema"]["name"] == "City"


def test_an_endpoint_without_schemas_is_told_in_words() -> None:
    def script(body: dict[str, object]) -> Say:
        if "response_format" in body:
            return Say("response_format is not supported", status=400)
        return Say('Sure! ```json\n{"name": "Paris", "country": "France"}\n```')

    with scripted(script) as model:
        asking = chat(model.url)
        assert asking.structured(ASK, City)[0].name == "Paris"
        asking.structured([Message("user", "Again?")], City)
    assert ["response_format" in body for body in model.asked] == [True, False, False]
    assert "country" in model.asked[1]["messages"][0]["content"]


def test_a_malformed_answer_is_repaired_once() -> None:
    with scripted([Say('{"name": "Paris"'), Say('{"name": "Paris", "country": "France"}')]) as model:
        city, reply = chat(model.url).structured(ASK, City)
    assert city.country == "France"
    assert reply.tokens_in == 20
    assert "not valid" in model.asked[1]["messages"][-1]["content"]


def test_an_answer_that_stays_malformed_is_unparsable_and_asked_for_again() -> None:
    memory = Memory()
    with scripted([*[Say("Paris is nice.")] * 2, Say('{"name": "Paris", "country": "France"}')]) as model:
        asking = Chat(ModelProfile("chat", "scripted", model.url), memory)
        with pytest.raises(Unparsable, match="no JSON object"):
            asking.structured(ASK, City)
        assert len(model.asked) == 2
        assert asking.structured(ASK, City)[0].country == "France"


def test_streaming_gives_pieces_then_the_whole() -> None:
    memory = Memory()
    with scripted([Say("In the north of France.")]) as model:
        stream = Chat(ModelProfile("chat", "scripted", model.url), memory).stream(ASK)
        pieces = list(stream)
    assert len(pieces) == 5
    assert stream.reply is not None
    assert (stream.reply.text, stream.reply.tokens_out) == ("In the north of France.", 5)
    assert len(memory) == 1


def test_a_stream_that_breaks_says_so() -> None:
    with scripted([Say("one two three four", cut=6)]) as model:
        stream = chat(model.url).stream(ASK)
        pieces: list[str] = []
        with pytest.raises(ModelDown, match="broke off"):
            pieces.extend(stream)
    assert "".join(pieces).startswith("one two")
    assert len(model.asked) == 1


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{", "{}" * 100, '{"name": 1}', "{" * 5000, '{"name": "x", "country": "y", "z": 1}'],
)
def test_what_is_not_the_form_is_a_plain_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse(text, City)
