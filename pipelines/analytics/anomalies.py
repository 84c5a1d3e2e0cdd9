"""Anomalies: incidents that the past of the total, a provider, a project or a key does not explain, as tables.

What the rules were measured at is in DECISIONS.md ("Anomalies").
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any

import pandas as pd

from pipelines.analytics import spenders
from pipelines.analytics.cells import CostCells, LevelSeries, cost_cells
from pipelines.analytics.contributors import Parts, explain, top_cell
from pipelines.analytics.events import BURST, DROP, MISSING_DATA, SPIKE, Event, Lesson, events_of
from pipelines.analytics.forecast import FULL_HISTORY, IDENTITY
from pipelines.analytics.incidents import Found, Incident, merge
from pipelines.analytics.masks import Mask
from pipelines.analytics.series import TOTAL

JUDGED_DAYS = 90
"""An event that ended longer ago is no longer shown, unless a person left a verdict on it."""
LATE_DAYS = 3
"""Data that is missing up to the last day is late, which is nothing unusual, until it is so many days late."""
DISMISSED, CONFIRMED, EXPECTED = "dismissed", "confirmed", "expected"
VERDICTS = (CONFIRMED, DISMISSED, EXPECTED)
LESSONS = (DISMISSED, EXPECTED)
"""Verdicts by which an event is not reported again when it recurs, and does not define what is usual."""
ONE_OFF = (SPIKE, BURST, DROP)
"""What ends by itself; a new level or spender is what is usual from then on, whatever the verdict on its first days."""
PARTS = {f"{part.name}_amount": "float64" for part in fields(Parts)}
ID = {"event_id": "object"}
EVENT_COLUMNS = {
    **ID,
    **IDENTITY,
    "kind": "object",
    "direction": "object",
    "start_date": "datetime64[ns]",
    "end_date": "datetime64[ns]",
    "found_date": "datetime64[ns]",
    "is_open": "bool",
    "days": "int64",
    "actual_amount": "float64",
    "expected_amount": "float64",
    "excess_amount": "float64",
    "ratio": "float64",
    **PARTS,
    "severity": "object",
    "confidence": "object",
    "verdict": "object",
    "note": "object",
}
DAY_COLUMNS = {
    **ID,
    "event_date": "datetime64[ns]",
    "actual_amount": "float64",
    "expected_amount": "float64",
}
CONTRIBUTOR_COLUMNS = {
    **ID,
    "dimension": "object",
    "dimension_value": "object",
    "rank": "int64",
    "excess_amount": "float64",
    "share": "float64",
    **PARTS,
}


@dataclass(frozen=True)
class Feedback:
    """A person's verdict on an event: one of `VERDICTS`, and why."""

    event_id: str
    verdict: str
    note: str | None = None


@dataclass(frozen=True)
class Anomalies:
    """A row per event; per event and day; per event, dimension and contributor."""

    events: pd.DataFrame
    days: pd.DataFrame
    contributors: pd.DataFrame


def find_anomalies(
    costs: pd.DataFrame,
    as_of: date,
    *,
    missing: pd.DataFrame | None = None,
    least_impact: Callable[[str], float] = lambda _currency: 1.0,
    feedback: Sequence[Feedback] = (),
) -> Anomalies:
    """The incidents of the last 90 complete days, and those of any day with a verdict.

    Args:
        costs: rows of int_anomaly_costs.
        as_of: the day under way, which is not judged.
        missing: rows of rpt_missing_days: a day that was not delivered is judged by nobody.
        least_impact: of a currency, the amount of a day below which nothing is shown.
        feedback: people's verdicts on events; the last one on an event counts.
    """
    since = pd.Timestamp(as_of) - pd.Timedelta(days=JUDGED_DAYS)
    verdicts = {each.event_id: each for each in feedback}
    tables = _Tables()
    for cells in cost_cells(costs, as_of, missing):
        for incident in incidents_of(cells, least_impact(cells.currency), verdicts):
            if incident.named.event.end >= since or incident.event_id in verdicts:
                tables.add(incident, verdicts.get(incident.event_id))
    return tables.frames()


def masks_of(events: pd.DataFrame, days: pd.DataFrame) -> list[Mask]:
    """The days that no forecast learns from, because a person dismissed them or marked them as expected.

    Args:
        events: rows with event_id, cost_kind, currency, series_kind, series, kind and verdict.
        days: rows with event_id and event_date.
    """
    masks = []
    learned = events[events["verdict"].isin(LESSONS) & events["kind"].isin(ONE_OFF)]
    for event in learned.to_dict("records"):
        scope = {"cost_kind": [event["cost_kind"]], "billing_currency": [event["currency"]]}
        if event["series_kind"] != TOTAL:
            scope[event["series_kind"]] = [event["series"]]
        of_it = days.loc[days["event_id"] == event["event_id"], "event_date"]
        masks.append(Mask(pd.DatetimeIndex(of_it), scope))
    return masks


def incidents_of(
    cells: CostCells, least_impact: float, verdicts: Mapping[str, Feedback] | None = None
) -> list[Incident]:
    """All incidents of one cost kind and currency, by start.

    Verdicts are learned in a second pass. It changes nothing up to the day on which an event was found, and so
    neither the event's start nor its id.
    """
    series = list(cells.series())
    found = {each: _found(each, least_impact, ()) for each in series}
    lessons = _lessons(merge([event for events in found.values() for event in events]), verdicts or {})
    for each, learned in lessons.items():
        found[each] = _found(each, least_impact, learned)
    return merge([event for each in series for event in found[each]])


def _found(series: LevelSeries, least_impact: float, lessons: Sequence[Lesson]) -> list[Found]:
    events = [event for event in events_of(series.costs, least_impact, lessons) if _is_shown(series, event)]
    new = spenders.new_spender(series, least_impact)
    return [Found(series, event, top_cell(series, event)) for event in [*events, *([new] if new else [])]]


def _is_shown(series: LevelSeries, event: Event) -> bool:
    """Missing data is shown of its provider; projects and keys are tested once they are known for four weeks."""
    if event.kind == MISSING_DATA:
        return series.level == "provider" and event.expected > 0 and not (event.is_open and len(event.days) < LATE_DAYS)
    is_young = event.found_on < series.cells.days[series.first] + pd.Timedelta(days=FULL_HISTORY)
    return not (is_young and series.level in ("project", "api_key"))


def _lessons(incidents: Sequence[Incident], verdicts: Mapping[str, Feedback]) -> dict[LevelSeries, list[Lesson]]:
    lessons: dict[LevelSeries, list[Lesson]] = defaultdict(list)
    for incident in incidents:
        feedback = verdicts.get(incident.event_id)
        if feedback is None or feedback.verdict not in LESSONS:
            continue
        for member in incident.members:
            event = member.event
            largest = max(abs(each.actual - each.expected) for each in event.days)
            lessons[member.series].append(Lesson(event.direction, event.found_on, event.end, largest))
    return lessons


class _Tables:
    """The rows of the three tables, as they are made."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.days: list[dict[str, Any]] = []
        self.contributors: list[dict[str, Any]] = []

    def add(self, incident: Incident, feedback: Feedback | None) -> None:
        named = incident.named
        is_known = named.event.kind != MISSING_DATA
        explained = explain(named.series, named.event) if is_known else None
        parts = _amounts(explained.parts()) if explained else {}
        self.events.append({**_event_row(incident, feedback), **parts})
        self.days += [
            {
                "event_id": incident.event_id,
                "event_date": each.day,
                "actual_amount": each.actual,
                "expected_amount": each.expected,
            }
            for each in named.event.days
        ]
        if explained:
            self.contributors += [
                {
                    "event_id": incident.event_id,
                    "dimension": each.dimension,
                    "dimension_value": each.value,
                    "rank": each.rank,
                    "excess_amount": each.excess,
                    "share": each.share,
                    **_amounts(each.parts),
                }
                for each in explained.contributors()
            ]

    def frames(self) -> Anomalies:
        return Anomalies(
            _frame(self.events, EVENT_COLUMNS),
            _frame(self.days, DAY_COLUMNS),
            _frame(self.contributors, CONTRIBUTOR_COLUMNS),
        )


def _event_row(incident: Incident, feedback: Feedback | None) -> dict[str, Any]:
    series, event = incident.named.series, incident.named.event
    return {
        "event_id": incident.event_id,
        "cost_kind": series.cells.cost_kind,
        "series_kind": series.level,
        "series": series.name,
        "currency": series.cells.currency,
        "kind": event.kind,
        "direction": event.direction,
        "start_date": event.start,
        "end_date": event.end,
        "found_date": incident.found_on,
        "is_open": event.is_open,
        "days": len(event.days),
        "actual_amount": event.actual,
        "expected_amount": event.expected,
        "excess_amount": event.excess,
        "ratio": event.actual / event.expected if event.expected > 0 else None,
        "severity": incident.severity,
        "confidence": event.confidence,
        "verdict": feedback.verdict if feedback else None,
        "note": feedback.note if feedback else None,
    }


def _amounts(parts: Parts) -> dict[str, float]:
    return {f"{name}_amount": amount for name, amount in asdict(parts).items()}


def _frame(rows: Sequence[dict[str, Any]], columns: Mapping[str, str]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=list(columns)).astype(dict(columns))
