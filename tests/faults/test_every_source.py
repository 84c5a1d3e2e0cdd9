"""Faults 38 and 39: every source of the registry under faults of its provider that pass, and under some that last."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipelines.domain.records import UsageRecord
from pipelines.sources.api import api_sources
from pipelines.sources.api.framework.source import ApiSource
from pipelines.sources.outcomes import Outcome, Status
from tests.sources.api.canned import Asked, Reply, land, provider
from tests.sources.api.specimen import WINDOW, specimen_of

SOURCES = pytest.mark.parametrize("of", api_sources(), ids=lambda of: of.name)
PASSING = {
    "a web page": Reply(200, b"<!doctype html><title>maintenance</title>"),
    "an answer that is cut off": Reply(200, b'{"data": [{"date": "2026-'),
    "too many requests": Reply(429, b'{"error": "slow down"}', {"retry-after": "0"}),
    "a broken server": Reply(503, b"{}"),
}
LASTING = {
    "a key that was revoked": Reply(401, b'{"error": "no such key"}'),
    "a key that may not": Reply(403, b'{"error": "not allowed"}'),
    "nothing there": Reply(404, b'{"error": "Not Found"}'),
    "a broken server": Reply(500, b"{}"),
    "another shape": Reply(200, b"[]"),
}


def answering(of: ApiSource, spoiled: Callable[[int], Reply | None]) -> Callable[[Asked], Any]:
    """The specimen answers of `of`, one after another; `spoiled` may give another reply to the request of a number."""
    answers = specimen_of(of.name).values
    count = 0

    def answer(_: Asked) -> Any:
        nonlocal count
        count += 1
        reply = spoiled(count)
        if reply is not None:
            return reply
        return answers.pop(0) if len(answers) > 1 else answers[0]

    return answer


def read(of: ApiSource, folder: Path, spoiled: Callable[[int], Reply | None]) -> tuple[Outcome, list[UsageRecord]]:
    with provider(answering(of, spoiled)) as served:
        outcome, records = land(of, served.url, folder, WINDOW.start)
    return outcome, sorted(records, key=lambda record: record.record_key)


@SOURCES
@pytest.mark.parametrize("fault", PASSING)
def test_38_a_fault_that_passes_changes_nothing(tmp_path: Path, of: ApiSource, fault: str, note: Callable[[str], None]):
    _, whole = read(of, tmp_path / "whole", lambda _: None)
    outcome, records = read(of, tmp_path / "faulty", lambda number: PASSING[fault] if number == 1 else None)
    note(f"{of.name} after {fault}: {outcome.status}, {len(records)} records, as without it")
    assert outcome.status is Status.OK
    assert records == whole != []


@SOURCES
@pytest.mark.parametrize("fault", LASTING)
def test_39_a_fault_that_lasts_leaves_what_was_landed(
    tmp_path: Path, of: ApiSource, fault: str, note: Callable[[str], None]
):
    _, before = read(of, tmp_path, lambda _: None)
    outcome, after = read(of, tmp_path, lambda _: LASTING[fault])
    note(f"{of.name} under {fault}: {outcome.status}, {len(after)} records as before")
    assert outcome.status is Status.FAILED
    assert outcome.message
    assert after == before != []
