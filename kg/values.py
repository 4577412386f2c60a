"""The frozen values of `kg` as JSON and back, exactly: what a step hands to the next one.

Every dataclass is `[name, field, …]` with the fields that differ from their defaults by name; IRIs and
literals keep their kind. The reader builds only values of the types that the annotations name; equal
texts in them are one text in memory.
"""

import dataclasses
import json
import sys
import types
import typing
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from functools import lru_cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin

from rdflib import Literal, URIRef

T = TypeVar("T")


def dumps(value: object) -> bytes:
    return json.dumps(to_json(value), ensure_ascii=False, separators=(",", ":")).encode()


def loads(kind: type[T], data: bytes) -> T:
    made: T = from_json(kind, json.loads(data))
    return made


def lines(value: Any) -> Iterator[bytes]:
    """A large dataclass as lines of JSON: itself without its sequences, then each item of these."""
    names = [name for name, hint in _hints(cast(Any, type(value))).items() if _is_sequence(hint)]
    yield _line(to_json(dataclasses.replace(value, **dict.fromkeys(names, ()))))
    for name in names:
        for item in getattr(value, name):
            yield _line([name, to_json(item)])


def from_lines(kind: type[T], stream: Iterable[bytes]) -> T:
    """What `lines` wrote, read a line at a time; what `dumps` wrote is one line."""
    rest = iter(stream)
    whole, hints = from_json(kind, json.loads(next(rest))), _hints(cast(Any, kind))
    items: dict[str, list[Any]] = defaultdict(list)
    for line in rest:
        name, data = json.loads(line)
        items[name].append(from_json(get_args(hints[name])[0], data))
    made: T = dataclasses.replace(whole, **{name: tuple(found) for name, found in items.items()})
    return made


def _is_sequence(hint: Any) -> bool:
    return get_origin(hint) is tuple and get_args(hint)[1:] == (Ellipsis,)


def _line(data: Any) -> bytes:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def to_json(value: object) -> Any:  # noqa: PLR0911  # one case per kind of value
    """
    >>> to_json((URIRef("urn:x"), Literal("a", lang="en"), "a"))
    [{'iri': 'urn:x'}, {'text': 'a', 'lang': 'en'}, 'a']
    """
    if isinstance(value, URIRef):
        return {"iri": str(value)}
    if isinstance(value, Literal):
        written = {"text": str(value), "lang": value.language, "type": value.datatype and str(value.datatype)}
        return {k: v for k, v in written.items() if v or k == "text"}
    if isinstance(value, StrEnum):
        return value.value
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, frozenset):
        return sorted((to_json(v) for v in value), key=lambda v: json.dumps(v, sort_keys=True))
    if isinstance(value, tuple | list):
        return [to_json(v) for v in value]
    if isinstance(value, Mapping):
        return [[to_json(k), to_json(v)] for k, v in value.items()]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        said = {
            f.name: to_json(getattr(value, f.name))
            for f in dataclasses.fields(value)
            if f.init and getattr(value, f.name) != f.default
        }
        return {"@": type(value).__name__, **said}
    raise TypeError(f"no JSON for {type(value).__name__}")


def from_json(kind: Any, data: Any) -> Any:  # noqa: PLR0911, PLR0912  # one case per kind of value
    """The value of type `kind`; ValueError or KeyError if the data is of another."""
    origin = get_origin(kind)
    if kind is Any:
        raise TypeError("a value of no type cannot be read")
    if origin in (Union, types.UnionType):
        return _one_of(get_args(kind), data)
    if origin is typing.Literal:
        return data
    if origin is tuple:
        inner = get_args(kind)
        if len(inner) == 2 and inner[1] is Ellipsis:
            return tuple(from_json(inner[0], d) for d in data)
        return tuple(from_json(k, d) for k, d in zip(inner, data, strict=True))
    if origin is frozenset:
        return frozenset(from_json(get_args(kind)[0], d) for d in data)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        key, value = get_args(kind)
        return {from_json(key, k): from_json(value, v) for k, v in data}
    if kind is URIRef:
        return _iri(data["iri"])
    if kind is str and isinstance(data, str):
        return sys.intern(data)
    if kind is Literal:
        datatype = URIRef(data["type"]) if data.get("type") else None
        return Literal(data["text"], lang=data.get("lang"), datatype=datatype, normalize=False)
    if dataclasses.is_dataclass(kind):
        return _dataclass(kind, data)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return kind(data)
    if kind is float and isinstance(data, int):
        return float(data)
    if isinstance(kind, type) and isinstance(data, kind):
        return data
    raise ValueError(f"not a {kind}: {data!r:.80}")


def _dataclass(kind: Any, data: Mapping[str, Any]) -> Any:
    if data["@"] != kind.__name__:
        raise ValueError(f"not a {kind.__name__} but a {data['@']}")
    hints = _hints(kind)
    return kind(**{name: from_json(hints[name], d) for name, d in data.items() if name != "@"})


@lru_cache(maxsize=8192)
def _iri(value: str) -> URIRef:
    return URIRef(value)


@lru_cache
def _hints(kind: Any) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _one_of(kinds: tuple[Any, ...], data: Any) -> Any:
    """The alternative that the data itself names."""
    if data is None and type(None) in kinds:
        return None
    named = data.get("@") if isinstance(data, dict) else None
    for kind in kinds:
        if kind is type(None):
            continue
        if dataclasses.is_dataclass(kind):
            fits = named == kind.__name__  # type: ignore[union-attr]
        elif kind is URIRef:
            fits = isinstance(data, dict) and "iri" in data
        elif kind is Literal:
            fits = isinstance(data, dict) and "text" in data
        elif isinstance(kind, type):
            fits = isinstance(data, kind)
        else:
            fits = True
        if fits:
            return from_json(kind, data)
    raise ValueError(f"none of {kinds}: {data!r:.80}")
