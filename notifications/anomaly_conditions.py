"""What the rules of anomalies share: a row of rpt_anomalies with its contributors, and its words.

Belongs here: an event as a condition. Does not: which kinds of events a rule is about.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from notifications.alerts import Severity
from notifications.conditions import Condition
from notifications.courses import course
from pipelines.presentation.anomalies import KINDS, name, sentences
from pipelines.presentation.formats import days, full_day, full_money

SEVERITIES = {
    "low": Severity.INFO,
    "medium": Severity.WARNING,
    "high": Severity.WARNING,
    "critical": Severity.CRITICAL,
}
OF_MISSING_DATA = frozenset({"missing_data", "drop", "gone_spender"})
"""Kinds that a source which is late looks like."""
DAYS_BEFORE = 28
"""Days before an event that its picture shows, so that one sees what is usual."""
DIMENSIONS = {"provider": "provider", "project": "project", "api_key": "key"}

DAILY = f"""
    event_days as (
        select
            event_id,
            unnest(generate_series(start_date - {DAYS_BEFORE}, end_date, interval 1 day))::date as cost_date
        from events
    ),

    daily as (
        select
            event_days.event_id,
            event_days.cost_date,
            coalesce(sum(costs.cost_amount), 0)::double as amount
        from event_days
        inner join events on event_days.event_id = events.event_id
        left join fct_costs as costs
            on
                event_days.cost_date = costs.cost_date
                and events.cost_kind = costs.cost_kind
                and events.currency = costs.currency
                and (
                    events.series_kind = 'total'
                    or (events.series_kind = 'provider' and events.series = costs.provider)
                    or (
                        events.series_kind = 'project'
                        and events.series = coalesce(costs.project_name, costs.project)
                    )
                    or (
                        events.series_kind = 'api_key'
                        and events.series = coalesce(costs.api_key_name, costs.api_key_id)
                    )
                )
        group by event_days.event_id, event_days.cost_date
    )
"""  # noqa: S608 - a number of ours
"""What each day of an event, and each before it, cost of its series."""


@dataclass(frozen=True, kw_only=True)
class AnomalyEvent:
    """An event of rpt_anomalies; `contributors` are the first of each dimension.

    `daily_amounts` are those of its series, from 28 days before its first day up to its last.
    """

    event_id: str
    cost_kind: str
    series_kind: str
    series: str
    currency: str
    kind: str
    direction: str
    start_date: date
    end_date: date
    is_open: bool
    days: int
    actual_amount: float | None
    expected_amount: float
    excess_amount: float | None
    ratio: float | None
    volume_amount: float | None
    mix_amount: float | None
    price_amount: float | None
    new_amount: float | None
    gone_amount: float | None
    severity: str
    contributors: tuple[Mapping[str, Any], ...] = ()
    daily_amounts: tuple[float, ...] = ()


def query_of(kinds: Collection[str]) -> str:
    """The events of these kinds that nobody has dismissed."""
    listed = ", ".join(f"'{kind}'" for kind in sorted(kinds))
    columns = [field for field in AnomalyEvent.__dataclass_fields__ if field not in {"contributors", "daily_amounts"}]
    return f"""
    with events as (
        select * from rpt_anomalies
        where kind in ({listed}) and coalesce(verdict, 'confirmed') = 'confirmed'
    ),

    {DAILY},

    courses as (
        select event_id, list(amount order by cost_date) as daily_amounts from daily group by event_id
    )

    select
        {", ".join(f"anomaly.{column}" for column in columns)},
        coalesce(
            list({{
                'dimension': contributor.dimension,
                'dimension_value': contributor.dimension_value,
                'share': contributor.share
            }}) filter (contributor.rank = 1),
            []
        ) as contributors,
        any_value(courses.daily_amounts) as daily_amounts
    from events as anomaly
    inner join courses on anomaly.event_id = courses.event_id
    left join rpt_anomaly_contributors as contributor on anomaly.event_id = contributor.event_id
    group by all
    order by anomaly.start_date, anomaly.event_id
    """  # noqa: S608 - names of ours


def anomaly_condition(rule: str, event: AnomalyEvent, threshold: Decimal) -> Condition | None:
    """The event as a condition: its level is the unexpected amount, so it is reported again when that grows.

    Of missing data nothing is known but what was expected. List-price value is nobody's bill, so it is no more than
    information.
    """
    excess = Decimal(str(-event.expected_amount if event.excess_amount is None else event.excess_amount))
    if abs(excess) < threshold:
        return None
    row = asdict(event)
    contributors = [each for each in event.contributors if each["dimension_value"] is not None]
    is_spend = event.cost_kind == "spend"
    return Condition(
        rule=rule,
        subject=event.event_id,
        severity=SEVERITIES[event.severity] if is_spend else Severity.INFO,
        headline=f"{KINDS[event.kind]}: {name(row)}, {_in_short(event, excess)}",
        level=float(abs(excess)),
        # A spike is one day: it is over when it is found.
        is_over=not event.is_open or event.kind == "spike",
        money=abs(excess),
        currency=event.currency,
        figures=(
            ("Actual", "unknown" if event.actual_amount is None else _money(event.actual_amount, event)),
            ("Expected", _money(event.expected_amount, event)),
            ("Days", days(event.start_date, event.end_date)),
            ("Kind of cost", "spend" if is_spend else "list-price value, nobody's bill"),
        ),
        sparkline=course(
            event.start_date - timedelta(days=DAYS_BEFORE), event.daily_amounts, event.start_date, event.currency
        ),
        facts={
            "sentences": sentences(row, contributors),
            "event_id": event.event_id,
            "is_of_missing_data": event.kind in OF_MISSING_DATA,
        },
        scope=_scope(event, contributors),
    )


def _scope(event: AnomalyEvent, contributors: list[Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    if event.series_kind in DIMENSIONS:
        found[DIMENSIONS[event.series_kind]] = (event.series,)
    providers = [each["dimension_value"] for each in contributors if each["dimension"] == "provider"]
    if providers:
        found.setdefault("provider", tuple(providers))
    return found


def _in_short(event: AnomalyEvent, excess: Decimal) -> str:
    first = full_day(event.start_date)
    if event.kind == "missing_data":
        return f"since {first}"
    actual = event.actual_amount or 0.0
    if event.kind == "new_spender":
        return f"{_money(actual, event)} since {first}"
    if event.kind == "level_shift":
        level, before = (_money(each / event.days, event) for each in (actual, event.expected_amount))
        return f"{level} a day instead of {before} since {first}"
    more = "more" if excess > 0 else "less"
    when = f"on {first}" if event.days == 1 else f"since {first}"
    return f"{full_money(abs(excess), event.currency)} {more} than expected {when}"


def _money(amount: float, event: AnomalyEvent) -> str:
    return full_money(Decimal(str(amount)), event.currency)
