"""An installation on each set of parts."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.vocab import Dataset
from tests import servers
from tests.conftest import absent
from tests.installation import Installation, installed


@pytest.fixture(params=["embedded", "servers"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def installation(kind: str, run_folder: Path, tmp_path: Path, dataset: Dataset) -> Iterator[Installation]:
    try:
        with installed(kind, run_folder, tmp_path, dataset.rag_id) as ready:
            yield ready
    except servers.Missing as e:
        absent(e)
