"""What can go wrong in the library.

KgError
├── Unreadable            a file whose text cannot be had
│   ├── NotText
│   ├── EmptyFile
│   └── TooLarge
├── StoreError            the graph store
│   ├── StoreDown         it does not answer: the outcome of an update is unknown
│   │   └── StoreAway     nobody listens at its address: nothing is running there
│   ├── TooSlow           a read took longer than it may
│   ├── QueryRefused      a query that may not run (update, SERVICE, foreign graph, too large)
│   └── VersionMoved      compare-and-set failed: another version is approved now
├── ModelError            a language or embedding model
│   ├── ModelDown         no answer, or an answer worth trying again later
│   ├── ModelRefused      wrong key, unknown model, over context: trying again does not help
│   └── Unparsable        the answer is not of the form asked for, even after one repair
├── IndexMissing          no retrieval index for this version
├── IndexBusy             a version came while the index was made anew: make it again
└── BadInput              an argument that does not fit: says which and why
"""


class KgError(Exception):
    """Root of the library's errors."""


class Unreadable(KgError):
    """A file whose text cannot be had; `name` is the file's name, the message is for people."""

    def __init__(self, name: str, why: str) -> None:
        self.name, self.why = name, why
        super().__init__(f"{name}: {why}")


class NotText(Unreadable):
    def __init__(self, name: str, why: str = "this is not a text file") -> None:
        super().__init__(name, why)


class EmptyFile(Unreadable):
    def __init__(self, name: str) -> None:
        super().__init__(name, "the file is empty")


class TooLarge(Unreadable):
    def __init__(self, name: str, size: int, limit: int) -> None:
        self.size, self.limit = size, limit
        super().__init__(name, f"{size:,} bytes, the limit is {limit:,}")


class StoreError(KgError):
    """The graph store answered with an error."""


class StoreDown(StoreError):
    """No answer: a read failed, the outcome of an update is unknown."""


class StoreAway(StoreDown):
    """Nobody listens at its address: nothing is running there either."""


class TooSlow(StoreError):
    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(f"the query took longer than {seconds:g} seconds")


class QueryRefused(StoreError):
    """The query may not run; the message says why."""


class VersionMoved(StoreError):
    def __init__(self, expected: int, found: int) -> None:
        self.expected, self.found = expected, found
        super().__init__(f"the approved version is {found}, not {expected}")


class ModelError(KgError):
    """A language or embedding model failed."""


class ModelDown(ModelError):
    """No answer for now; `retry_after` is seconds, when the server said so."""

    def __init__(self, why: str, retry_after: float | None = None) -> None:
        self.retry_after = retry_after
        super().__init__(why)


class ModelRefused(ModelError):
    """Trying again does not help: wrong key, unknown model, over the context length."""


class Unparsable(ModelError):
    """The answer is not of the form asked for, even after one repair."""


class IndexMissing(KgError):
    def __init__(self, dataset: str, version: int) -> None:
        self.dataset, self.version = dataset, version
        super().__init__(f"no retrieval index for version {version} of {dataset}")


class IndexBusy(KgError):
    def __init__(self, dataset: str) -> None:
        super().__init__(f"a version came while the index of {dataset} was made anew: make it again")


class BadInput(KgError):
    """An argument does not fit; the message says which and why."""
