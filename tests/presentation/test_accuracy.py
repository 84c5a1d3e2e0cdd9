"""How near forecasts were is said in one sentence, and shown in one table with the published method in bold."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.presentation.accuracy import errors_table, sentence


def row(**other: Any) -> dict[str, Any]:
    return {
        "cost_kind": "spend",
        "series_kind": "total",
        "series": "total",
        "currency": "USD",
        "horizon_days": 30,
        "method": "forecast",
        "is_published": True,
        "origins": 8,
        "error_ratio": 0.12,
        "bias_ratio": -0.04,
        "day_coverage_80": 0.81,
        "day_coverage_95": 0.95,
        **other,
    }


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "The last 8 forecasts of 30 days were off by 12% on average, 4% too low."),
        ({"bias_ratio": 0.061}, "The last 8 forecasts of 30 days were off by 12% on average, 6% too high."),
        ({"bias_ratio": 0.004}, "The last 8 forecasts of 30 days were off by 12% on average."),
        ({"origins": 1, "horizon_days": 7}, "The last forecast of 7 days was off by 12%, 4% too low."),
        ({"error_ratio": None, "bias_ratio": None}, None),
    ],
)
def test_the_error_is_told_with_its_side_where_it_has_one(given: dict[str, Any], said: str | None):
    assert sentence(row(**given)) == said


def test_a_line_of_the_table_has_all_methods_of_a_series_and_horizon():
    naive = row(
        method="seasonal naive",
        is_published=False,
        error_ratio=0.18,
        bias_ratio=0.1,
        day_coverage_80=None,
        day_coverage_95=None,
    )
    assert errors_table([row(), naive, row(series="a|b", horizon_days=7, error_ratio=None)]).splitlines() == [
        "| series | days | origins | forecast | seasonal naive | bias | days in 80% | days in 95% |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
        "| total, spend, USD | 30 | 8 | **12%** | 18% | \N{MINUS SIGN}4% | 81% | 95% |",
        "| a b, spend, USD | 7 | 8 |  |  | \N{MINUS SIGN}4% | 81% | 95% |",
    ]
