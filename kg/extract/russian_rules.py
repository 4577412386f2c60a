"""What Russian verbs say: with an object, a preposition, by whom, a date, a count, an office."""

from rdflib import Literal
from rdflib.namespace import XSD

from kg.extract.claims import Definition
from kg.extract.russian_clauses import conjuncts, is_verb, passive, subjects, told, verb_words_active
from kg.extract.russian_parse import Word
from kg.extract.russian_roles import read_copula, read_instrumental_role, read_role, read_spouse, read_was
from kg.extract.russian_sentence import Sentence, verb_words
from kg.extract.words import russian as words

_FOUNDED = frozenset(
    {"основать", "учредить", "создать", "открыть", "построить", "зарегистрировать", "издать"}
)
_COUNTED = {
    "человек": "сотрудников",
    "специалист": "сотрудников",
    "работник": "сотрудников",
    "рабочий": "сотрудников",
}


def read_sentence(s: Sentence) -> list[Definition]:
    """All claims of the sentence; its definitions are returned."""
    definitions: list[Definition] = []
    for w in s.parsed.words:
        if is_verb(w) and told(w):
            _read_verb(s, w)
        if w.pos in {"NOUN", "PROPN", "X"}:
            definitions += read_copula(s, w)
            read_role(s, w)
            read_spouse(s, w)
            read_was(s, w)
    main = next((w for w in s.parsed.words if w.head is None and w.rel == "root"), None)
    if main is not None:
        s.subject = next(((n, _gender(s, x, n)) for x in subjects(main) if (n := s.name(x))), ("", ""))
    return definitions


def _gender(s: Sentence, w: Word, name: str) -> str:
    """The gender of what a subject names: a person's by the tagger, a thing's by its class noun."""
    own = w.feats.get("Gender", "")
    if s.kind(name) == "person":
        return next((c.feats["Gender"] for c in w.kids("appos", "flat:name") if "Gender" in c.feats), own)
    return own


def _read_verb(s: Sentence, v: Word) -> None:
    whose = [n for n in dict.fromkeys(s.name(x) for x in subjects(v)) if n]
    _staff(s, v)
    for subject in whose:
        if passive(v) or v.feats.get("Voice") == "Pass":
            _agents(s, v, subject)
        else:
            _objects(s, v, subject)
        _prepositional(s, v, subject)
        _dated(s, v, subject)
        read_instrumental_role(s, v, subject)
        _office(s, v, subject)
        _honour(s, v, subject)
    _seated(s, v)


def _office(s: Sentence, v: Word, subject: str) -> None:
    """ "открыл филиал в Алматы"."""
    if v.lemma not in {"открыть", "иметь", "закрыть", "открывать", "построить", "запустить"}:
        return
    for o in v.kids("obj"):
        if o.lemma in words("office_nouns"):
            for c in [*o.kids("nmod"), *v.kids("obl")]:
                name = s.name(c) if c.preposition in {"в", "во", "на"} else ""
                if name and s.kind(name) != "person":
                    s.claim("ru office", subject, verb_words(v, o.lemma, "в"), name, verb=v)


def _seated(s: Sentence, v: Word) -> None:
    """ "Штаб-квартира компании находится в Екатеринбурге"."""
    if v.lemma not in {"находиться", "расположить", "располагаться", "размещаться"}:
        return
    for x in v.kids("nsubj", "nsubj:pass"):
        if x.lemma not in words("office_nouns"):
            continue
        whole = next((n for c in x.kids("nmod") if c.case == "Gen" and (n := s.name(c))), "")
        for c in v.kids("obl"):
            if whole and c.preposition in {"в", "во"}:
                for y in conjuncts(c):
                    if name := s.name(y):
                        s.claim("ru office", whole, f"{x.lemma} в", name, verb=v)


def _honour(s: Sentence, v: Word, subject: str) -> None:
    """ "назван в честь Рейна", "входит в состав университета"."""
    for c in v.kids("obl"):
        if f"{v.lemma} {c.preposition} {c.lower}" in words("phrases"):
            for n in c.kids("nmod"):
                if n.case == "Gen" and not n.kids("case") and (name := s.name(n)):
                    s.claim("ru preposition", subject, verb_words(v, c.preposition, c.lower), name, verb=v)


def _objects(s: Sentence, v: Word, subject: str) -> None:
    if v.feats.get("VerbForm") == "Part" and v.rel != "acl":
        return
    transitive = v.lemma in words("transitive")
    oblique = {"Ins": words("instrumental"), "Dat": words("dative")}
    for c in v.kids("obj", "iobj", "obl"):
        if c.kids("case"):
            continue
        if v.lemma in oblique.get(c.case, ()):
            pass
        elif not transitive or c.case not in {"Acc", "Gen", "Nom", ""} or c.rel == "obl":
            continue
        for x in conjuncts(c):
            if name := s.name(x):
                s.claim("ru object", subject, verb_words(v), name, verb=v)


def _agents(s: Sentence, v: Word, subject: str) -> None:
    """ "основана Аркадием Воложем": by whom."""
    if v.lemma not in words("transitive"):
        return
    for c in v.kids("obl", "obl:agent", "obj", "iobj", "nmod"):
        if c.case == "Ins" and not c.kids("case"):
            for x in conjuncts(c):
                name = s.name(x)
                if name and s.kind(name) != "place":
                    s.claim("ru agent", name, verb_words_active(v), subject, verb=v)


def _prepositional(s: Sentence, v: Word, subject: str) -> None:
    for c in v.kids("obl", "nmod", "iobj", "obj"):
        preposition = c.preposition.split(" ")[0] if c.preposition else ""
        if not preposition:
            continue
        plain = {"во": "в", "со": "с", "ко": "к"}.get(preposition, preposition)
        founded = v.lemma in _FOUNDED and plain == "в" and passive(v)
        if not founded and f"{v.lemma} {plain}" not in words("verb_prep"):
            continue
        if plain in {"в", "на"} and c.case == "Acc" and v.lemma in {"работать", "служить", "находиться"}:
            continue
        for x in conjuncts(c):
            if name := s.name(x):
                s.claim("ru preposition", subject, verb_words(v, plain), name, verb=v)


def _dated(s: Sentence, v: Word, subject: str) -> None:
    """ "основана в 1998 году": the date is a value."""
    if v.lemma not in words("dated") or (not passive(v) and v.kids("obj")):
        return
    found = [d for d in s.dates_of(v) if d.literal is not None]
    if len(found) == 1:
        precise = len(found[0].period.start) == 10
        s.claim("ru dated", subject, verb_words(v) if precise else verb_words(v, "в"), value=found[0].literal)


def _staff(s: Sentence, v: Word) -> None:
    """ "В компании работает 120 человек", "Завод насчитывает 300 сотрудников"."""
    if v.lemma not in {"работать", "насчитывать", "трудиться", "состоять", "учиться", "проживать"}:
        return
    for noun in (
        c for c in v.children if c.lemma in words("counts") and c.rel in {"nsubj", "obj", "nsubj:pass"}
    ):
        number = _number_before(s, noun)
        if not number:
            continue
        if v.lemma == "насчитывать":
            whole = next((n for x in subjects(v) if (n := s.name(x))), "")
        else:
            places = [c for c in v.kids("obl") if c.preposition in {"в", "во", "на"}]
            whole = next((n for x in places if (n := s.name(x))), "")
        what = {"проживать": "жителей", "учиться": "студентов"}.get(
            v.lemma, _COUNTED.get(noun.lemma, f"{noun.lemma}")
        )
        value = Literal(number, datatype=XSD.integer)
        s.claim("ru counted", whole, f"число {what}", value=value)


def _number_before(s: Sentence, noun: Word) -> int:
    """The number right before a noun, "1 200" too; 0 if there is none."""
    i = noun.i
    while i and s.parsed.words[i - 1].text.isdigit():
        i -= 1
    said = "".join(w.text for w in s.parsed.words[i : noun.i])
    return int(said) if said and len(said) < 10 else 0
