"""The words and names of a text, in a form in which a question and a sentence can be compared."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import snowballstemmer

from kg import names
from kg.answer.sound import alike
from kg.text.language import language

_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
# question words and the commonest function words: they say how, not what
_EMPTY = {
    "en": "a an the of in on at to for from by with and or is are was were be been do does did has have had "
    "what which who whom whose when where why how many much that this these those it its as about into "
    "there their his her he she they you i we me my your our not no any some please tell can could would",
    "ru": "и в во на с со к ко о об от до из за по для у а но или не ни что кто какой какая какое какие "
    "каких каким который которая когда где куда откуда почему зачем как сколько чем чего чему кого кому "
    "ли бы же это этот эта эти тот та те он она они оно его ее её их я мы вы ты был была было были есть быть "
    "мне нам скажи расскажи пожалуйста такой такая такое такие известно",
}
_EMPTY_WORDS = {lang: frozenset(words.split()) for lang, words in _EMPTY.items()}
WEAK = "@~>"  # signs of keys that only say that two names are worth comparing, see `kg.names`
_STEMMER = {"en": "english", "ru": "russian", "de": "german", "fr": "french", "es": "spanish"}


@dataclass(frozen=True, slots=True)
class Name:
    text: str
    keys: frozenset[str]  # kg.names: other spellings and alphabets meet here
    stems: frozenset[str]

    @property
    def strong(self) -> frozenset[str]:
        """The keys that say it is the same name, not only that it may be."""
        return frozenset(k for k in self.keys if k[0] not in WEAK)


@dataclass(frozen=True, slots=True)
class Terms:
    words: frozenset[str]  # stems
    names: tuple[Name, ...]

    def share(self, other: "Terms") -> float:
        """Share of these words, or of these names in any spelling, that `other` holds; 1 of none."""
        if not self.words:
            return 1.0
        hit = len(self.words & other.words) / len(self.words)
        return max(hit, 0.9 * self.names_share(other)) if self.names else hit

    def names_share(self, other: "Terms") -> float:
        if not self.names:
            return 1.0
        keys = frozenset(k for name in other.names for k in name.keys)
        known = sum(bool(n.keys & keys) or n.stems <= other.words or other.sounds(n) for n in self.names)
        return known / len(self.names)

    def holds(self, name: Name) -> bool:
        """Is this name here: all its words, another spelling of it, or one that sounds like it?"""
        if name.stems <= self.words or any(name.strong & other.strong for other in self.names):
            return True
        return self.sounds(name)

    def sounds(self, name: Name) -> bool:
        """Is a name of the other alphabet, as it is heard, among these?"""
        other = [n for n in self.names if _cyrillic(n.text) != _cyrillic(name.text)]
        return any(alike(name.text, n.text) for n in other)

    @property
    def rest(self) -> frozenset[str]:
        """The words that belong to no name: what is asked about the names."""
        return self.words.difference(*(n.stems for n in self.names))


@lru_cache(maxsize=4096)
def terms(text: str) -> Terms:
    text = text[:20_000]
    lang = language(text)
    words: set[str] = set()
    found: list[str] = []
    empty = _EMPTY_WORDS["en"] | _EMPTY_WORDS["ru"]
    run: list[str] = []
    end = 0
    for match in _WORD.finditer(text):
        word = match.group()
        if run and (not word[0].isupper() or text[end : match.start()].strip()):
            found.append(" ".join(run))
            run = []
        if word[0].isupper() and word.lower() not in empty:
            run.append(word)
        end = match.end()
        if word.lower() not in empty and (len(word) > 1 or word.isdigit()):
            words.add(_stem(word.lower(), lang))
    if run:
        found.append(" ".join(run))
    return Terms(frozenset(words), tuple(_name(n, lang) for n in dict.fromkeys(found)))


def _name(text: str, lang: str) -> Name:
    return Name(text, names.keys(text), frozenset(_stem(w.lower(), lang) for w in _WORD.findall(text)))


def _cyrillic(text: str) -> bool:
    return bool(re.search("[а-яё]", text.lower()))


@lru_cache(maxsize=100_000)
def _stem(word: str, lang: str) -> str:
    if re.search("[а-яё]", word):
        lang = "ru"
    elif lang == "ru":
        lang = "en"
    return str(_stemmer(_STEMMER.get(lang, "english")).stemWord(word.replace("ё", "е")))


@lru_cache
def _stemmer(name: str) -> Any:
    return snowballstemmer.stemmer(name)
