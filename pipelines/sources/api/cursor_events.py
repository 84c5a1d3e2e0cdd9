"""Cursor: every billed or included event of a team.

`POST /teams/filtered-usage-events` takes both ends of its range inclusively, in milliseconds, at most 30 days
at once. `chargedCents` is US cents with a fraction and adds up to the team's spend. Events that the plan includes
carry it too and are invoiced to nobody. Events have no id: exact twins are counted. The fee of a seat is in none
of this: enter it manually.

Pages begin with the newest event, so one that arrives between two pages moves all others along: one would be read
twice and one not at all. The range therefore ends at the moment of asking, and the pages must hold as many events as
each of them states; where they state no number, the first page must be the same after the last. Else all are asked
again.
"""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta

from pipelines.domain.periods import Window, day_start
from pipelines.domain.records import CostBasis, RecordKind, UsageRecord
from pipelines.sources.api.framework.answers import AnswerError, Fields
from pipelines.sources.api.framework.paging import follow_numbers
from pipelines.sources.api.framework.shape import Shape
from pipelines.sources.api.framework.source import Answer, ApiSource, KeyKind, Session
from pipelines.sources.statements import StatementKind

PAGE_SIZE = 1000
CENTS = 100
MILLISECONDS = 1000
EVENTS = "usageEvents"
TOKENS = ("inputTokens", "outputTokens", "cacheWriteTokens", "cacheReadTokens")
PATH = "/teams/filtered-usage-events"
ANSWERS = {
    PATH: Shape(
        (
            "pagination.hasNextPage",
            EVENTS,
            f"{EVENTS}[].timestamp",
            *(f"{EVENTS}[].tokenUsage?.{name}" for name in TOKENS),
        ),
        expected=tuple(f"{EVENTS}[].{name}" for name in ("userEmail", "model", "kind", "isChargeable", "chargedCents")),
    )
}
READINGS = 4
"""How often the pages are read while events keep arriving."""


def fetch(session: Session, window: Window) -> Answer:
    """Every event of `window` until now."""
    seen: Counter[tuple[object, ...]] = Counter()
    records = [_record(session, event, seen) for page in _pages(session, window) for event in page.objects(EVENTS)]
    return Answer(records, window.days())


def _pages(session: Session, window: Window) -> list[Fields]:
    """All pages, as they were at one moment."""
    first, after, now = (
        int(moment.timestamp() * MILLISECONDS)
        for moment in (day_start(window.start), day_start(window.end), session.now)
    )

    def ask(number: int) -> Fields:
        body = {"startDate": first, "endDate": min(after - 1, now), "page": number, "pageSize": PAGE_SIZE}
        return session.client.post(PATH, body)

    for _ in range(READINGS):
        pages = list(follow_numbers(ask, lambda page: page.object("pagination").flag("hasNextPage")))
        reported = {page.optional_count("totalUsageEventsCount") for page in pages}
        if reported == {None}:
            are_of_one_moment = len(pages) == 1 or ask(1) == pages[0]
        else:
            are_of_one_moment = reported == {sum(len(page.objects(EVENTS)) for page in pages)}
        if are_of_one_moment:
            return pages
    raise AnswerError(
        f"the pages have fewer events than they report, after reading {READINGS} times: a page is missing"
    )


def _record(session: Session, event: Fields, seen: Counter[tuple[object, ...]]) -> UsageRecord:
    moment = event.unix_moment("timestamp", per_second=MILLISECONDS)
    kind = event.optional_text("kind")
    included = event.flag("isChargeable") is False or (kind or "").startswith("Included")
    money = event.optional_money if included else event.money
    charged = money("chargedCents", per_unit=CENTS)
    # What the fee and the model's cents are parts of is charged already.
    event.known("cursorTokenFee", "requestsCosts", "maxMode", "isHeadless")
    has_no_tokens = event.flag("isTokenBasedCall") is False
    tokens = event.optional_object("tokenUsage") if has_no_tokens else event.object("tokenUsage")
    counts = {}
    if tokens is not None:
        tokens.known("totalCents", "discountPercentOff")
        counts = {
            "input_uncached_tokens": tokens.count("inputTokens"),
            "cache_read_tokens": tokens.count("cacheReadTokens"),
            "cache_write_other_tokens": tokens.count("cacheWriteTokens"),
            "output_tokens": tokens.count("outputTokens"),
        }
    user, model = event.optional_text("userEmail"), event.optional_text("model")
    twin = (moment, user, model, kind)
    seen[twin] += 1
    return session.record(
        record_kind=RecordKind.USAGE_COST,
        period_start=moment,
        period_end=moment + timedelta(milliseconds=1),
        grain="event",
        user_id=user,
        model_raw=model,
        line_item=kind,
        requests=1,
        row_ordinal=seen[twin] - 1,
        **counts,
        cost_amount=charged,
        currency=None if charged is None else "USD",
        cost_basis=CostBasis.PROVIDER_REPORTED,
        is_billable=not included,
        extra=event.extra(),
    )


def _headers(key: str) -> Mapping[str, str]:
    return {"authorization": f"Basic {b64encode(f'{key}:'.encode()).decode()}"}


SOURCE = ApiSource(
    name="cursor_events",
    provider="cursor",
    title="Cursor usage events",
    fetched="every billed or included event of a team",
    docs="https://cursor.com/docs/account/teams/admin-api",
    base_url="https://api.cursor.com",
    headers=_headers,
    key=KeyKind(
        "a team's admin API key",
        "https://cursor.com/dashboard, API keys",
        ("key_", "crsr_"),
        variable="CURSOR_ADMIN_KEY",
    ),
    answers=ANSWERS,
    fetch=fetch,
    longest_window=30,
    restated_for=3,
    statement="charged by the seller",
    statement_kind=StatementKind.BILL,
    precedence=10,
)
