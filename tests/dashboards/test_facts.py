"""The rows a page carries: read back from the file they are the rows that went in, to the last digit."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.errors import ReportError
from dashboards.facts import DIMENSIONS, MEASURES, Facts, read_embedded_totals
from dashboards.packing import CONTENT_TYPE, deflated, inflated

AMOUNTS = st.one_of(
    st.none(),
    st.decimals(min_value="-1e12", max_value="1e12", places=12),
    st.decimals(min_value=0, max_value=99, places=2),
)
COUNTS = st.one_of(st.none(), st.integers(min_value=0, max_value=10**13))


@st.composite
def facts(draw: st.DrawFn) -> Facts:
    """Series of the dimensions a mart may hold, each with its days in order and no day twice."""
    rows = []
    keys = draw(
        st.lists(
            st.tuples(
                st.sampled_from(["anthropic", "openai"]),
                st.sampled_from(["one", "two"]),
                st.sampled_from([None, "laptop"]),
                st.sampled_from([None, "model"]),
                st.none(),
                st.sampled_from([None, "key"]),
                st.sampled_from(["api", "manual"]),
                st.sampled_from([None, "spread"]),
                st.sampled_from(["spend", "list_price_value"]),
                st.sampled_from(["EUR", "USD"]),
            ),
            unique=True,
            max_size=5,
        )
    )
    for key in keys:
        for offset in sorted(draw(st.sets(st.integers(min_value=0, max_value=600), min_size=1, max_size=4))):
            day = date(2025, 5, 1) + timedelta(days=offset)
            rows.append((day, *key, draw(AMOUNTS), draw(AMOUNTS), *(draw(COUNTS) for _ in MEASURES[2:])))
    return Facts(rows)


def _read_back(document: dict) -> list[tuple]:
    """A second reader, written from the description of the form alone."""
    at = {name: place for place, name in enumerate(document["columns"])}
    rows = []
    for entry in document["series"]:
        key = [document["names"][name][entry[at[name]]] for name in DIMENSIONS]
        size = entry[at["rows"]]
        columns = {
            name: entry[at[name]].split(",") if "," in entry[at[name]] else [entry[at[name]]] * size
            for name in ("days", *MEASURES)
        }
        day = date.fromisoformat(document["first_day"])
        for place in range(size):
            day += timedelta(days=int(columns["days"][place], 36))
            numbers = [int(text, 36) if (text := columns[name][place]) else None for name in MEASURES]
            unit = Decimal(int(entry[at["unit"]], 36)).scaleb(-document["scale"])
            amounts = [None if multiple is None else multiple * unit for multiple in numbers[:2]]
            rows.append((day, *key, *amounts, *numbers[2:]))
    return rows


@given(facts())
def test_every_row_is_read_back_as_it_was(carried: Facts):
    assert _read_back(json.loads(inflated(carried.as_text()))) == list(carried.rows)


@given(facts())
def test_the_sums_are_exact_by_kind_and_currency(carried: Facts):
    expected: dict[tuple[str, str], int] = {}
    for row in carried.rows:
        if row[11] is not None:
            expected[row[9], row[10]] = expected.get((row[9], row[10]), 0) + int(row[11].scaleb(12))
    assert carried.totals == {key: Decimal(units).scaleb(-12) for key, units in expected.items()}


def test_money_is_carried_in_no_more_digits_than_it_has_and_in_the_largest_unit():
    key = ("a", "b", None, "c", None, None, "api", None, "spend", "USD")
    amounts = [(date(2026, 1, 1), "12.34"), (date(2026, 1, 2), "24.68")]
    document = Facts([(day, *key, Decimal(amount), None, 1, 2, 3, 0, 0) for day, amount in amounts]).as_json()
    assert document["scale"] == 2
    entry = dict(zip(document["columns"], document["series"][0], strict=True))
    assert (entry["unit"], entry["days"], entry["amounts"], entry["converted"]) == ("ya", "0,1", "1,2", "")


@pytest.mark.parametrize(
    ("element", "complaint"),
    [
        ('type="application/json" id="facts">{"format":2}', r"old\.html is of an earlier version: build it again"),
        (
            f'type="{CONTENT_TYPE}" id="facts">' + deflated('{"format":0}'),
            r"old\.html has another format \(0\): build it again",
        ),
    ],
)
def test_a_page_of_another_format_is_refused(element: str, complaint: str, tmp_path: Path):
    page = tmp_path / "old.html"
    page.write_text(f"<script {element}</script>", encoding="utf-8")
    with pytest.raises(ReportError, match=complaint):
        read_embedded_totals(page)
