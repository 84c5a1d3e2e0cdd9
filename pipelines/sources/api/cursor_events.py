"""Cursor: every billed or included event of a team.

`POST /teams/filtered-usage-events` takes both ends of its range inclusively, in milliseconds, at most 30 days
at once. `chargedCents` is US cents with a fraction and adds up to the team's spend. Events that the plan includes
carry it too and are invoiced to nobody. Events have no id: exact twins are counted. The fee of a seat is in none
of this: enter it by hand.
"""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta

from pipelines.domain.periods import Window, day_start
from pipelines.domain.records import CostBasis, RecordKind, UsageRecord
from pipelines.sources.api.answers import Fields
from pipelines.sources.api.paging import follow_numbers
from pipelines.sources.api.source import Answer, ApiSource, KeyKind, Session

PAGE_SIZE = 1000
CENTS = 100
MILLISECONDS = 1000


def fetch(session: Session, window: Window) -> Answer:
    """Every event of `window`, page by page."""
    first = int(day_start(window.start).timestamp() * MILLISECONDS)
    after = int(day_start(window.end).timestamp() * MILLISECONDS)

    def ask(number: int) -> Fields:
        body = {"startDate": first, "endDate": after - 1, "page": number, "pageSize": PAGE_SIZE}
        return session.client.post("/teams/filtered-usage-events", body)

    seen: Counter[tuple[object, ...]] = Counter()
    records = [
        _record(session, event, seen)
        for page in follow_numbers(ask, lambda page: bool(page.object("pagination").flag("hasNextPage")))
        for event in page.objects("usageEvents")
    ]
    return Answer(records, window.days())


def _record(session: Session, event: Fields, seen: Counter[tuple[object, ...]]) -> UsageRecord:
    moment = event.unix_moment("timestamp", per_second=MILLISECONDS)
    kind = event.optional_text("kind")
    charged = event.optional_money("chargedCents", per_unit=CENTS)
    # What the fee and the model's own cents are parts of is charged already.
    event.known("cursorTokenFee", "requestsCosts", "isTokenBasedCall", "maxMode", "isHeadless")
    tokens = event.optional_object("tokenUsage")
    counts = {}
    if tokens is not None:
        tokens.known("totalCents", "discountPercentOff")
        counts = {
            "input_uncached_tokens": tokens.optional_count("inputTokens"),
            "cache_read_tokens": tokens.optional_count("cacheReadTokens"),
            "cache_write_other_tokens": tokens.optional_count("cacheWriteTokens"),
            "output_tokens": tokens.optional_count("outputTokens"),
        }
    user, model = event.optional_text("userEmail"), event.optional_text("model")
    included = event.flag("isChargeable") is False or (kind or "").startswith("Included")
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
    base_url="https://api.cursor.com",
    headers=_headers,
    key=KeyKind("a team's admin API key", "https://cursor.com/dashboard, Settings, API keys", ("key_",)),
    fetch=fetch,
    longest_window=30,
    restated_for=3,
)
