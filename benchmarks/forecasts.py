"""How wrong the forecasts are: cases of daily series with labels of their group, through the product's code.

python -m benchmarks.forecasts FOLDER [--late DAYS] [--share 0.25] [--workers 2] [--write FOLDER]

FOLDER holds series.csv (series, ds, y), series_meta.csv (series, group) and cutoffs.csv (series, cutoff, history,
horizon): of each case the last `history` days up to `cutoff` are known, and the days after it are what came.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path

import pandas as pd
from rich.console import Console
from rich.table import Table

from pipelines.analytics.forecast import forecast

HORIZONS = (7, 30, 60, 90)
SPARSE = ("sim_small", "real_sparse")
LARGEST_ERROR = 2.0
"""An error of a total counts as no more than this ratio of it."""


@dataclass(frozen=True)
class Case:
    """One series up to a cutoff, of which the last `late` days are yet to be delivered, and what came."""

    name: str
    group: str
    past: pd.Series[float]
    came: pd.Series[float]
    late: int

    @property
    def scale(self) -> float:
        """What one day costs, so that errors of all series weigh alike."""
        return max(float(self.past.mean()), 1e-9)


def cases(folder: Path, late: int, share: float) -> Iterator[Case]:
    """The cases of a folder; of `share` of them the same ones each time."""
    series = pd.read_csv(folder / "series.csv", parse_dates=["ds"], keep_default_na=False)
    groups = pd.read_csv(folder / "series_meta.csv").set_index("series")["group"]
    cutoffs = pd.read_csv(folder / "cutoffs.csv", parse_dates=["cutoff"])
    by_name = {name: rows.set_index("ds")["y"].astype(float) for name, rows in series.groupby("series")}
    for case in cutoffs.sample(frac=share, random_state=1).sort_index().itertuples():
        values = by_name[case.series]
        past = values[values.index <= case.cutoff].iloc[-case.history :]
        came = values[values.index > case.cutoff].iloc[: case.horizon]
        yield Case(f"{case.series} {case.cutoff.date()}", groups[case.series], past, came, late)


def judged(case: Case) -> list[dict[str, object]]:
    """The errors of one case: a row for each horizon."""
    known = case.past.iloc[: len(case.past) - case.late]
    daily = pd.DataFrame(
        {"cost_date": known.index, "provider": "any", "cost_kind": "spend", "currency": "USD", "cost_amount": known}
    )
    found = forecast(daily, case.past.index[-1].date() + timedelta(days=1))
    days = found.daily[found.daily["series_kind"] == "total"].set_index("forecast_date").reindex(case.came.index)
    totals = found.totals[found.totals["series_kind"] == "total"].set_index("horizon")
    rows = []
    for horizon in (horizon for horizon in HORIZONS if horizon <= len(case.came)):
        came, ahead = case.came.iloc[:horizon], days.iloc[:horizon]
        row: dict[str, object] = {"case": case.name, "group": case.group, "horizon": horizon, "scale": case.scale}
        row |= {"came": came.sum(), "history": len(case.past), "method": ahead["method"].iloc[0]}
        if str(horizon) in totals.index:
            total = totals.loc[str(horizon)]
            row |= {"expected": total["total_amount"]}
            for level in (80, 95):
                inside = (came >= ahead[f"lower_{level}"]) & (came <= ahead[f"upper_{level}"])
                row[f"days_{level}"] = inside.mean()
                if f"lower_{level}" in total:
                    row[f"sum_{level}"] = float(total[f"lower_{level}"] <= came.sum() <= total[f"upper_{level}"])
            row["width"] = (total["upper_80"] - total["lower_80"]) / max(total["total_amount"], 1e-9)
        else:
            row["expected"] = 0.0
        rows.append(row)
    return rows


def summary(rows: pd.DataFrame) -> pd.DataFrame:
    """Error of the total, its sign, and how often intervals held, in per cent, by group and horizon."""
    error = (rows["expected"] - rows["came"]) / rows["scale"]
    rows = rows.assign(error=error, size=rows["came"] / rows["scale"])
    rows["ratio"] = (error.abs() / rows["size"]).clip(upper=LARGEST_ERROR).where(rows["came"] > 0)
    found = {}
    of_all = ["dense" if group not in SPARSE else "sparse" for group in rows["group"]]
    for groups in (pd.Series(of_all, index=rows.index), rows["group"]):
        for (group, horizon), part in rows.groupby([groups, "horizon"], sort=True):
            found[group, horizon] = {
                "cases": len(part),
                "error": 100 * part["ratio"].mean(),
                "bias": 100 * part["error"].sum() / max(part["size"].sum(), 1e-9),
                "width": 100 * part["width"].median(),
                **{
                    name: 100 * part[name].mean() for name in ("days_80", "days_95", "sum_80", "sum_95") if name in part
                },
            }
    return pd.DataFrame(found).T.round(1)


def main() -> None:
    """Forecast the cases of a folder and print how wrong that was."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--late", type=int, default=0, help="days before the cutoff that were not delivered")
    parser.add_argument("--share", type=float, default=1.0, help="of the cases to take")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--write", type=Path, help="a CSV file for the errors of each case")
    options = parser.parse_args()
    chosen = list(cases(options.folder, options.late, options.share))
    # A process forked after Prophet was used may hang.
    with ProcessPoolExecutor(options.workers, mp_context=get_context("spawn")) as pool:
        rows = pd.DataFrame([row for found in pool.map(judged, chosen, chunksize=4) for row in found])
    if options.write:
        rows.to_csv(options.write, index=False)
    table = Table("group", "days", *summary(rows).columns)
    for (group, horizon), values in summary(rows).iterrows():
        table.add_row(str(group), str(horizon), *(f"{value:g}" for value in values))
    Console().print(table)


if __name__ == "__main__":
    main()
