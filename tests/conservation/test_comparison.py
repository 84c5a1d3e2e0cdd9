"""Sums side by side: exact, per measure and currency, with the distance of each place that differs."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.audit.conservation import compare, csv_totals, json_totals, table_totals
from pipelines.audit.valuation import TOKENS, Totals
from pipelines.exports.choice import ExportFilter
from pipelines.exports.costs import export_costs
from tests.exports.published_costs import cost, published

USD, EUR, VALUE = ("spend", "USD"), ("spend", "EUR"), ("list_price_value", "USD")
MEASURES = st.sampled_from([USD, EUR, VALUE])
AMOUNTS = st.decimals(min_value=-(10**12), max_value=10**12, places=12)
TOTALS = st.dictionaries(MEASURES, AMOUNTS)

COSTS: tuple[dict[str, Any], ...] = (
    cost(1, cost_amount=Decimal("0.1"), total_tokens=5),
    cost(2, cost_amount=Decimal("0.2"), total_tokens=None, note='a\nb,"c"'),
    cost(3, cost_amount=Decimal("-0.000000000001"), currency="EUR"),
    cost(4, cost_amount=Decimal(7), cost_kind="list_price_value"),
    cost(5, cost_amount=None, currency=None, total_tokens=1_000_000),
)
SUMS: Totals = {
    USD: Decimal("0.3"),
    EUR: Decimal("-0.000000000001"),
    VALUE: Decimal(7),
    TOKENS: Decimal(1_000_025),
}


def test_a_place_that_lacks_a_measure_says_zero_there():
    landed: Totals = {USD: Decimal("1.50"), TOKENS: Decimal(3)}
    spend, tokens = compare({"landing": landed, "facts": {TOKENS: Decimal(3)}})
    assert (spend.measure, spend.currency, spend.equal) == ("spend", "USD", False)
    assert str(spend) == "spend USD: landing 1.50, facts 0 (-1.5)"
    assert (str(tokens), tokens.equal) == ("tokens: landing 3, facts 3", True)


def test_amounts_that_are_equal_with_more_or_fewer_digits_are_equal():
    (spend,) = compare({"landing": {USD: Decimal("1.5")}, "facts": {USD: Decimal("1.500000000000")}})
    assert spend.equal
    assert str(spend) == "spend USD: landing 1.5, facts 1.500000000000"


@given(TOTALS)
def test_equal_totals_are_equal_in_every_measure_that_stands_anywhere(totals: Totals):
    comparisons = compare({"a": totals, "b": dict(totals), "c": dict(totals)})
    assert [(c.measure, c.currency) for c in comparisons] == sorted(totals)
    assert all(comparison.equal for comparison in comparisons)


@given(TOTALS, MEASURES, AMOUNTS.filter(bool))
def test_a_change_of_one_measure_differs_in_that_one_and_says_by_how_much(
    totals: Totals, changed: tuple[str, str], change: Decimal
):
    base = {**dict.fromkeys([changed], Decimal(0)), **totals}
    harmed = {**base, changed: base[changed] + change}
    (unequal,) = [c for c in compare({"landing": base, "facts": harmed}) if not c.equal]
    assert (unequal.measure, unequal.currency) == changed
    assert str(unequal).endswith(f"({change.normalize():+f})")


def test_the_table_the_csv_and_the_json_give_the_same_exact_sums(tmp_path: Path):
    with published(*COSTS) as connection:
        paths = [export_costs(connection, tmp_path, "costs", name, ExportFilter()).path for name in ("csv", "json")]
        assert table_totals(connection, "main.fct_costs") == SUMS
    assert csv_totals(paths[0]) == SUMS
    assert json_totals(paths[1]) == SUMS


def test_nothing_has_no_money_and_no_tokens(tmp_path: Path):
    with published() as connection:
        paths = [export_costs(connection, tmp_path, "costs", name, ExportFilter()).path for name in ("csv", "json")]
        assert table_totals(connection, "main.fct_costs") == {TOKENS: 0}
    assert csv_totals(paths[0]) == json_totals(paths[1]) == {TOKENS: 0}


def test_a_csv_for_excel_is_added_up_as_any_other(tmp_path: Path):
    with published(*COSTS) as connection:
        path = export_costs(connection, tmp_path, "costs", "excel-csv", ExportFilter()).path
    assert csv_totals(path) == SUMS


@pytest.mark.parametrize("count", [1_000])
def test_many_tenths_add_up_without_a_float_in_between(tmp_path: Path, count: int):
    records = [{"cost_amount": "0.1", "currency": "USD", "cost_kind": "spend", "total_tokens": 1}] * count
    path = tmp_path / "costs.json"
    path.write_text(json.dumps({"records": records}))
    assert json_totals(path) == {USD: Decimal(100), TOKENS: count}
