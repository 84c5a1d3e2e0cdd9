"""Forecasts of many series: with nothing stored, again with nothing changed, and with one more day of costs.

    python -m benchmarks.forecast_speed [--series 200] [--days 365] [--workers 2] [--repeats 3]

Whole processes, which read the daily costs from a file and store forecasts as a run does. Half of the series have quiet
weekends, some grow, some have spikes. The rows are in another order each time, and the answers have to be the same.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.measure import measure, show
from pipelines.analytics.forecast import forecast
from pipelines.app.stored_forecasts import StoredForecasts

AS_OF = date(2026, 11, 1)
QUIET_WEEKEND = np.array([1.0, 1.0, 1.0, 1.0, 1.0, 0.2, 0.2])
SHARE_OF_SPIKES = 0.01


def daily_costs(series: int, days: int) -> pd.DataFrame:
    """Rows of rpt_daily_costs: one a day of each of `series` providers, and the day after them."""
    chance = np.random.default_rng(1)
    dates = pd.date_range(end=AS_OF, periods=days + 1, freq="D")
    parts = []
    for number in range(series):
        week = QUIET_WEEKEND[dates.dayofweek] if number % 2 else 1.0
        growth = np.exp(0.002 * (number % 3) * np.arange(days + 1))
        spikes = np.where(chance.random(days + 1) < SHARE_OF_SPIKES, 6.0, 1.0)
        costs = 10 ** chance.uniform(0, 3) * week * growth * spikes * chance.lognormal(0, 0.3, days + 1)
        parts.append(pd.DataFrame({"cost_date": dates, "provider": f"provider {number}", "cost_amount": costs}))
    return pd.concat(parts).assign(cost_kind="spend", currency="USD")


def forecast_once(folder: Path, days_on: int, workers: int, seed: int) -> None:
    """What one process does; it fails where the order of rows changes an answer of the same day."""
    as_of = AS_OF + timedelta(days=days_on)
    daily = pd.read_parquet(folder / "daily.parquet").sample(frac=1, random_state=seed)
    stored = StoredForecasts(folder / "state" / "usage.json")
    found = forecast(daily, as_of, known=stored.all(), workers=workers)
    stored.replace(found.usage)
    answer = folder / f"{days_on}.parquet"
    if answer.exists():
        pd.testing.assert_frame_equal(pd.read_parquet(answer), found.daily)
    found.daily.to_parquet(answer)


def main() -> None:
    """Forecast the series in processes of their own, and print how long each took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--series", type=int, default=200)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--once", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.once:
        folder, days_on, seed = options.once
        forecast_once(Path(folder), int(days_on), options.workers, int(seed))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        daily_costs(options.series, options.days).to_parquet(folder / "daily.parquet")
        (folder / "state").mkdir()

        def again(days_on: int, seed: int) -> list[str]:
            once = ["--once", name, str(days_on), str(seed)]
            return [sys.executable, "-m", "benchmarks.forecast_speed", "--workers", str(options.workers), *once]

        def forget() -> None:
            (folder / "state" / "usage.json").unlink(missing_ok=True)

        cold = measure("nothing stored", again(0, 1), repeats=options.repeats, before=forget, limit="60 s")
        same = measure("nothing changed", again(0, 2), repeats=options.repeats, limit="3 s")
        later = measure("a day later, all changed", again(1, 3), repeats=1, limit="60 s")
    show(f"{options.series} series of {options.days} days", [cold, same, later])


if __name__ == "__main__":
    main()
