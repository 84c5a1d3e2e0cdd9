"""What the rules would have reported on each of the last days, of what the published build knows of that day.

Belongs here: the marts as they were on a day, and the alerts that come of them one day after the other. Does not: how
that is shown. Nothing is stored and nothing is sent.

A day is judged on its morning, when the costs of the days before it are there: late deliveries are taken as in time.
Budgets, prices and bills are those of now, and an anomaly is what the detector of this build calls it, from the day on
which it found it and with the days that it had by then. Forecasts that were made then are not in a build: only budgets
that are projected at the average of 28 days can be replayed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import duckdb

from notifications.inhibition import inhibited
from notifications.lifecycle import AlertState, Evaluation, advance, notified
from notifications.notices import worded
from notifications.rules import conditions, rules
from pipelines.app.alert_rules import observations, rule_options
from pipelines.app.alerting import ANOMALIES
from pipelines.app.home import Home
from pipelines.builds.store import warehouse_of
from pipelines.errors import ConfigError
from pipelines.presentation.wording import listed

DAY = "create temp macro replayed_day() as getvariable('replayed_day')::date"
MORNING = time(6)
EVENT_DAYS = 90
"""How far back rpt_anomalies goes."""
VIEWS = {
    "rpt_build": "select * replace (replayed_day() + interval 6 hours as as_of) from published.main.rpt_build",
    # The amount that a period took over from the one before is that of now.
    "rpt_budget_status": """
        with days as (
            select
                periods.budget,
                periods.period_start,
                coalesce(sum(days.spent_amount), 0)::decimal(38, 12) as spent_amount
            from published.main.rpt_budget_status as periods
            left join published.main.int_budget_days as days
                on
                    periods.budget = days.budget
                    and days.cost_date >= periods.period_start
                    and days.cost_date < least(periods.period_end, replayed_day())
            group by periods.budget, periods.period_start
        )

        select
            periods.* exclude (spent_amount, is_current, level_reached, remaining_amount),
            days.spent_amount,
            replayed_day() < periods.period_end as is_current,
            list_max(list_filter(periods.alert_at, lambda level: days.spent_amount * 100 >= level * periods.amount))
                as level_reached
        from published.main.rpt_budget_status as periods
        inner join days on periods.budget = days.budget and periods.period_start = days.period_start
        where periods.period_start <= replayed_day()
    """,
    "rpt_budget_projections": """
        with averages as (
            select budget, sum(spent_amount)::double / 28 as a_day
            from published.main.int_budget_days
            where cost_date >= replayed_day() - 28 and cost_date < replayed_day()
            group by budget
            having min(cost_date) < replayed_day() - 7
        )

        select
            status.budget,
            status.period_start,
            status.period_end,
            status.currency,
            'run_rate' as projection_method,
            status.spent_amount::double + averages.a_day * (status.period_end - replayed_day()) as projected_amount,
            null::double as lower_80,
            null::double as upper_80,
            case when averages.a_day > 0
                then replayed_day() + ceil((status.amount - status.spent_amount)::double / averages.a_day)::integer
            end as crosses_on
        from rpt_budget_status as status
        inner join averages on status.budget = averages.budget
        inner join published.main.rpt_budget_projections as projections on status.budget = projections.budget
        where status.is_current and projections.projection_method = 'run_rate'
    """,
    "rpt_cost_drivers": """
        select * from published.main.rpt_cost_drivers
        where comparison = 'full_month' and month + interval 1 month <= replayed_day()
    """,
    "rpt_anomalies": """
        with days as (
            select
                event_id,
                max(event_date) as end_date,
                count(*)::integer as days,
                sum(actual_amount) as actual_amount,
                sum(expected_amount) as expected_amount
            from published.main.rpt_anomaly_days
            where event_date < replayed_day()
            group by event_id
        )

        select
            events.* exclude (end_date, days, actual_amount, expected_amount, excess_amount, is_open, verdict),
            days.* exclude (event_id),
            days.actual_amount - days.expected_amount as excess_amount,
            events.end_date >= replayed_day() - 1 as is_open,
            null as verdict
        from published.main.rpt_anomalies as events
        inner join days on events.event_id = days.event_id
        where events.found_date < replayed_day()
    """,
    "fct_costs": "select * from published.main.fct_costs where cost_date < replayed_day()",
    "rpt_reconciliation": """
        select * from published.main.rpt_reconciliation
        where period = 'month' and period_start + interval 1 month <= replayed_day()
    """,
}
"""The marts that can be had as of a day, from the days before it."""


@dataclass(frozen=True)
class ReplayedAlert:
    """What a rule would have reported on a day."""

    day: date
    rule: str
    severity: str
    subject: str


@dataclass(frozen=True)
class Replay:
    """Everything that would have been reported from `first` to `last`, and why other rules cannot be replayed."""

    first: date
    last: date
    alerts: list[ReplayedAlert]
    not_replayed: dict[str, str]

    @property
    def weekly(self) -> list[int]:
        """How many alerts there would have been in each whole week, the last one ending on `last`."""
        weeks = ((self.last - self.first).days + 1) // 7
        counts = [0] * weeks
        for alert in self.alerts:
            if (back := (self.last - alert.day).days // 7) < weeks:
                counts[weeks - 1 - back] += 1
        return counts


def replay(home: Home, days: int, rule: str | None = None) -> Replay:
    """Replay the last `days` days; of one rule if it is named.

    Raises:
        ConfigError: the rule does not exist.
        NothingPublishedError: nothing was published yet.
    """
    known = {each.name: each for each in rules()}
    if rule is not None and rule not in known:
        raise ConfigError(f"there is no rule {rule!r}: there are {', '.join(known)}")
    wanted = {name: each for name, each in known.items() if rule in {None, name}}
    with warehouse_of(home.folders).reading() as connection:
        ((as_of, first_cost),) = connection.execute("select as_of, first_day from rpt_build").fetchall()
        last = as_of.date()
        first = max(last - timedelta(days=days - 1), first_cost or last)
        connection.execute(DAY)
        for name, query in VIEWS.items():
            connection.execute(f"create temp view {name} as {query}")
        replayable = {name for name, each in wanted.items() if each.past is None}
        found = list(_replayed(connection, home, first, last, replayable))
        reasons = _partly(connection, first, replayable)
    reasons |= {name: each.past for name, each in wanted.items() if each.past is not None}
    return Replay(first, last, found, reasons)


def _partly(connection: duckdb.DuckDBPyConnection, first: date, names: set[str]) -> dict[str, str]:
    """Of which part of a rule the past cannot be known, and why."""
    found = {}
    forecast = (
        "select budget from published.main.rpt_budget_projections where projection_method = 'forecast' order by 1"
    )
    budgets = [name for (name,) in connection.execute(forecast).fetchall()]
    if "reconciliation" in names:
        found["reconciliation with the bills of then"] = "a build has the bills of now, so these are compared"
    if budgets and "budget_forecast" in names:
        found[f"budget_forecast of {listed(budgets)}"] = "forecasts that were made then are not in a build"
    ((as_of,),) = connection.execute("select as_of from published.main.rpt_build").fetchall()
    earliest = as_of.date() - timedelta(days=EVENT_DAYS)
    if first < earliest and (of_events := sorted(names & ANOMALIES)):
        found[f"{listed(of_events)} before {earliest}"] = f"a build has the events of its last {EVENT_DAYS} days"
    return found


def _replayed(
    connection: duckdb.DuckDBPyConnection, home: Home, first: date, last: date, names: set[str]
) -> Iterator[ReplayedAlert]:
    """The alerts of each day in order; in the first evaluation, what is over already is not reported."""
    configuration = home.settings.configuration
    options = rule_options(configuration)
    policies = {rule.name: rule.policy_of(options[rule.name]) for rule in rules() if rule.name in names}
    states: dict[str, AlertState] = {}
    for day in (first + timedelta(days=number) for number in range((last - first).days + 1)):
        connection.execute("set variable replayed_day = $day", {"day": day})
        found = conditions(observations(connection, configuration, names), options)
        silent = inhibited(found, total_silences_parts=configuration.alerts.total_budget_silences_parts)
        applying = {each.alert_id: each for each in found}
        moment = datetime.combine(day, MORNING, UTC)
        for alert_id in dict.fromkeys((*states, *applying)):
            condition, before = applying.get(alert_id), states.get(alert_id)
            name = condition.rule if condition else states[alert_id].rule
            evaluation = Evaluation(now=moment, policy=policies[name], is_first=day == first)
            change = advance(before, condition, evaluation, is_inhibited=alert_id in silent)
            if change is None:
                continue
            states[alert_id] = change.state
            if change.message is not None:
                alert = worded(change.state, condition, change.message)
                yield ReplayedAlert(day, alert.rule, str(alert.severity), alert.subject)
                states[alert_id] = notified(change, (), moment)
