"""Cursor: every event once, whatever arrives while the pages are read, in dollars."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipelines.sources.api.cursor_events import PAGE_SIZE, READINGS
from pipelines.sources.outcomes import Status
from tests.sources.api.canned import KEY, NOW, Asked, land, provider, source

YESTERDAY = date(2026, 11, 22)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def cursor(asked: Asked) -> Any:
    event = {
        "timestamp": str(int(NOON.timestamp() * 1000)),
        "userEmail": "a@example.com",
        "model": "claude-4.5-opus",
        "kind": "Usage-based",
        "isTokenBasedCall": True,
        "isChargeable": True,
        "tokenUsage": {
            "inputTokens": 126,
            "outputTokens": 450,
            "cacheWriteTokens": 6112,
            "cacheReadTokens": 11964,
            "totalCents": 20.18,
        },
        "chargedCents": 21.36,
        "cursorTokenFee": 1.18,
    }
    included = {**event, "kind": "Included in Pro", "isChargeable": False, "model": "auto"}
    pages = [[event, event], [included]]
    number = asked.body["page"]
    pagination = {"numPages": 2, "currentPage": number, "pageSize": 1000, "hasNextPage": number < 2}
    return {"totalUsageEventsCount": 3, "usageEvents": pages[number - 1], "pagination": pagination}


def test_cursor_counts_exact_twins_and_marks_what_the_plan_includes(tmp_path: Path):
    with provider(cursor) as served:
        outcome, records = land(source("cursor_events"), served.url, tmp_path, YESTERDAY)
    assert (outcome.status, outcome.message) == (Status.OK, None)
    billed = [record for record in records if record.is_billable]
    assert [record.cost_amount for record in billed] == [Decimal("0.2136")] * 2
    assert sorted(record.row_ordinal for record in billed) == [0, 1]
    (included,) = [record for record in records if not record.is_billable]
    assert (included.line_item, included.cost_amount) == ("Included in Pro", Decimal("0.2136"))
    assert (included.input_uncached_tokens, included.cache_read_tokens, included.cache_write_other_tokens) == (
        126,
        11964,
        6112,
    )
    body = served.asked[0].body
    midnight = int(datetime(2026, 11, 22, tzinfo=UTC).timestamp() * 1000)
    assert (body["startDate"], body["endDate"]) == (midnight, int(NOW.timestamp() * 1000))
    assert served.asked[0].headers["authorization"] == f"Basic {b64encode(f'{KEY}:'.encode()).decode()}"


class Team:
    """A team whose events are paged newest first, and into whose list `arrivals` events come after each page."""

    def __init__(self, events: int, arrivals: list[int], *, states_number: bool) -> None:
        self.moments = [NOON + timedelta(seconds=number) for number in range(events)]
        self.arrivals = list(arrivals)
        self.states_number = states_number

    def __call__(self, asked: Asked) -> Any:
        until = datetime.fromtimestamp(asked.body["endDate"] / 1000, UTC)
        found = sorted((moment for moment in self.moments if moment <= until), reverse=True)
        number, size = asked.body["page"], asked.body["pageSize"]
        page = [self._event(moment) for moment in found[(number - 1) * size : number * size]]
        for _ in range(self.arrivals.pop(0) if self.arrivals else 0):
            self.moments.append(max(self.moments) + timedelta(seconds=1))
        reported = {"totalUsageEventsCount": len(found)} if self.states_number else {}
        return {**reported, "usageEvents": page, "pagination": {"hasNextPage": number * size < len(found)}}

    def _event(self, moment: datetime) -> dict[str, Any]:
        stamp = str(int(moment.timestamp() * 1000))
        return {"timestamp": stamp, "kind": "Usage-based", "isTokenBasedCall": False, "chargedCents": 1}


@pytest.mark.parametrize("states_number", [True, False])
@pytest.mark.parametrize("arrivals", [[1], [1, 0, 2]])
def test_an_event_that_arrives_between_two_pages_is_counted_once(
    tmp_path: Path, arrivals: list[int], *, states_number: bool
):
    team = Team(PAGE_SIZE + 501, arrivals, states_number=states_number)
    with provider(team) as served:
        outcome, records = land(source("cursor_events"), served.url, tmp_path, YESTERDAY)
    assert (outcome.status, outcome.message) == (Status.OK, None)
    assert sorted(record.period_start for record in records) == team.moments
    assert {record.row_ordinal for record in records} == {0}


def test_pages_that_never_hold_still_are_not_taken(tmp_path: Path):
    team = Team(PAGE_SIZE + 1, [1] * 100, states_number=True)
    with provider(team) as served:
        outcome, records = land(source("cursor_events"), served.url, tmp_path, YESTERDAY)
    assert (outcome.status, records) == (Status.FAILED, [])
    assert outcome.message == (
        "the answer of Cursor usage events: the pages have fewer events than they report, "
        f"after reading {READINGS} times: a page is missing"
    )


def without(*path: str) -> Callable[[Asked], Any]:
    """The answer less one field of its first event, or of itself."""

    def answer(asked: Asked) -> Any:
        page = cursor(asked)
        place = page["usageEvents"][0] if path[0] == "event" else page
        for name in path[1:-1]:
            place = place[name]
        del place[path[-1]]
        return page

    return answer


@pytest.mark.parametrize(
    ("path", "message"),
    [
        (("event", "chargedCents"), "usageEvents[0].chargedCents is missing"),
        (("event", "tokenUsage", "inputTokens"), "usageEvents[0].tokenUsage.inputTokens is missing"),
        (("event", "tokenUsage", "cacheReadTokens"), "usageEvents[0].tokenUsage.cacheReadTokens is missing"),
        (("event", "tokenUsage", "cacheWriteTokens"), "usageEvents[0].tokenUsage.cacheWriteTokens is missing"),
        (("event", "tokenUsage", "outputTokens"), "usageEvents[0].tokenUsage.outputTokens is missing"),
        (("event", "tokenUsage"), "usageEvents[0].tokenUsage is null where an object was expected"),
        (("page", "pagination", "hasNextPage"), "pagination.hasNextPage is missing"),
    ],
)
def test_what_an_event_lacks_is_not_taken_for_nothing(tmp_path: Path, path: tuple[str, ...], message: str):
    with provider(without(*path)) as served:
        outcome, records = land(source("cursor_events"), served.url, tmp_path, YESTERDAY)
    assert (outcome.message, records) == (f"the answer of Cursor usage events: {message}", [])
