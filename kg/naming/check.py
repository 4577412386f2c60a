"""A model's names for proposed terms, taken where they only rename: the same meaning, a name of its own."""

import re
from collections.abc import Collection, Mapping

from rdflib import URIRef

from kg.guard import injection, visible, without_links
from kg.model import Ontology, OntologyClass, Property
from kg.naming.ask import Asked, Name, asked
from kg.naming.rename import renamed
from kg.ontology import Induction
from kg.ontology.class_index import named as nameable
from kg.ontology.kinds import class_of_type
from kg.ontology.naming import LETTERS, WORDS
from kg.ontology.phrase import PREPOSITIONS, phrase
from kg.ontology.tables import wordings
from kg.vocab import Dataset

COMMENT = 300  # characters
_WORD = r"[^\W\d_]+(?:['’-][^\W\d_]+)*"
_PLAIN = re.compile(rf"{_WORD}(?: {_WORD})*")
_CAMEL = re.compile(r"(?<=[a-zа-яё])[A-ZА-ЯЁ]")
Key = tuple[str, ...]  # what two terms must not share: an IRI; the stems of a name


def named(
    dataset: Dataset, induction: Induction, approved: Ontology, answers: Mapping[URIRef, Name]
) -> Induction:
    """The induction with its new terms as the model names them; an answer that does more is not taken.

    What a term was called before stays its synonym: texts go on saying it.
    """
    terms = {a.iri: a for a in asked(dataset, induction.ontology, approved)}
    names = {i: n for i, a in terms.items() if i in answers and (n := _checked(a, answers[i]))}
    before = {i: _keys(a, a.label, i) for i, a in terms.items()}
    after = {i: _keys(terms[i], n.label, _iri(dataset, terms[i], n.label)) for i, n in names.items()}
    others = _known(approved, terms) | _known(induction.ontology, terms)
    for i, name in names.items():
        # a name of two proposals would make them one: neither gets it
        mine = [before[j] | after.get(j, frozenset()) for j in terms if j != i]
        if after[i] & others.union(*mine):
            names[i] = name.model_copy(update={"label": terms[i].label})
    return renamed(induction, names, {i: _iri(dataset, terms[i], n.label) for i, n in names.items()})


def _iri(dataset: Dataset, term: Asked, label: str) -> URIRef:
    """By the rules of every term: UpperCamelCase for a class, lowerCamelCase for a property."""
    if label == term.label:
        return term.iri
    if term.kind == "class":
        return dataset.class_(nameable(label, "Class"))
    return dataset.property_(nameable(label, "property"))


def _keys(term: Asked, label: str, iri: URIRef) -> frozenset[Key]:
    return frozenset({(str(iri),), _key(term.kind == "class", label)})


def _key(is_class: bool, label: str) -> Key:
    return ("class" if is_class else "property", *phrase(label).stems)


def _known(ontology: Ontology, without: Collection[URIRef]) -> frozenset[Key]:
    """The IRIs and names of all terms but these."""
    terms: tuple[OntologyClass | Property, ...] = (*ontology.classes, *ontology.properties)
    return frozenset(
        key
        for t in terms
        if t.iri not in without
        for label in (t.label, *t.synonyms, t.iri.rsplit("#", 1)[-1])
        for key in ((str(t.iri),), _key(isinstance(t, OntologyClass), label))
    )


def _checked(term: Asked, said: Name) -> Name | None:
    """The name with what may be taken of it; None if the answer is not one that is only a name."""
    label = " ".join(_CAMEL.sub(lambda m: f" {m[0].lower()}", said.label).replace("_", " ").split())
    comment = " ".join(said.comment.split())
    for text in (label, comment):
        if visible(text) != text or injection(text) or without_links(text)[1]:
            return None
    plain = _PLAIN.fullmatch(label) and len(label) <= LETTERS and len(label.split()) <= WORDS
    if not plain or _cyrillic(label) != _cyrillic(term.label):
        return None
    label = label[:1].upper() + label[1:] if term.kind == "class" else label[:1].lower() + label[1:]
    means = _same_kind if term.kind == "class" else _same_relation
    kept = label if means(term.label, label) else term.label
    return Name(label=kept, comment=comment if len(comment) <= COMMENT else "")


def _cyrillic(text: str) -> bool:
    return bool(re.search(r"[А-Яа-яЁё]", text))


def _same_kind(old: str, new: str) -> bool:
    """A word in common, one more at most, and no kind that the standard table knows."""
    return _words_kept(old, new) and not class_of_type(new)


def _same_relation(old: str, new: str) -> bool:
    """The same direction, time and prepositions; not the wording of a relation that the table knows."""
    a, b = phrase(old), phrase(new)
    turned = (a.passive, a.negated, a.over) != (b.passive, b.negated, b.over)
    if turned or {s for s in a.stems if s in PREPOSITIONS} != {s for s in b.stems if s in PREPOSITIONS}:
        return False
    return _words_kept(old, new) and (b.stems == a.stems or b.stems not in wordings())


def _words_kept(old: str, new: str) -> bool:
    a, b = set(phrase(old).content), set(phrase(new).content)
    return bool(a & b) and len(b - a) <= 1
