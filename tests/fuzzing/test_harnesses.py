"""The harnesses of `make fuzz`: each reads what it begins with, and refuses the rest with the errors that it may."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.sources.api import api_sources
from pipelines.sources.imports import import_formats
from pipelines.sources.local import local_agents
from tests.examples import examples
from tests.fuzzing import fuzz
from tests.fuzzing.harnesses import HARNESSES, Harness
from tests.sources.api.specimen import FOLDER as ANSWERS
from tests.sources.imports.specimens import SPECIMENS as EXPORTS
from tests.sources.local.specimens import SPECIMENS as LOGS

EACH = pytest.mark.parametrize("harness", HARNESSES.values(), ids=HARNESSES)
EMPTY = {"import_files": 2, "manual_csv": 1, "configuration": 1}
"""How many of the seeds state nothing, on purpose: refused ones, and one that has no use in it."""


@cache
def seeds(harness: Harness) -> list[bytes]:
    return list(harness.seeds())


@EACH
def test_what_fuzzing_begins_with_is_read(harness: Harness):
    taken = [harness.take(seed) for seed in seeds(harness)]
    assert taken.count(0) == EMPTY.get(harness.name, 0), taken


def test_every_harness_is_fuzzed_and_begins_with_every_kind_of_input():
    assert tuple(HARNESSES) == fuzz.HARNESSES
    assert sorted(log.agent for log in LOGS) == [agent.name for agent in local_agents()]
    assert {export.format for export in EXPORTS} == {known.name for known in import_formats()}
    assert sorted(path.stem for path in ANSWERS.iterdir()) == [source.name for source in api_sources()]


@EACH
@settings(max_examples=examples(60), deadline=None)
@given(data=st.data())
def test_a_seed_that_is_changed_here_and_there_is_read_or_refused(harness: Harness, data: st.DataObject):
    changed = bytearray(data.draw(st.sampled_from(seeds(harness))))
    for place, value in data.draw(st.lists(st.tuples(st.integers(0, 10**4), st.integers(0, 255)), max_size=5)):
        changed[place % len(changed)] = value
    assert harness.take(bytes(changed[: data.draw(st.integers(0, len(changed)))])) >= 0
