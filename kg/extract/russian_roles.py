"""What Russian nouns say: roles beside names, kin, "X — столица Y", "является директором Y"."""

from kg.extract import kinds
from kg.extract.claims import Definition
from kg.extract.russian_clauses import conjuncts
from kg.extract.russian_parse import CYRILLIC, Word, base, joined
from kg.extract.russian_sentence import Sentence
from kg.extract.words import russian as words


def read_instrumental_role(s: Sentence, v: Word, subject: str) -> None:
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
                    s.claim("ru verb role", subject, said, whole, verb=v)


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


def read_role(s: Sentence, w: Word) -> None:
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
            s.claim("ru role", person, said, whole)


def read_was(s: Sentence, w: Word) -> None:
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
                s.claim("ru verb role", subject, said, whole, qualifiers=(("status", "former"),))


def read_spouse(s: Sentence, w: Word) -> None:
    """ "жена Петрова Анна Иванова": kin with both names."""
    if w.lemma not in words("kin") or w.i in s.named:
        return
    whose = [
        s.named[c.i] for c in w.kids("nmod") if c.i in s.named and c.case == "Gen" and not c.kids("case")
    ]
    who = [s.named[c.i] for c in w.kids("appos", "flat:name") if c.i in s.named]
    if len(whose) == 1 and len(who) == 1 and whose[0] != who[0] and s.kind(who[0]) == "person":
        s.claim("ru kin", who[0], w.lemma, whose[0])


def read_copula(s: Sentence, noun: Word) -> list[Definition]:
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
                s.claim("ru copula", subject, said, whole)
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
