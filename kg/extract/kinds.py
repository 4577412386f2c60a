"""What kind of thing a name is, as a plain class label, from several weak witnesses."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from kg.ontology.kinds import class_of_nouns

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def label(class_name: str) -> str:
    """
    >>> label("GovernmentAgency")
    'government agency'
    """
    return _CAMEL.sub(" ", class_name).lower()


def of_noun(phrase: str) -> str:
    """The class that a common noun phrase names, by its last words; "" if none.

    >>> of_noun("senior data engineer"), of_noun("graph database")
    ('person', 'database')
    """
    return label(class_of_nouns(re.findall(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*", phrase)))


class Votes:
    """Witnesses for the kinds of names, added up."""

    def __init__(self) -> None:
        self._votes: dict[str, dict[str, float]] = defaultdict(dict)

    def add(self, name: str, kind: str, weight: float) -> None:
        if kind:
            votes = self._votes[name]
            votes[kind] = votes.get(kind, 0.0) + weight

    def add_all(self, name: str, witnesses: Iterable[tuple[str, float]]) -> None:
        for kind, weight in witnesses:
            self.add(name, kind, weight)

    def all(self) -> Mapping[str, str]:
        return {name: self.best(name) for name in sorted(self._votes)}

    def weight(self, name: str) -> float:
        """The support of the best kind."""
        return max(self._votes.get(name, {}).values(), default=0.0)

    def best(self, name: str) -> str:
        votes = self._votes.get(name, {})
        return max(votes, key=lambda k: (round(votes[k], 6), k), default="")
