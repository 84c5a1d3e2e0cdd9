"""How near forecasts were, in a sentence and in a table, from rows of rpt_forecast_accuracy.

Belongs here: how an accuracy is put in words, the same on the report and in Dagster. Does not: measuring it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from pipelines.presentation.formats import percent
from pipelines.presentation.wording import counted

_FAR = Decimal("0.02")
"""A bias below this share is none worth a word."""

Row = Mapping[str, Any]


def sentence(row: Row) -> str | None:
    """How far off forecasts were; None where nothing came.

    "The last 8 forecasts of 30 days were off by 12% on average, 4% too low."
    """
    if row["error_ratio"] is None:
        return None
    error, bias = (Decimal(str(row[name])) for name in ("error_ratio", "bias_ratio"))
    side = f", {percent(abs(bias))} too {'low' if bias < 0 else 'high'}" if abs(bias) >= _FAR else ""
    many = row["origins"] > 1
    forecasts = f"last {counted(row['origins'], 'forecast')}" if many else "last forecast"
    on_average = " on average" if many else ""
    were = "were" if many else "was"
    return f"The {forecasts} of {row['horizon_days']} days {were} off by {percent(error)}{on_average}{side}."


def errors_table(rows: Iterable[Row]) -> str:
    """A Markdown table: a line for each series, currency and horizon, with the error of each method in per cent."""
    lines: dict[tuple[Any, ...], dict[str, Row]] = {}
    for row in rows:
        key = tuple(row[name] for name in ("cost_kind", "series_kind", "series", "currency", "horizon_days"))
        lines.setdefault(key, {})[row["method"]] = row
    methods = list(dict.fromkeys(method for found in lines.values() for method in found))
    titles = ["series", "days", "origins", *methods, "bias", "days in 80%", "days in 95%"]
    table = [titles, ["---"] * len(titles)]
    for (kind, _, series, currency, horizon), found in lines.items():
        first = next(iter(found.values()))
        table.append(
            [
                f"{str(series).replace('|', ' ')}, {kind}, {currency}",
                str(horizon),
                str(first["origins"]),
                *(_error(found.get(method)) for method in methods),
                *(_percent(first[name]) for name in ("bias_ratio", "day_coverage_80", "day_coverage_95")),
            ]
        )
    return "\n".join(f"| {' | '.join(cells)} |" for cells in table)


def _error(row: Row | None) -> str:
    """The published method is in bold."""
    if row is None:
        return ""
    error = _percent(row["error_ratio"])
    return f"**{error}**" if error and row["is_published"] else error


def _percent(ratio: float | None) -> str:
    return "" if ratio is None else percent(Decimal(str(ratio)))
