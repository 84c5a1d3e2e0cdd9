"""The table of interval widths, learned from the series of a folder; each half is judged by what the other half says.

python -m benchmarks.learn_intervals FOLDER [--workers 2] [--write]

FOLDER is as for benchmarks.forecasts. Series that are almost constant, which such folders lack, are made. Of each case
the width that would have held what came, as a multiple of the one that the errors of the series give, is collected by
group; the quantile of these at 80 and 95 per cent, a bit more where series are few, is the scale. Series are halved by
their place in the alphabet within their label. --write puts the scales of all into
pipelines/analytics/interval_table.json; the spreads stay as they are.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from benchmarks.forecasts import HORIZONS, Case, cases
from pipelines.analytics import forecast as forecasting
from pipelines.analytics.interval_table import FILE, SPARSE, TABLE, Scales
from pipelines.analytics.intervals import PastErrors

LEVELS = (80, 95)
CONSTANT_SERIES = 24
LEAST_OF_SPARSE_DAYS = 0.4
"""Days of nothing are within any interval of an irregular series; those that cost something would be in none."""


def constant_cases() -> Iterator[Case]:
    """Series with noise of up to 1 %, known for one to eight months."""
    chance = np.random.default_rng(1)
    for number in range(CONSTANT_SERIES):
        known = int(chance.choice([30, 60, 120, 240]))
        days = pd.date_range("2026-01-01", periods=known + max(HORIZONS), freq="D")
        amounts = pd.Series(50 * chance.lognormal(0, chance.uniform(0.001, 0.01), len(days)), index=days)
        yield Case(f"constant{number:02} made", "constant", amounts.iloc[:known], amounts.iloc[known:], 0)


def needs(case: Case) -> list[dict[str, object]]:
    """A row for each day, sum and level of a case: which multiple of the width that its errors give would have held."""
    daily = pd.DataFrame(
        {
            "cost_date": case.past.index,
            "provider": "any",
            "cost_kind": "spend",
            "currency": "USD",
            "cost_amount": case.past,
        }
    )
    found = forecasting.forecast(daily, case.past.index[-1].date() + timedelta(days=1))
    usages = list(found.usage.values())
    return needs_of(case, np.array(usages[0].path), usages[0].errors) if usages else []


def needs_of(case: Case, path: NDArray[np.float64], errors: PastErrors) -> list[dict[str, object]]:
    """The same of a forecast that was made."""
    came = case.came.to_numpy()
    label = {"series": case.name.split()[0], "label": case.group, "group": errors.group}
    spans = [("days", day - 1, day) for day in range(1, len(came) + 1)]
    spans += [("sums", 0, days) for days in HORIZONS if days <= len(came)]
    rows: list[dict[str, object]] = []
    for kind, begin, end in spans:
        both = float(path[begin:end].sum()), float(came[begin:end].sum())
        rows += [
            {**label, "kind": kind, "level": level, "need": _need(errors, kind, end, level, both)} for level in LEVELS
        ]
    return rows


def _need(errors: PastErrors, kind: str, days: int, level: int, both: tuple[float, float]) -> float:
    expected, actual = both
    widths = errors.day_widths if kind == "days" else errors.sum_widths
    below, above = widths(days, level / 100)
    if errors.softening is None:
        error = actual - expected
        if error < 0 and kind == "days":
            return 0.0  # any day of an irregular series may cost nothing
    else:
        soft = errors.softening * (1 if kind == "days" else days)
        error = float(np.log((actual + soft) / (expected + soft)))
    return error / max(above, 1e-9) if error > 0 else -error / max(below, 1e-9)


def halves(rows: pd.DataFrame) -> pd.Series[bool]:
    """Which rows are learned from: every second series of each label."""
    learned: set[str] = set()
    for _, series in rows.groupby("label")["series"]:
        learned |= set(sorted(series.unique())[::2])
    return rows["series"].isin(learned)


def scales(rows: pd.DataFrame) -> dict[str, Scales]:
    """By group, the multiples that hold as many of `rows` as their level says; a group without rows keeps its own."""
    found = dict(TABLE.scales)
    for group, part in rows.groupby("group"):
        series = part["series"].nunique()
        of = {
            f"{kind}_{level}": round(float(each["need"].quantile(_rank(level / 100, series))), 3)
            for (kind, level), each in part.groupby(["kind", "level"])
        }
        if group == SPARSE:
            of["days_80"] = max(of["days_80"], LEAST_OF_SPARSE_DAYS)
        for kind in ("days", "sums"):
            of[f"{kind}_95"] = max(of[f"{kind}_95"], of[f"{kind}_80"])  # an interval holds the narrower one
        found[str(group)] = Scales.model_validate(of)
    return found


def _rank(level: float, series: int) -> float:
    """The quantile that holds `level` of a series not seen yet, as conformal prediction has it, and a bit at most."""
    return min(level * (series + 1) / series, level + (1 - level) / 4)


def coverage(rows: pd.DataFrame, by: str, table: dict[str, Scales]) -> pd.DataFrame:
    """How many per cent of days and sums `table` holds, by group or label."""
    scale = [
        table[group].of(kind, level) for group, kind, level in rows[["group", "kind", "level"]].itertuples(index=False)
    ]
    held = rows.assign(held=100.0 * (rows["need"] <= scale), what=rows["kind"] + "_" + rows["level"].astype(str))
    shares = held.pivot_table(index=by, columns="what", values="held", aggfunc="mean").round(1)
    return shares.assign(series=rows.groupby(by)["series"].nunique())


def main() -> None:
    """Print how the scales of each half of the series hold in the other, and write those of all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--write", action="store_true", help="the table that forecasts use")
    options = parser.parse_args()
    chosen = [*cases(options.folder, 0, 1.0), *constant_cases()]
    with ProcessPoolExecutor(options.workers, mp_context=get_context("spawn")) as pool:
        rows = pd.DataFrame([row for found in pool.map(needs, chosen, chunksize=4) for row in found])
    first = halves(rows)
    for by in ("group", "label"):
        _show(f"Before, by {by}", coverage(rows, by, TABLE.scales))
        judged = [
            coverage(rows[part], by, scales(rows[~part])).assign(half=half) for half, part in enumerate((first, ~first))
        ]
        _show(f"Each half by the other's scales, by {by}", pd.concat(judged).sort_index())
    if options.write:
        new = TABLE.model_copy(update={"scales": scales(rows), "version": TABLE.version + 1})
        FILE.write_text(new.model_dump_json(indent=2) + "\n", encoding="utf-8")


def _show(title: str, frame: pd.DataFrame) -> None:
    table = Table("", *frame.columns, title=title)
    for name, values in frame.iterrows():
        table.add_row(str(name), *(f"{value:g}" for value in values))
    Console().print(table)


if __name__ == "__main__":
    main()
