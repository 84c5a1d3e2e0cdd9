"""OpenRouter activity: what is charged in US dollar credits, by day, model, endpoint and, where they may be read, key.

Only the last 30 completed days are answered for: a month without a run loses days for good. The answer names no
key, so each key is asked for alone; what all keys together leave of the total is a row without one. What a key of
your own at another provider was charged is on that provider's bill: it is stored separately, and is not a cost here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from pipelines.domain.periods import Window, day_start
from pipelines.domain.records import CostBasis, RecordKind, UsageRecord
from pipelines.sources.api.framework.answers import AnswerError, Fields
from pipelines.sources.api.framework.client import ApiClient, RefusedError
from pipelines.sources.api.framework.shape import Shape
from pipelines.sources.api.framework.source import Answer, ApiSource, KeyKind, Session
from pipelines.sources.statements import StatementKind

COUNTS = ("requests", "prompt_tokens", "completion_tokens", "reasoning_tokens")
KEYS = "/keys"
ANSWERS = {
    "/activity": Shape(
        required=(
            "data",
            *(
                f"data[].{name}"
                for name in ("date", "model", "model_permaslug", "usage", "byok_usage_inference", *COUNTS)
            ),
        ),
        nullable=("data[].endpoint_id", "data[].provider_name"),
        expected=("data[].cached_tokens",),
    ),
    KEYS: Shape(("data", "data[].hash")),
}
"""The OpenAPI description requires all of them but `cached_tokens`, which is newer."""


@dataclass(frozen=True)
class _Place:
    day: date
    model: str
    endpoint: str | None
    seller: str | None


@dataclass
class _Figures:
    usage: Decimal = Decimal(0)
    charged_elsewhere: Decimal = Decimal(0)
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTS, 0))
    cached: int | None = None
    extra: str | None = None

    def __bool__(self) -> bool:
        return bool(self.usage or self.charged_elsewhere or any(self.counts.values()))

    def take_away(self, other: _Figures) -> None:
        self.usage -= other.usage
        self.charged_elsewhere -= other.charged_elsewhere
        self.counts = {name: max(count - other.counts[name], 0) for name, count in self.counts.items()}
        if self.cached is not None:
            self.cached = max(self.cached - (other.cached or 0), 0)


def fetch(session: Session, window: Window) -> Answer:
    """The days of `window`, in total and by key."""
    total = _activity(session, window, [])
    records: list[UsageRecord] = []
    for key in _keys(session):
        of_key = _activity(session, window, [("api_key_hash", key)])
        for place, figures in of_key.items():
            if place not in total:
                raise AnswerError(
                    f"{place.model} of {place.day} is in the activity of a key and not in that of all keys"
                )
            total[place].take_away(figures)
            records.append(_record(session, place, figures, key))
    records += [_record(session, place, figures, None) for place, figures in total.items() if figures]
    return Answer(records, window.days())


def _activity(session: Session, window: Window, params: Iterable[tuple[str, str]]) -> dict[_Place, _Figures]:
    """All days the provider has come in one answer; those of `window` are taken."""
    asked = tuple(params)
    answer: Fields = session.once(f"activity {asked}", lambda: session.client.get("/activity", asked))
    found: dict[_Place, _Figures] = {}
    for row in answer.objects("data"):
        day = row.day("date")
        if not window.start <= day < window.end:
            continue
        model = row.text("model_permaslug")
        row.known("model")
        place = _Place(day, model, row.optional_text("endpoint_id"), row.optional_text("provider_name"))
        figures = found.setdefault(place, _Figures())
        figures.usage += row.money("usage")
        figures.charged_elsewhere += row.money("byok_usage_inference")
        for name in COUNTS:
            figures.counts[name] += row.count(name)
        cached = row.optional_count("cached_tokens")
        if cached is not None:
            figures.cached = (figures.cached or 0) + cached
        figures.extra = row.extra()
    return found


def key_pages(client: ApiClient) -> Iterator[list[Fields]]:
    """Every key, by pages: they have no stated length, and end with one that adds none."""
    seen: set[str] = set()
    while True:
        page = client.get(KEYS, [("include_disabled", "true"), ("offset", len(seen))]).objects("data")
        hashes = {row.text("hash") for row in page}
        if hashes <= seen:
            return
        seen |= hashes
        yield page


def _keys(session: Session) -> list[str]:
    """The hash of every key.

    Raises:
        SourceError: they cannot be read now, or are refused although days were distinguished by them before.
    """

    def ask() -> list[str]:
        try:
            return sorted({row.text("hash") for page in key_pages(session.client) for row in page})
        except RefusedError as error:
            if session.landed("api_key_id"):
                raise
            session.findings.append(f"keys cannot be read, so usage is not split by key: {error}")
            return []

    return session.once("keys", ask)  # type: ignore[no-any-return]


def _record(session: Session, place: _Place, figures: _Figures, key: str | None) -> UsageRecord:
    elsewhere = figures.charged_elsewhere
    return session.record(
        record_kind=RecordKind.USAGE_COST,
        period_start=day_start(place.day),
        period_end=day_start(place.day + timedelta(days=1)),
        grain="1d",
        service=place.seller,
        model_raw=place.model,
        line_item=place.endpoint,
        api_key_id=key,
        requests=figures.counts["requests"],
        input_uncached_tokens=max(figures.counts["prompt_tokens"] - (figures.cached or 0), 0),
        cache_read_tokens=figures.cached,
        output_tokens=figures.counts["completion_tokens"],
        reasoning_tokens=figures.counts["reasoning_tokens"],
        cost_amount=figures.usage,
        currency="USD",
        cost_basis=CostBasis.PROVIDER_REPORTED,
        note=f"{elsewhere.normalize():f} USD were charged by the provider of your key" if elsewhere else None,
        extra=figures.extra,
    )


def _headers(key: str) -> Mapping[str, str]:
    return {"authorization": f"Bearer {key}"}


SOURCE = ApiSource(
    name="openrouter_activity",
    provider="openrouter",
    title="OpenRouter activity",
    fetched="activity by model and key of the last 30 days",
    docs="https://openrouter.ai/docs/api-reference/overview",
    base_url="https://openrouter.ai/api/v1",
    headers=_headers,
    key=KeyKind(
        "a management key; a key for inference is refused",
        "https://openrouter.ai/settings/management-keys",
        variable="OPENROUTER_MANAGEMENT_KEY",
    ),
    answers=ANSWERS,
    fetch=fetch,
    longest_window=31,
    restated_for=3,
    page_days=31,
    history=30,
    includes_today=False,
    statement="charged by the seller",
    statement_kind=StatementKind.BILL,
    precedence=10,
)
