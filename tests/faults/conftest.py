"""A provider and a reader of it for each test; what the reader met is stored for the table of `make faults`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipelines.sample.provider import ScriptedProvider
from tests.faults.figures import LEDGER, LONGEST_PAGE, NOW, Reader, landing_in


@pytest.fixture
def note(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Say what was observed under the fault."""
    return lambda observed: record_property("observed", observed)


@pytest.fixture
def reader(tmp_path: Path, note: Callable[[str], None]) -> Iterator[Reader]:
    with ScriptedProvider(LEDGER, now=lambda: NOW, longest_page=LONGEST_PAGE) as provider:
        yield Reader(provider, landing_in(tmp_path), note)
