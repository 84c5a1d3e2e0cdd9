"""ElevenLabs: what a workspace is charged, or the credits it used, by day, model and key or product.

A workspace is billed by cost or in credits. `POST /v1/workspace/analytics/usage` has the cost of the former, by UTC
day, in the currency that is the unit of its column; `POST /v1/workspace/analytics/query/usage-by-product-over-time` has
the credits of the latter, and of days before a workspace moved to billing by cost. Each refuses the other's workspaces,
so both are asked (API reference "Workspace, Usage"; ElevenLabs' client 2.78). A key that may ask neither has the
deprecated `GET /v1/usage/character-stats`. Credits are a quota that a subscription pays for: enter it manually.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal

from pipelines.domain.periods import Window, day_start, utc_day
from pipelines.domain.records import ChargeCategory, CostBasis, RecordKind, UsageRecord
from pipelines.sources.api.framework.answers import AnswerError, Fields
from pipelines.sources.api.framework.client import RefusedError
from pipelines.sources.api.framework.shape import Shape
from pipelines.sources.api.framework.source import Answer, ApiSource, KeyKind, Session
from pipelines.sources.statements import StatementKind

MILLISECONDS = 1000
SECONDS_OF_A_DAY = 86_400
COSTS = "/v1/workspace/analytics/usage"
CREDITS = "/v1/workspace/analytics/query/usage-by-product-over-time"
STATS = "/v1/usage/character-stats"
COSTS_BY = ("model", "hashed_xi_api_key", "fiat_charge_type", "fiat_currency")
CREDITS_BY = ("model", "product_type")
KEY_USER = "only the credits of the key's user are known: give the key access to the analytics of the workspace"
TABLE = Shape(("columns", "column_types", "column_units", "rows"))


def fetch(session: Session, window: Window) -> Answer:
    """The cost of each day, and the credits of the days before the first cost."""
    costs = _where_there(lambda: list(_costs(session, window)))
    if costs is None and session.landed("currency"):
        raise AnswerError("the cost of a workspace that had some is refused now: without it, days would become smaller")
    found = costs or []
    before = Window(window.start, min((record.day for record in found), default=window.end))
    used = _where_there(lambda: list(_credits(session, before))) if before.start < before.end else []
    if costs is None and used is None:
        used = list(_stats(session, window))
    found += used or []
    return Answer([record for record in found if record.day < window.end], window.days())


def _where_there(ask: Callable[[], list[UsageRecord]]) -> list[UsageRecord] | None:
    try:
        return ask()
    except RefusedError:
        return None


def _costs(session: Session, window: Window) -> Iterator[UsageRecord]:
    seen: Counter[tuple[object, ...]] = Counter()
    answer = _table(session, COSTS, window, COSTS_BY)
    unit = answer.of_columns("column_units").get("total_cost", "")
    for day, row in _days(answer):
        charged = row.money("total_cost")
        place = {
            "model_raw": row.optional_text("model"),
            "api_key_id": row.optional_text("hashed_xi_api_key"),
            "line_item": row.optional_text("fiat_charge_type"),
        }
        identity = (day, *place.values())
        seen[identity] += 1
        reported = row.optional_text("fiat_currency")
        yield session.record(
            record_kind=RecordKind.COST,
            period_start=day_start(day),
            period_end=day_start(day + timedelta(days=1)),
            grain="1d",
            **place,
            row_ordinal=seen[identity] - 1,
            quantity=row.number("total_charge_count"),
            cost_amount=charged,
            currency=_currency(unit, reported),
            charge_category=ChargeCategory.USAGE if charged >= 0 else ChargeCategory.CREDIT,
            cost_basis=CostBasis.PROVIDER_REPORTED,
            extra=row.extra(),
        )


def _currency(unit: str, reported: str | None) -> str:
    code = Fields({"column_units.total_cost": reported or unit or None}, "", set())
    return code.currency("column_units.total_cost")


def _credits(session: Session, window: Window) -> Iterator[UsageRecord]:
    answer = _table(session, CREDITS, window, CREDITS_BY)
    counted = [column for column, unit in answer.of_columns("column_units").items() if unit == "credits"]
    if len(counted) != 1:
        raise AnswerError(f"column_units has {len(counted)} columns of credits, where one was expected")
    for day, row in _days(answer):
        figure = row.number(counted[0])
        if figure:
            model, product = row.optional_text("model"), row.optional_text("product_type")
            yield _used(session, day_start(day), figure, model_raw=model, line_item=product, extra=row.extra())


def _table(session: Session, path: str, window: Window, group_by: tuple[str, ...]) -> Fields:
    start, end = (int(day_start(day).timestamp() * MILLISECONDS) for day in (window.start, window.end))
    body = {"start_time": start, "end_time": end, "interval_seconds": SECONDS_OF_A_DAY, "group_by": list(group_by)}
    answer = session.client.post(path, body)
    columns = answer.of_columns("column_types")
    for name in group_by:
        if name not in columns:
            session.lacks(f"columns of {path}: {name}")
    return answer


def _days(answer: Fields) -> Iterator[tuple[date, Fields]]:
    """(day, row): the day is in the one column of moments."""
    moments = [column for column, kind in answer.of_columns("column_types").items() if kind == "DateTime"]
    if len(moments) != 1:
        raise AnswerError(f"column_types has {len(moments)} columns of moments, where one was expected")
    for row in answer.table():
        yield utc_day(row.moment(moments[0])), row


def _stats(session: Session, window: Window) -> Iterator[UsageRecord]:
    answer = session.client.get(
        STATS,
        [
            ("start_unix", int(day_start(window.start).timestamp() * MILLISECONDS)),
            ("end_unix", int(day_start(window.end).timestamp() * MILLISECONDS) - 1),
            ("aggregation_interval", "day"),
            ("breakdown_type", "model"),
            ("metric", "credits"),
        ],
    )
    session.once("key user", lambda: session.findings.append(KEY_USER))
    moments = answer.unix_moments("time", per_second=MILLISECONDS)
    usage = answer.object("usage")
    for group in sorted(usage.names()):
        for moment, figure in zip(moments, usage.numbers(group, expected=len(moments)), strict=True):
            if figure:
                yield _used(session, moment, figure, model_raw=group)


def _used(session: Session, moment: datetime, figure: Decimal, **of: str | None) -> UsageRecord:
    return session.record(
        record_kind=RecordKind.USAGE,
        period_start=moment,
        period_end=moment + timedelta(days=1),
        grain="1d",
        meter="credits",
        quantity=figure,
        quantity_unit="credits",
        **of,
    )


def _headers(key: str) -> Mapping[str, str]:
    return {"xi-api-key": key}


SOURCE = ApiSource(
    name="elevenlabs_usage",
    provider="elevenlabs",
    title="ElevenLabs usage",
    fetched="charges by model and key, or the credits used (no money)",
    docs="https://elevenlabs.io/docs/api-reference/usage",
    base_url="https://api.elevenlabs.io",
    headers=_headers,
    key=KeyKind(
        "an API key with access to the analytics of the workspace",
        "https://elevenlabs.io/app/settings/api-keys",
        ("sk_",),
        variable="ELEVENLABS_API_KEY",
    ),
    answers={COSTS: TABLE, CREDITS: TABLE, STATS: Shape(())},
    fetch=fetch,
    longest_window=90,
    restated_for=3,
    page_days=90,
    statement="charged by the provider, or credits of a subscription",
    statement_kind=StatementKind.AMOUNTS,
    precedence=13,
)
