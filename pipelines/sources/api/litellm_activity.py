"""LiteLLM proxy: what went through it, by day, model and key.

`GET /user/daily/activity` is asked one day at a time, because its pages were unstable over longer ranges. A day
states totals and breakdowns of them (LiteLLM 1.109, `SpendAnalyticsPaginatedResponse`). Models are landed by key; what
the keys leave of a model, and the models of the total, are rows without. A key's team is its project. Breakdowns by tag
are not asked for: a request with two tags is in both. `spend` is LiteLLM's reckoning, in US dollars;
`prompt_tokens` counts cache reads and writes too; `flat_cost` is the day's part of provisioned throughput, alongside
it. The same requests are on the providers' bills.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from pipelines.domain.periods import Window, day_start
from pipelines.domain.records import CostBasis, RecordKind, UsageRecord
from pipelines.domain.vendors import provider_named
from pipelines.sources.api.framework.answers import AnswerError, Fields
from pipelines.sources.api.framework.paging import follow_numbers
from pipelines.sources.api.framework.shape import Shape
from pipelines.sources.api.framework.source import Answer, ApiSource, KeyKind, Session
from pipelines.sources.statements import StatementKind

PAGE_SIZE = 1000
PROXY = "litellm"
COUNTS = ("prompt_tokens", "completion_tokens", "api_requests")
CACHED = ("cache_read_input_tokens", "cache_creation_input_tokens")
ACTIVITY = "/user/daily/activity"
MODELS = "results[].breakdown.models"
METRICS = (
    "results[].metrics",
    f"{MODELS}{{}}.metrics",
    f"{MODELS}{{}}.api_key_breakdown{{}}?.metrics",
    "results[].breakdown.providers{}?.metrics",
)
OWNER = ("key_alias", "team_id", "user_id")
ANSWERS = {
    ACTIVITY: Shape(
        (
            "metadata.has_more",
            "results",
            "results[].date",
            MODELS,
            *(f"{metrics}.{name}" for metrics in METRICS for name in ("spend", *COUNTS)),
        ),
        expected=(
            "results[].breakdown.providers",
            f"{MODELS}{{}}.api_key_breakdown",
            f"{MODELS}{{}}.api_key_breakdown{{}}?.metadata",
            *(f"{MODELS}{{}}.api_key_breakdown{{}}?.metadata?.{name}" for name in OWNER),
            *(f"{metrics}.{name}" for metrics in METRICS for name in CACHED),
        ),
    )
}
"""Every version of the proxy counts these; those of the cache and of keys came later."""


def fetch(session: Session, window: Window) -> Answer:
    """Every day of `window`, each asked for alone."""
    records = [record for day in window.days() for record in _day(session, day)]
    return Answer(records, window.days())


class _Sums:
    """Spend and counts, added up over pages; a count of the cache that no page states stays None."""

    def __init__(self) -> None:
        self.spend = Decimal(0)
        self.counts: dict[str, int | None] = {**dict.fromkeys(COUNTS, 0), **dict.fromkeys(CACHED)}

    def __bool__(self) -> bool:
        return bool(self.spend or any(self.counts.values()))

    def equals(self, other: _Sums) -> bool:
        return (self.spend, self.counts) == (other.spend, other.counts)

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


@dataclass
class _Day:
    """What the pages of a day come to: in total, by model, by model and key, by provider; and whose a key is."""

    total: _Sums = field(default_factory=_Sums)
    models: dict[str, _Sums] = field(default_factory=lambda: defaultdict(_Sums))
    keys: dict[tuple[str, str], _Sums] = field(default_factory=lambda: defaultdict(_Sums))
    providers: dict[str, _Sums] = field(default_factory=lambda: defaultdict(_Sums))
    flat: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    owners: dict[str, dict[str, str | None]] = field(default_factory=dict)

    def add(self, result: Fields) -> None:
        self.total.add(result.object("metrics"))
        breakdown = result.object("breakdown")
        for model, figures in _named(breakdown.object("models")):
            self.models[model].add(figures.object("metrics"))
            self.flat[model] += figures.object("metrics").optional_money("flat_cost") or 0
            for key, part in _named(figures.optional_object("api_key_breakdown")):
                self.keys[model, key].add(part.object("metrics"))
                owner = part.optional_object("metadata")
                self.owners[key] = {name: owner.optional_text(name) for name in OWNER} if owner else {}
        for provider, figures in _named(breakdown.optional_object("providers")):
            self.providers[provider].add(figures.object("metrics"))

    def provider_of(self, model: str) -> str:
        """Whose model it is, as far as the day's providers tell; else the proxy itself.

        The breakdowns by model and by provider stand apart: one tells the other where there is one provider, where the
        model's name begins with it, or where the figures of a model and of one provider alone are the same.
        """
        vendor, slash, _ = model.partition("/")
        if not self.providers:
            return vendor if slash else PROXY
        same = [name for name, sums in self.providers.items() if sums.equals(self.models[model])]
        candidates = list(self.providers) if len(self.providers) == 1 else same
        found = vendor if slash and vendor in self.providers else candidates[0] if len(candidates) == 1 else PROXY
        return PROXY if found == "unknown" else found


def _named(group: Fields | None) -> Iterator[tuple[str, Fields]]:
    for name in group.names() if group else ():
        yield name, group.object(name)  # type: ignore[union-attr]


def _day(session: Session, day: date) -> Iterator[UsageRecord]:
    def ask(number: int) -> Fields:
        pages = ("page", number), ("page_size", PAGE_SIZE)
        return session.client.get(ACTIVITY, [("start_date", str(day)), ("end_date", str(day)), *pages])

    found = _Day()
    for page in follow_numbers(ask, lambda page: page.object("metadata").flag("has_more")):
        for result in page.objects("results"):
            if result.day("date") != day:
                raise AnswerError(f"results[].date is {result.text('date')}, where only {day} was asked for")
            found.add(result)
    for model, sums in sorted(found.models.items()):
        found.total.take_away(sums)
        provider = found.provider_of(model)
        for (_, key), part in sorted(item for item in found.keys.items() if item[0][0] == model):
            sums.take_away(part)
            yield _record(session, day, provider, part, model_raw=model, api_key_id=key, **_owner(found.owners[key]))
        if sums:
            yield _record(session, day, provider, sums, model_raw=model)
        if flat := found.flat[model]:
            whole = _record(session, day, provider, _Sums(), model_raw=model, line_item="flat_cost")
            yield replace(whole, record_kind=RecordKind.COST, cost_amount=flat)
    if found.total:
        yield _record(session, day, PROXY, found.total)


def _owner(reported: Mapping[str, str | None]) -> dict[str, str | None]:
    return {
        "api_key_name": reported.get("key_alias"),
        "project": reported.get("team_id"),
        "user_id": reported.get("user_id"),
    }


def _record(session: Session, day: date, provider: str, sums: _Sums, **of: Any) -> UsageRecord:
    counts = sums.counts
    cached = counts["cache_read_input_tokens"], counts["cache_creation_input_tokens"]
    return session.record(
        record_kind=RecordKind.USAGE_COST,
        provider=provider_named(provider) or provider,
        period_start=day_start(day),
        period_end=day_start(day + timedelta(days=1)),
        grain="1d",
        requests=counts["api_requests"],
        input_uncached_tokens=max((counts["prompt_tokens"] or 0) - sum(count or 0 for count in cached), 0),
        cache_read_tokens=cached[0],
        cache_write_other_tokens=cached[1],
        output_tokens=counts["completion_tokens"],
        cost_amount=sums.spend,
        currency="USD",
        cost_basis=CostBasis.PROVIDER_ESTIMATE,
        **of,
    )


def _headers(key: str) -> Mapping[str, Any]:
    return {"authorization": f"Bearer {key}"}


SOURCE = ApiSource(
    name="litellm_activity",
    provider="litellm",
    title="LiteLLM activity",
    fetched="the proxy's estimate by model, key and team",
    docs="https://docs.litellm.ai/docs/proxy/cost_tracking",
    base_url="http://localhost:4000",
    headers=_headers,
    key=KeyKind(
        "the proxy's master key or an admin's key",
        "your proxy's admin page (and set its address as base_url)",
        variable="LITELLM_MASTER_KEY",
    ),
    answers=ANSWERS,
    fetch=fetch,
    longest_window=31,
    restated_for=1,
    statement="estimate of a gateway",
    statement_kind=StatementKind.ESTIMATE,
    precedence=40,
)
