"""What Russian sentences say: verbs with their objects, roles beside names, "X — столица Y", dates and counts."""

from rdflib import Literal
from rdflib.namespace import XSD

from kg.extract import kinds
from kg.extract.claims import Definition
from kg.extract.russian_parse import CYRILLIC, Word, base, joined
from kg.extract.russian_sentence import Sentence, is_short, verb_words
from kg.extract.words import russian as words

_SUBJECTS = ("nsubj", "nsubj:pass")
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
            definitions += _copula(s, w)
            _role(s, w)
            _spouse(s, w)
            _was(s, w)
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


def is_verb(w: Word) -> bool:
    return w.pos == "VERB" or (is_short(w) and bool(w.kids(*_SUBJECTS)))


def passive(w: Word) -> bool:
    return w.feats.get("Voice") == "Pass" or bool(w.kids("nsubj:pass"))


def told(v: Word) -> bool:
    """Whether the clause is told as a fact: not denied, wished, asked, in the future or dependent."""
    t: Word | None = v
    for _ in range(6):
        if t is None:
            break
        if any(
            c.lower in {"не", "ни", "бы", "ли", "если", "якобы", "будет", "будут", "чтобы"}
            for c in t.children
        ):
            return False
        if t.feats.get("Mood") in {"Cnd", "Imp"} or t.lemma in words("unreal"):
            return False
        if t.feats.get("Tense") == "Fut" or (t is v and t.feats.get("VerbForm") in {"Inf", "Conv"}):
            return False
        if t.rel not in {"xcomp", "ccomp", "csubj"}:
            break
        t = t.head
    return v.feats.get("Aspect") != "Perf" or v.feats.get("Tense") != "Pres"


def conjuncts(w: Word) -> list[Word]:
    out = [w]
    for c in w.kids("conj"):
        if c.pos in {"NOUN", "PROPN", "X"} and not c.kids("case"):
            out += conjuncts(c)
    return out


def subjects(v: Word, depth: int = 0) -> list[Word]:
    own = v.kids(*_SUBJECTS)
    if own:
        if own[0].lower.startswith("котор") and v.rel.startswith("acl") and v.head is not None:
            return [v.head]
        return [x for c in own for x in conjuncts(c)]
    if v.rel == "acl" and v.head is not None and v.feats.get("VerbForm") == "Part" and v.head.i < v.i:
        return [v.head]
    if (
        v.rel == "conj"
        and v.head is not None
        and is_verb(v.head)
        and depth < 4
        and passive(v) == passive(v.head)
    ):
        return subjects(v.head, depth + 1)
    return []


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
        _instrumental_role(s, v, subject)
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
                    s.claim("офис", subject, verb_words(v, o.lemma, "в"), name, verb=v)


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
                        s.claim("офис", whole, f"{x.lemma} в", name, verb=v)


def _honour(s: Sentence, v: Word, subject: str) -> None:
    """ "назван в честь Рейна", "входит в состав университета"."""
    for c in v.kids("obl"):
        if f"{v.lemma} {c.preposition} {c.lower}" in words("phrases"):
            for n in c.kids("nmod"):
                if n.case == "Gen" and not n.kids("case") and (name := s.name(n)):
                    s.claim("предлог", subject, verb_words(v, c.preposition, c.lower), name, verb=v)


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
                s.claim("объект", subject, verb_words(v), name, verb=v)


def _agents(s: Sentence, v: Word, subject: str) -> None:
    """ "основана Аркадием Воложем": by whom."""
    if v.lemma not in words("transitive"):
        return
    for c in v.kids("obl", "obl:agent", "obj", "iobj", "nmod"):
        if c.case == "Ins" and not c.kids("case"):
            for x in conjuncts(c):
                name = s.name(x)
                if name and s.kind(name) != "place":
                    s.claim("кем", name, verb_words_active(v), subject, verb=v)


def verb_words_active(v: Word) -> str:
    """The active past of a passive: "основана" -> "основал"."""
    from kg.extract.russian_parse import dictionary, parse  # noqa: PLC0415

    lemma = parse(v).normal_form
    infinitive = next((q for q in dictionary().parse(lemma) if q.tag.POS == "INFN"), None)
    said = infinitive.inflect({"past", "sing", "masc"}) if infinitive else None
    return said.word if said else ""


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
                s.claim("предлог", subject, verb_words(v, plain), name, verb=v)


def _dated(s: Sentence, v: Word, subject: str) -> None:
    """ "основана в 1998 году": the date is a value."""
    if v.lemma not in words("dated") or (not passive(v) and v.kids("obj")):
        return
    found = [d for d in s.dates_of(v) if d.literal is not None]
    if len(found) == 1:
        precise = len(found[0].period.start) == 10
        s.claim("дата", subject, verb_words(v) if precise else verb_words(v, "в"), value=found[0].literal)


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
        s.claim("число", whole, f"число {what}", value=value)


def _number_before(s: Sentence, noun: Word) -> int:
    """The number right before a noun, "1 200" too; 0 if there is none."""
    i = noun.i
    while i and s.parsed.words[i - 1].text.isdigit():
        i -= 1
    said = "".join(w.text for w in s.parsed.words[i : noun.i])
    return int(said) if said and len(said) < 10 else 0


def _instrumental_role(s: Sentence, v: Word, subject: str) -> None:
    """ "является директором X", "стал членом X", "назначен ректором X"."""
    if v.lemma not in {
        "являться",
        "стать",
        "быть",
        "назначить",
        "избрать",
        "работать",
        "служить",
        "остаться",
        "становиться",
    }:
        return
    for c in v.kids("xcomp", "obl", "obj", "nmod", "iobj"):
        if c.case == "Ins" and not c.kids("case") and c.lemma in words("roles") | words("relational"):
            for said, whole in _of_what(s, c):
                if whole != subject:
                    s.claim("роль глагола", subject, said, whole, verb=v)


def _of_what(s: Sentence, role: Word) -> list[tuple[str, str]]:
    """A role noun with what it is of: ("генеральный директор", "ООО «Ромашка»")."""
    before = [c for c in role.kids("amod") if c.i < role.i and _telling(c)]
    said = base([*before, role], role).lower() if role.feats.get("Number") != "Plur" else role.lemma
    out = []
    for c in role.kids("nmod"):
        plain = c.preposition
        if (c.case in {"Gen", ""} or not CYRILLIC.search(c.text)) and not plain:
            for x in conjuncts(c):
                if name := s.name(x):
                    out.append((said, name))
                    continue
                # "директор департамента банка «Восход»": a role in a part is not one of the whole
        elif plain in {"в", "по", "при", "с"} and (name := s.name(c)):
            out.append((f"{said} {plain}", name))
    return out


def _telling(adjective: Word) -> bool:
    return adjective.lemma in {
        "генеральный", "исполнительный", "финансовый", "технический", "главный", "коммерческий", "научный",
        "старший", "ведущий", "почётный", "дочерний", "административный", "основной", "художественный",
    }  # fmt: skip


def _role(s: Sentence, w: Word) -> None:
    """ "генеральный директор ООО «Ромашка» Иван Петров"; "Иван Петров, директор X"."""
    if w.lemma not in words("roles") or w.i in s.named:
        return
    person = ""
    for c in sorted(w.kids("appos", "flat:name", "flat"), key=lambda c: c.i):
        name = s.named.get(c.i, "")
        between = {x.text for x in s.parsed.words[w.i : c.i]}
        if not person and name and s.kind(name) == "person" and c.i > w.i and "," not in between:
            person = name
    if not person and w.rel == "appos" and w.head is not None and w.head.i < w.i:
        name = s.named.get(w.head.i, "")
        alone = not any(s.kind(s.named.get(c.i, "")) == "person" for c in w.children)
        if (
            s.kind(name) == "person"
            and alone
            and s.parsed.words[w.i - 1 - len(w.kids("amod"))].text in {",", "—", "("}
        ):
            person = name
    if not person:
        return
    for said, whole in _of_what(s, w):
        if whole != person and s.kind(whole) != "person":
            s.claim("роль", person, said, whole)


def _was(s: Sentence, w: Word) -> None:
    """ "Первым директором техникума был Яков Гринберг": the verb is a copula here."""
    if w.lemma not in words("roles") | words("relational") or w.case != "Ins" or w.i in s.named:
        return
    if not any(c.lower in {"был", "была", "было"} for c in w.kids("cop")) or any(
        c.lower == "не" for c in w.children
    ):
        return
    for x in w.kids("nsubj"):
        subject = s.name(x)
        for said, whole in _of_what(s, w):
            if subject and whole != subject:
                s.claim("роль глагола", subject, said, whole, qualifiers=(("status", "former"),))


def _spouse(s: Sentence, w: Word) -> None:
    """ "жена Петрова Анна Иванова": kin with both names."""
    if w.lemma not in words("kin") or w.i in s.named:
        return
    whose = [
        s.named[c.i] for c in w.kids("nmod") if c.i in s.named and c.case == "Gen" and not c.kids("case")
    ]
    who = [s.named[c.i] for c in w.kids("appos", "flat:name") if c.i in s.named]
    if len(whose) == 1 and len(who) == 1 and whose[0] != who[0] and s.kind(who[0]) == "person":
        s.claim("родство", who[0], w.lemma, whose[0])


def _copula(s: Sentence, noun: Word) -> list[Definition]:
    """ "X — столица Y", "X — это компания …"."""
    out: list[Definition] = []
    if (
        noun.i in s.named
        or noun.case not in {"Nom", ""}
        or noun.kids("case")
        or not CYRILLIC.search(noun.text)
    ):
        return out
    for x in noun.kids("nsubj"):
        subject = s.name(x) if x.pos != "PRON" else ""
        between = [w.text for w in s.parsed.words[x.i + 1 : noun.i]]
        if not subject or x.i > noun.i or not ({"—", "–", "-", "это"} & set(between)):
            continue
        if any(w.lower == "не" for w in noun.children):
            continue
        for said, whole in _of_what(s, noun):
            if noun.lemma in words("roles") | words("relational") and whole != subject:
                s.claim("связка", subject, said, whole)
        last = _last(s, noun)
        adjectives = [c for c in noun.kids("amod") if c.i < noun.i]
        first = min([c.i for c in adjectives] + [noun.i])
        inside = list(s.parsed.words[first : last + 1])
        text = joined([w.text for w in inside], inside)
        kind = kinds.of_noun(noun.lemma)
        if kind and s.kind(subject) in {"", "organization", "place"}:
            s.types[subject] = kind
        out.append(Definition(subject, text[:200], s.parsed.start, s.parsed.end))
    return out


def _last(s: Sentence, noun: Word) -> int:
    """The last word of the noun's phrase: up to a comma or the end."""
    i = noun.i
    while i + 1 < len(s.parsed.words) and s.parsed.words[i + 1].text not in {
        ",",
        ".",
        ";",
        ":",
        "(",
        "—",
        "–",
        "!",
        "?",
    }:
        i += 1
    return i
