"""What a noun phrase in English stands for: a name, or the name that "she" or "the company" means."""

from spacy.tokens import Token

from kg.extract import kinds
from kg.extract.english_cast import Cast
from kg.extract.words import english as words

_PERSONAL = frozenset({"he", "she"})
_VAGUE = frozenset(
    {"area", "region", "place", "site", "district", "location", "territory", "person", "man", "woman"}
)
_DEFINITE = frozenset({"the", "this"})


class References:
    """Follows a text sentence by sentence; only the one thing that a word can mean is taken for it."""

    def __init__(self, cast: Cast) -> None:
        self._cast = cast
        self.topic = cast.full.get(cast.title, cast.title)
        self._nouns: dict[str, str] = {}  # head noun of a definition -> the last name so defined
        self._subject = ""  # of the sentence before
        self._named: tuple[str, ...] = ()  # in the sentence before
        self._people: tuple[str, ...] = ()  # of these
        self._seen: dict[str, None] = {}  # all names so far
        self._doc = 0

    def block(self, number: int) -> None:
        """Begin another block: pronouns do not reach over its edge, except to what the text is about."""
        self._doc = number
        self._subject = ""
        self._named = self._people = ()

    def define(self, name: str, noun: str) -> None:
        self._nouns[noun] = name

    def after(self, sentence: list[Token], subject: str) -> None:
        """Remember a sentence that has been read, with its first subject."""
        self._named = tuple(dict.fromkeys(n for t in sentence if (n := self.name(t))))
        self._people = tuple(n for n in self._named if self._cast.is_person(n))
        self._seen.update(dict.fromkeys(self._named))
        self._subject = subject

    def name(self, t: Token) -> str:
        return self._cast.named.get((self._doc, t.i), "")

    def of(self, t: Token) -> str:  # noqa: PLR0911  # one case, one return
        """The name that the noun phrase headed by t stands for, or ""."""
        own = self.name(t)
        if own:
            return own
        if t.lower_ in _PERSONAL:
            return self._person(t)
        if t.lower_ == "it":
            return self._thing(t)
        if t.pos_ != "NOUN" or t.tag_ != "NN":
            return ""
        if t.lemma_.lower() in words("roles"):
            for c in t.children:
                if c.dep_ == "appos" and (named := self.name(c)) and self._cast.is_person(named):
                    return named  # "our manager, Jordi Puig"
        before = t.doc[t.i - 1] if t.i else None
        if before is not None and t.lower_ in words("class_after_name"):
            named = self.name(before)
            if named and before.dep_ in {"compound", "nmod", "amod"} and not self._cast.is_person(named):
                return named
        return self._definite(t)

    def organization_before(self) -> str:
        """The subject of the sentence before, if it is one that has members and products."""
        kind = self._cast.kind(self._subject)
        return self._subject if kind and kind not in {"person", "place"} else ""

    def owner(self, t: Token) -> str:
        """Whose "its" or "their" means: the subject of the sentence before, or what the text is about."""
        if t.lower_ not in {"its", "their"} or any(self.name(o) for o in t.doc[t.sent.start : t.i]):
            return ""
        subject = self._subject or self.topic
        return "" if self._cast.is_person(subject) else subject

    def _person(self, t: Token) -> str:
        earlier = {n for o in t.doc[t.sent.start : t.i] if (n := self.name(o)) and self._cast.is_person(n)}
        if earlier:
            return earlier.pop() if len(earlier) == 1 else ""
        if self._subject and self._cast.is_person(self._subject):
            others = set(self._people) - {self._subject}
            return self._subject if not others or self._subject == self.topic else ""
        if self._cast.is_person(self.topic) and not set(self._people) - {self.topic}:
            return self.topic
        return ""

    def _thing(self, t: Token) -> str:
        if t.dep_ not in {"nsubj", "nsubjpass"} or any(self.name(o) for o in t.doc[t.sent.start : t.i]):
            return ""
        if any(
            c.dep_ in {"relcl", "ccomp"} and c.i > t.head.i for c in t.head.children if t.head.lemma_ == "be"
        ):
            return ""  # "it was X that …"
        if self._subject and t.i == t.sent.start and not self._cast.is_person(self._subject):
            return self._subject
        things = [n for n in self._named if not self._cast.is_person(n)]
        if self._subject and not self._cast.is_person(self._subject):
            return self._subject if self._subject == self.topic or len(things) == 1 else ""
        return self.topic if not self._subject and not self._cast.is_person(self.topic) else ""

    def _definite(self, t: Token) -> str:
        lefts = list(t.lefts)
        if (
            not lefts
            or lefts[0].lower_ not in _DEFINITE
            or len(lefts) > 1
            or any(c.dep_ == "prep" for c in t.rights)
        ):
            return ""
        noun = t.lemma_.lower()
        known = self._nouns.get(noun, "")
        if known:
            return known
        called = [n for n in self._seen if len(n.split()) > 1 and _is_called(n, noun)]
        if called:
            return called[0] if len(called) == 1 else ""
        kind = "" if noun in _VAGUE else kinds.of_noun(noun)
        if not kind:
            return ""
        alike = {kind, "organization"} if kind == "company" else {kind}
        near = [n for n in self._named if self._cast.kind(n) in alike]
        if len(near) == 1:
            return near[0]
        return self.topic if not near and self._cast.kind(self.topic) == kind else ""


def _is_called(name: str, noun: str) -> bool:
    """ "FERAG Consortium" and "Museum of Papermaking" carry their noun."""
    parts = name.lower().split()
    return parts[-1] == noun or (parts[0] == noun and parts[1] in {"of", "for"})
