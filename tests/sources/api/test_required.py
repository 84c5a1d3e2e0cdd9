"""A provider that no longer reports a field: each field of every specimen answer is taken out, one at a time."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipelines.domain.records import UsageRecord
from pipelines.errors import SourceError
from pipelines.sources.api import api_sources
from pipelines.sources.api.framework.source import ApiAccount, ApiSource, Session
from pipelines.sources.outcomes import Status
from tests.fuzzing.harnesses import answered_client
from tests.sources.api.canned import KEY, land, provider, source
from tests.sources.api.specimen import NOW, WINDOW, specimen_of, sums

KEYED_BY_DATA = re.compile(r"usage|.*\.(models|providers|api_key_breakdown)")
"""Objects whose names are models, providers or keys: nobody can tell that one of them is missing."""


@dataclass(frozen=True)
class Taken:
    """What a source made of its answers: `refused` is why it took nothing, `lacking` what it told to be missing."""

    records: tuple[UsageRecord, ...] = ()
    covered: frozenset[date] = frozenset()
    lacking: tuple[str, ...] = ()
    refused: str = ""


def taken(of: ApiSource, answers: list[Any]) -> Taken:
    """What `of` makes of `answers`, given one after another, and the last one for whatever it asks after that."""
    client = answered_client()
    client.give([json.dumps(answer).encode() for answer in answers], of.answers)
    session = Session(of, ApiAccount("acme", of.provider, KEY, organization="acme"), client, NOW, set())
    try:
        answer = of.fetch(session, WINDOW)
        records = tuple(map(_compared, answer.records))
    except SourceError as error:
        return Taken(refused=str(error))
    return Taken(records, frozenset(answer.covered), (*client.lacking, *session.findings))


def _compared(record: UsageRecord) -> UsageRecord:
    """A record without names and extras; a breakdown of nothing that is not reported is not less than 0."""
    written = record.cache_write_other_tokens or None
    return replace(record, project_name=None, api_key_name=None, extra=None, cache_write_other_tokens=written)


def without_each_field(answers: list[Any]) -> Iterator[tuple[str, list[Any]]]:
    """(answer and path, the answers without that field) of every field; of a list, of the first row that has it."""
    for number, answer in enumerate(answers):
        seen: set[str] = set()
        for path, keys in _fields(answer, "", ()):
            if path not in seen:
                seen.add(path)
                changed = copy.deepcopy(answers)
                holder = changed[number]
                for key in keys[:-1]:
                    holder = holder[key]
                del holder[keys[-1]]
                yield f"{number}: {path}", changed


def _fields(value: Any, path: str, keys: tuple[Any, ...]) -> Iterator[tuple[str, tuple[Any, ...]]]:
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from _fields(item, f"{path}[]", (*keys, number))
    elif isinstance(value, dict):
        for name, item in value.items():
            below = f"{path}.{name}".lstrip(".")
            if not KEYED_BY_DATA.fullmatch(path):
                yield below, (*keys, name)
            yield from _fields(item, below, (*keys, name))


@pytest.mark.parametrize("of", api_sources(), ids=lambda of: of.name)
def test_a_source_lands_what_its_specimen_says(of: ApiSource):
    assert sums(taken(of, specimen_of(of.name).values).records) == specimen_of(of.name).lands


@pytest.mark.parametrize("of", api_sources(), ids=lambda of: of.name)
def test_a_field_that_is_missing_changes_no_figure_unless_it_is_said(of: ApiSource):
    answers = specimen_of(of.name).values
    whole = taken(of, answers)
    assert whole.records
    assert (whole.refused, whole.lacking) == ("", ())
    silent, optional = [], specimen_of(of.name).optional
    for path, changed in without_each_field(answers):
        without = taken(of, changed)
        is_said = without.refused or without.lacking or without.covered != whole.covered
        if not is_said and without.records != whole.records and not path.endswith(optional):
            silent.append(path)
    assert silent == []


@pytest.mark.parametrize("of", api_sources(), ids=lambda of: of.name)
def test_a_required_field_that_is_missing_is_named_with_its_path(of: ApiSource):
    answers = specimen_of(of.name).values
    refusals = [taken(of, changed).refused for _, changed in without_each_field(answers)]
    for shape in of.answers.values():
        for path in (*shape.required, *shape.nullable):
            name = path.split(".")[-1]
            if path in {"data[].id", "id"}:  # of a name or of the organization, which stop no figure
                continue
            assert any(refused.endswith(f"{name} is missing") for refused in refusals), path


@pytest.mark.parametrize("of", api_sources(), ids=lambda of: of.name)
def test_cache_writes_of_a_duration_that_is_not_known_are_kept_and_said(of: ApiSource):
    text = "\n".join(specimen_of(of.name).answers)
    more = r'\g<0>"ephemeral_24h_input_tokens":7,"ephemeral_7d":0,'
    added, splits = re.subn(r'"cache_creation": ?\{', more, text)
    assert bool(splits) == (of.name in {"anthropic_usage", "anthropic_analytics_usage"})
    whole, changed = (taken(of, [json.loads(line) for line in lines.splitlines()]) for lines in (text, added))
    others = [record for record in changed.records if record.service_tier == "cache writes for 24h"]
    assert [record.cache_write_other_tokens for record in others] == [7] * splits
    assert [record for record in changed.records if record not in others] == list(whole.records)
    assert changed.lacking == ("cache writes for 24h have no known price",) * bool(splits)


def test_a_field_that_is_expected_and_missing_is_a_finding_of_the_run(tmp_path: Path):
    report = [{"day": "2026-11-22", "total_cost": 0.75, "input_tokens": 9, "output_tokens": 7, "request_count": 2}]
    with provider(lambda _: {"results": report}) as served:
        outcome, (record,) = land(source("vercel_gateway"), served.url, tmp_path, date(2026, 11, 22))
    assert (outcome.status, record.model_raw, record.cache_read_tokens) == (Status.OK, None, None)
    names = ("cache_creation_input_tokens", "cached_input_tokens", "market_cost", "model", "reasoning_tokens")
    assert outcome.findings == tuple(f"results[].{name} is missing in 1 row: its value is unknown" for name in names)
