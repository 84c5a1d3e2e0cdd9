"""Scoring anomalies on series with labelled incidents, through pipelines/analytics.

python -m benchmarks.anomalies FOLDER [--variants]

FOLDER has `series.csv` (series, ds, y, is_anomaly, split, kind, event_id), `series_meta.csv` (series, group, anomaly)
and, for each company, `NAME_leaves.csv` (ds, y, provider, model, project) with `NAME_incidents.csv` (event_id, start,
days, provider, model, project, extra_per_day).

A day is flagged if it belongs to an event and is not before the day the event was found on. Flagged days at most one
day apart are one alert; it is right when it touches an incident, and neither right nor wrong when it touches a neutral
day. Days of split "train" are not scored. The incidents of a company are found in its total, providers and projects at
once, as a person sees them, from day 28 on.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from pipelines.analytics import anomalies, contributors, events, expectation, incidents
from pipelines.analytics.cells import CostCells, cost_cells
from pipelines.analytics.incidents import SEVERITIES, Incident

FIRST_DAY = 28
"""A company's incidents are scored from this day on."""
TAILS = {"shift": 21, "leak": 2, "burst": 2}
"""Days after an incident that was found, of which nothing is right or wrong."""
GROUPS: dict[str, Callable[[str], bool]] = {
    "generated and company": lambda group: group == "org" or (group.startswith("sim_") and group != "sim_small"),
    "all": lambda _group: True,
    "sparse": lambda group: group == "sim_small",
    "real with incidents added": lambda group: group == "semi",
    "real, labelled": lambda group: group == "nab",
}
VARIANTS: dict[str, dict[tuple[Any, str], Any]] = {
    "as it is": {},
    "bills factor 1.5": {(expectation, "ABOVE_BILLS"): 1.5},
    "rise ratio 1.6": {(expectation, "RISE_RATIO"): 1.6},
    "rise ratio 2.0": {(expectation, "RISE_RATIO"): 2.0},
    "rise factor 1.4": {(expectation, "RISE_FACTOR"): 1.4},
    "no rises": {(expectation, "RISE_RATIO"): np.inf},
    "quiet for 21 days": {(events, "QUIET_DAYS"): 21},
    "z 3.0": {(expectation, "UP_Z"): 3.0},
    "z 4.0": {(expectation, "UP_Z"): 4.0},
    "peak 1.25": {(expectation, "ABOVE_RECENT_PEAK"): 1.25},
    "drop z -8": {(expectation, "DOWN_Z"): -8.0},
    "events go on at 0.3 of the rise": {(events, "CONTINUES_SHARE"): 0.3},
    "events go on at 0.75 of the rise": {(events, "CONTINUES_SHARE"): 0.75},
    "events do not go on": {(events, "CONTINUES_SHARE"): np.inf},
    "events do not reach back": {(events, "REACHES_BACK"): 0},
    "level after 5 days": {(events, "LEVEL_DAYS"): 5},
    "level after 14 days": {(events, "LEVEL_DAYS"): 14},
    "three ordinary days end an event": {(events, "PAUSE_DAYS"): 3},
    "sparse from 0.3": {(expectation, "SPARSE_ZERO_SHARE"): 0.3},
    "sparse factor 1.75": {(expectation, "SPARSE_FACTOR"): 1.75},
    "sparse factor 3.5": {(expectation, "SPARSE_FACTOR"): 3.5},
    "what one series shows alone like all": {(incidents, "LEAST_STRENGTH_ALONE"): 0.0},
    "what one series shows alone from 4": {(incidents, "LEAST_STRENGTH_ALONE"): 4.0},
    "what one series shows alone from 6": {(incidents, "LEAST_STRENGTH_ALONE"): 6.0},
    "a part from 0.5 of the broader": {(incidents, "PART"): 0.5},
}


@dataclass
class Score:
    """Counts over one or more series."""

    incidents: int = 0
    found: int = 0
    right: int = 0
    wrong: int = 0
    delays: list[int] = field(default_factory=list)
    duplicates: int = 0
    amount: float = 0.0
    found_amount: float = 0.0
    causes: list[bool] = field(default_factory=list)

    def __add__(self, other: Score) -> Score:
        return Score(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(Score)))

    @property
    def recall(self) -> float:
        """Percent of incidents found."""
        return 100 * self.found / max(self.incidents, 1)

    @property
    def false_share(self) -> float:
        """Percent of alerts that are wrong."""
        return 100 * self.wrong / max(self.right + self.wrong, 1)

    @property
    def delay(self) -> float:
        """Mean days from the first day of an incident to the day it was found on."""
        return float(np.mean(self.delays)) if self.delays else float("nan")


def score_series(rows: pd.DataFrame, *, labels_are_rough: bool) -> Score:
    """The alerts of one series against its labels."""
    rows = rows.reset_index(drop=True)
    scored = (rows["split"] == "test").to_numpy()
    flagged = _flagged(pd.Series(rows["y"].to_numpy(float), index=pd.DatetimeIndex(rows["ds"]))) & scored
    labels = np.where((rows["is_anomaly"] == 1) & scored, rows["event_id"].astype(int), 0)
    neutral = rows["kind"].isin(["neutral", "minor"]).to_numpy()
    score, of_event = Score(), np.zeros(len(rows), int)
    for event in sorted(set(labels) - {0}):
        at = np.flatnonzero(labels == event)
        first, last = max(at[0] - labels_are_rough, 0), min(at[-1] + labels_are_rough, len(rows) - 1)
        of_event[first : last + 1] = event
        score.incidents += 1
        hits = np.flatnonzero(flagged[first : last + 1])
        if len(hits):
            score.found += 1
            score.delays.append(int(hits[0]))
            neutral[last + 1 : last + 1 + TAILS.get(str(rows["kind"][at[0]]), 0)] = True
    for alert in _alerts(flagged):
        if of_event[alert].any():
            score.right += 1
        elif not neutral[alert].any():
            score.wrong += 1
    return score


def _flagged(costs: pd.Series[float]) -> NDArray[np.bool_]:
    days = [each.day for event in events.events_of(costs) for each in event.days if each.day >= event.found_on]
    return np.asarray(costs.index.isin(days))


def _alerts(flagged: NDArray[np.bool_]) -> Iterator[NDArray[np.intp]]:
    days = np.flatnonzero(flagged)
    if len(days):
        yield from np.split(days, np.flatnonzero(np.diff(days) > 2) + 1)  # noqa: PLR2004 - one day between


def score_company(leaves: pd.DataFrame, truth: pd.DataFrame, neutral: set[pd.Timestamp], least: str) -> Score:
    """The incidents of one company, of at least a severity, against the true ones."""
    cells, records = _cells(leaves), truth.to_dict("records")
    score = Score()
    reported = [
        incident
        for incident in anomalies.incidents_of(cells, 1.0)
        if SEVERITIES.index(incident.severity) >= SEVERITIES.index(least)
        and incident.found_on >= cells.days[0] + pd.Timedelta(days=FIRST_DAY)
    ]
    matched: dict[int, list[Incident]] = {}
    for incident in reported:
        true = next((row for row in records if _is_of(cells, incident, row)), None)
        days = {each.day for each in incident.named.event.days}
        if true is not None:
            matched.setdefault(true["event_id"], []).append(incident)
            score.causes.append(_names_the_cause(incident, true))
        elif not days & neutral:
            score.wrong += 1
    for row in records:
        amount = row["extra_per_day"] * row["days"]
        score.incidents, score.amount = score.incidents + 1, score.amount + amount
        if found := matched.get(row["event_id"]):
            score.found, score.right = score.found + 1, score.right + 1
            score.found_amount += amount
            score.duplicates += len(found) - 1
            score.delays.append(min((each.found_on - row["start"]).days for each in found))
    return score


def _cells(leaves: pd.DataFrame) -> CostCells:
    costs = leaves.rename(columns={"ds": "cost_date", "y": "cost_amount", "model": "model_id"})
    unknown = dict.fromkeys(("account_name", "api_key", "person", "total_tokens"))
    costs = costs.assign(cost_kind="spend", currency="USD", **unknown)
    (cells,) = cost_cells(costs, (leaves["ds"].max() + pd.Timedelta(days=1)).date())
    return cells


def _is_of(cells: CostCells, incident: Incident, true: Mapping[Any, Any]) -> bool:
    """Whether the incident is higher cost, on a day of the true one, of a series that the true one is in."""
    event, labels = incident.named.event, cells.labels
    last = true["start"] + pd.Timedelta(days=true["days"] - 1)
    is_in = (labels["provider"] == true["provider"]) & (labels["model_id"] == true["model"])
    is_in &= labels["project"] == true["project"]
    touches = any(true["start"] <= each.day <= last for each in event.days)
    return event.direction == "up" and touches and bool(incident.named.series.mask[is_in.to_numpy()].any())


def _names_the_cause(incident: Incident, true: Mapping[Any, Any]) -> bool:
    explained = contributors.explain(incident.named.series, incident.named.event)
    first = {each.dimension: each.value for each in explained.contributors() if each.rank == 1}
    return (first.get("provider"), first.get("model_id")) == (true["provider"], true["model"])


def scores(folder: Path) -> dict[str, Score]:
    """The score of each group of series, and of the companies from each severity on."""
    series = pd.read_csv(folder / "series.csv", parse_dates=["ds"], keep_default_na=False)
    meta = pd.read_csv(folder / "series_meta.csv").set_index("series")
    groups: dict[str, str] = meta.loc[meta["anomaly"] == 1, "group"].to_dict()
    each = {
        name: score_series(series[series["series"] == name], labels_are_rough=group == "nab")
        for name, group in groups.items()
    }
    found = {
        title: sum((score for name, score in each.items() if chosen(groups[name])), Score())
        for title, chosen in GROUPS.items()
    }
    for least in ("low", "medium"):
        total = Score()
        for path in sorted(folder.glob("*_leaves.csv")):
            company = path.name.removesuffix("_leaves.csv")
            days = series[(series["series"] == f"{company}:total:all") & (series["kind"] == "neutral")]["ds"]
            truth = pd.read_csv(folder / f"{company}_incidents.csv", parse_dates=["start"])
            total += score_company(pd.read_csv(path, parse_dates=["ds"]), truth, set(days), least)
        found[f"companies, severity {least} and above"] = total
    return found


def _show(found: dict[str, Score], title: str) -> None:
    table = Table(title=title)
    for column in ("", "incidents", "recall", "money", "alerts", "false", "delay", "duplicates", "cause"):
        table.add_column(column, justify="right" if column else "left")
    for name, score in found.items():
        money = f"{100 * score.found_amount / score.amount:.1f} %" if score.amount else ""
        cause = f"{sum(score.causes)} of {len(score.causes)}" if score.causes else ""
        alerts = str(score.right + score.wrong)
        numbers = (f"{score.recall:.1f} %", money, alerts, f"{score.false_share:.1f} %", f"{score.delay:.2f} d")
        table.add_row(name, str(score.incidents), *numbers, str(score.duplicates) if score.amount else "", cause)
    Console(width=140).print(table)


def main() -> None:
    """Score the rules as they are, or every variant of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--variants", action="store_true", help="score every variant too")
    arguments = parser.parse_args()
    for name, changes in VARIANTS.items():
        if changes and not arguments.variants:
            continue
        before = {place: getattr(*place) for place in changes}
        for (module, constant), value in changes.items():
            setattr(module, constant, value)
        _show(scores(arguments.folder), name)
        for (module, constant), value in before.items():
            setattr(module, constant, value)


if __name__ == "__main__":
    main()
