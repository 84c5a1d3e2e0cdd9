"""LiteLLM proxy: what went through it, by day and model.

`GET /user/daily/activity` is asked one day at a time, because its pages were unstable over longer ranges. A day
states totals and breakdowns of them; the breakdown by model is landed, and what it leaves of the total as one
row without a model. `spend` is LiteLLM's own reckoning, in US dollars; `prompt_tokens` counts cache reads and
writes too. The same requests stand on the providers' own bills.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from pipelines.domain.periods import Window, day_start
from pipelines.domain.records import CostBasis, RecordKind, UsageRecord
from pipelines.sources.api.answers import AnswerError, Fields
from pipelines.sources.api.paging import follow_numbers
from pipelines.sources.api.shape import Shape
from pipelines.sources.api.source import Answer, ApiSource, KeyKind, Session
from pipelines.sources.statements import StatementKind

PAGE_SIZE = 1000
COUNTS = ("prompt_tokens", "completion_tokens", "api_requests")
CACHED = ("cache_read_input_tokens", "cache_creation_input_tokens")
ACTIVITY = "/user/daily/activity"
METRICS = ("results[].metrics", "results[].breakdown.models{}.metrics")
ANSWERS = {
    ACTIVITY: Shape(
        (
            "metadata.has_more",
            "results",
            "results[].date",
            "results[].breakdown.models",
            *(f"{metrics}.{name}" for metrics in METRICS for name in ("spend", *COUNTS)),
        ),
        expected=tuple(f"{metrics}.{name}" for metrics in METRICS for name in CACHED),
    )
}
"""Every version of the proxy counts these; those of the cache came later."""


def fetch(session: Session, window: Window) -> Answer:
    """Every day of `window`, each asked for alone."""
    records = [record for day in window.days() for record in _day(session, day)]
    return Answer(records, window.days())


def _day(session: Session, day: date) -> Iterator[UsageRecord]:
    def ask(number: int) -> Fields:
        pages = ("page", number), ("page_size", PAGE_SIZE)
        return session.client.get(ACTIVITY, [("start_date", str(day)), ("end_date", str(day)), *pages])

    total = _Sums()
    by_model: dict[str, _Sums] = {}
    for page in follow_numbers(ask, lambda page: page.object("metadata").flag("has_more")):
        for result in page.objects("results"):
            if result.day("date") != day:
                raise AnswerError(f"results[].date is {result.text('date')}, where only {day} was asked for")
            total.add(result.object("metrics"))
            models = result.object("breakdown").object("models")
            for model in models.names():
                by_model.setdefault(model, _Sums()).add(models.object(model).object("metrics"))
    for model, sums in sorted(by_model.items()):
        total.take_away(sums)
        yield _record(session, day, model, sums)
    if total:
        yield _record(session, day, None, total)


class _Sums:
    """Spend and counts, added up over pages; a count of the cache that no page states stays None."""

    def __init__(self) -> None:
        self.spend = Decimal(0)
        self.counts: dict[str, int | None] = {**dict.fromkeys(COUNTS, 0), **dict.fromkeys(CACHED)}

    def __bool__(self) -> bool:
        return bool(self.spend or any(self.counts.values()))

    def add(self, metrics: Fields) -> None:
        self.spend += metrics.money("spend")
        for name in self.counts:
            count = metrics.count(name) if name in COUNTS else metrics.optional_count(name)
            if count is not None:
                self.counts[name] = (self.counts[name] or 0) + count

    def take_away(self, other: _Sums) -> None:
        self.spend -= other.spend
        # A breakdown that counts more than its total leaves nothing over.
        for name, count in self.counts.items():
            if count is not None:
                self.counts[name] = max(count - (other.counts[name] or 0), 0)


def _record(session: Session, day: date, model: str | None, sums: _Sums) -> UsageRecord:
    counts = sums.counts
    cached = counts["cache_read_input_tokens"], counts["cache_creation_input_tokens"]
    return session.record(
        record_kind=RecordKind.USAGE_COST,
        provider=_provider(model),
        period_start=day_start(day),
        period_end=day_start(day + timedelta(days=1)),
        grain="1d",
        model_raw=model,
        requests=counts["api_requests"],
        input_uncached_tokens=max((counts["prompt_tokens"] or 0) - sum(count or 0 for count in cached), 0),
        cache_read_tokens=cached[0],
        cache_write_other_tokens=cached[1],
        output_tokens=counts["completion_tokens"],
        cost_amount=sums.spend,
        currency="USD",
        cost_basis=CostBasis.PROVIDER_ESTIMATE,
    )


def _provider(model: str | None) -> str:
    """Whose model it is where its name says so, as in `openai/gpt-5`; else the proxy itself."""
    vendor, slash, _ = (model or "").partition("/")
    return vendor if slash else "litellm"


def _headers(key: str) -> Mapping[str, Any]:
    return {"authorization": f"Bearer {key}"}


SOURCE = ApiSource(
    name="litellm_activity",
    provider="litellm",
    title="LiteLLM activity",
    base_url="http://localhost:4000",
    headers=_headers,
    key=KeyKind(
        "the proxy's master key or an admin's key", "your proxy's admin page (and give its address as base_url)"
    ),
    answers=ANSWERS,
    fetch=fetch,
    longest_window=31,
    restated_for=1,
    statement="estimate of a gateway",
    statement_kind=StatementKind.ESTIMATE,
    precedence=40,
)
