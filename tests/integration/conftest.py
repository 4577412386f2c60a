"""An installation on each set of parts."""

from tests.faults.conftest import installation, kind

__all__ = ["installation", "kind"]
