"""Pictures of forecasts: the past, what is expected with its 80 and 95 % intervals, what came, and events with reasons.

    python -m benchmarks.forecast_plots SOURCE PICTURES [--count 10]

SOURCE is a folder as for benchmarks.forecasts, of whose cases every so many is drawn, or a published database of
AI Cost Tracker, of which the series with most cost are. PICTURES is the folder that the PNG files are written to. They
are looked at by a person: a table of errors does not show a forecast that no one would believe.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import matplotlib as mpl
import pandas as pd
from matplotlib.dates import date2num
from matplotlib.figure import Figure

from benchmarks.forecasts import Case, cases
from pipelines.analytics.anomalies import find_anomalies
from pipelines.analytics.forecast import forecast
from pipelines.presentation.anomalies import KINDS, sentences

DAYS_BEFORE, DAYS_AHEAD = 120, 60
LONGEST_REASON = 110
PARTS = ("account_name", "model_id", "project", "api_key", "person")
OF_SERIES = """
select cost_date, sum(converted_amount)::double as cost_amount from rpt_daily_costs
where cost_kind = $kind and converted_amount is not null and ($series = 'total' or provider = $series)
and cost_date < (select cast(as_of at time zone 'UTC' as date) from rpt_build)
group by cost_date order by cost_date
"""
LARGEST = """
select forecasts.cost_kind, forecasts.series, status.message from rpt_forecast_totals as forecasts
inner join rpt_forecast_status as status using (cost_kind, series_kind, series, currency)
where forecasts.horizon = '30' and forecasts.series_kind in ('total', 'provider')
order by forecasts.total_amount desc limit $count
"""


@dataclass(frozen=True)
class Picture:
    """What is drawn: costs by day, rows of rpt_forecasts, and rows of rpt_anomalies with a sentence for each."""

    title: str
    past: pd.Series[float]
    came: pd.Series[float]
    ahead: pd.DataFrame
    events: Sequence[tuple[Mapping[str, Any], str]]


def of_folder(folder: Path, count: int) -> Iterator[Picture]:
    """Every so many of the cases of a folder that have a past to see."""
    able = [case for case in cases(folder, 0, 1.0) if len(case.past) >= 28]  # noqa: PLR2004 - four weeks
    for case in able[:: max(len(able) // count, 1)][:count]:
        yield _of_case(case)


def _of_case(case: Case) -> Picture:
    as_of = case.past.index[-1].date() + timedelta(days=1)
    rows = pd.DataFrame({"cost_date": case.past.index, "cost_amount": case.past.to_numpy(), "provider": "any"})
    rows = rows.assign(cost_kind="spend", currency="USD")
    found = forecast(rows, as_of)
    of_total = found.daily[found.daily["series_kind"] == "total"]
    method = of_total["method"].iloc[0] if len(of_total) else found.status["message"].iloc[0]
    cells = rows.assign(total_tokens=None, **dict.fromkeys(PARTS, ""))
    events = find_anomalies(cells, as_of).events
    described = [(row, sentences(row)) for row in _rows(events)]
    return Picture(f"{case.name} ({case.group}): {method}", case.past, case.came, of_total, described)


def of_database(path: Path, count: int) -> Iterator[Picture]:
    """The series with most cost of a published database."""
    with closing(duckdb.connect(path, read_only=True)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        events = connection.table("rpt_anomalies").df()
        contributors = connection.table("rpt_anomaly_contributors").filter("rank = 1").df()
        ahead = connection.table("rpt_forecasts").df().astype({"expected_amount": float})
        for kind, series, message in connection.execute(LARGEST, {"count": count}).fetchall():
            past = connection.execute(OF_SERIES, {"kind": kind, "series": series}).df().set_index("cost_date")
            own = events[(events["cost_kind"] == kind) & ((events["series"] == series) | (series == "total"))]
            described = [(row, sentences(row, _contributors(row, contributors))) for row in _rows(own)]
            of_series = ahead[(ahead["cost_kind"] == kind) & (ahead["series"] == series)]
            title = f"{series}, {kind}: {of_series['method'].iloc[0]}. {message or ''}"
            yield Picture(
                title, past["cost_amount"].asfreq("D", fill_value=0.0), pd.Series(dtype=float), of_series, described
            )


def _contributors(event: Mapping[str, Any], contributors: pd.DataFrame) -> list[dict[str, Any]]:
    return _rows(contributors[contributors["event_id"] == event["event_id"]])


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows with None where there is nothing."""
    rows = frame.astype(object).where(frame.notna(), None)
    return [dict(zip(rows.columns, row, strict=True)) for row in rows.itertuples(index=False)]


def draw(picture: Picture, path: Path) -> None:
    """Write one picture."""
    figure = Figure(figsize=(12, 5), layout="constrained")
    axes = figure.subplots()
    past = picture.past.iloc[-DAYS_BEFORE:]
    ahead = picture.ahead.set_index("forecast_date").iloc[:DAYS_AHEAD].astype(float, errors="ignore")
    for level, shade in ((95, 0.12), (80, 0.25)):
        axes.fill_between(
            ahead.index, ahead[f"lower_{level}"], ahead[f"upper_{level}"], alpha=shade, color="C0", label=f"{level} %"
        )
    axes.plot(past.index, past, color="black", linewidth=1, label="past")
    axes.plot(picture.came.index[:DAYS_AHEAD], picture.came.iloc[:DAYS_AHEAD], color="C2", linewidth=1, label="came")
    axes.plot(ahead.index, ahead["expected_amount"], color="C0", label="expected")
    reasons = []
    for event, reason in picture.events:
        begin, end = pd.Timestamp(event["start_date"]), pd.Timestamp(event["end_date"])
        if end < past.index[0]:
            continue
        first, last = date2num(max(begin, past.index[0])), date2num(end + pd.Timedelta(days=1))
        axes.axvspan(float(first), float(last), color="C3", alpha=0.15)
        reasons.append(f"{KINDS[event['kind']]} {begin:%b %d}: {reason}"[:LONGEST_REASON])
    axes.set_title(picture.title, fontsize=9, loc="left")
    tallest = pd.Series([past.quantile(0.99), ahead["upper_80"].max(), picture.came.iloc[:DAYS_AHEAD].max()]).max()
    axes.set_ylim(0, 1.1 * tallest or 1)
    axes.set_xlabel("\n".join(reasons[-5:]), fontsize=7, loc="left")
    axes.legend(fontsize=7, loc="upper left")
    figure.savefig(path, dpi=70)


def main() -> None:
    """Draw the series of a folder or a database."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path)
    parser.add_argument("pictures", type=Path)
    parser.add_argument("--count", type=int, default=10)
    options = parser.parse_args()
    mpl.use("agg")
    options.pictures.mkdir(parents=True, exist_ok=True)
    found = of_folder if options.source.is_dir() else of_database
    for number, picture in enumerate(found(options.source, options.count)):
        draw(picture, options.pictures / f"{number:02}.png")


if __name__ == "__main__":
    main()
