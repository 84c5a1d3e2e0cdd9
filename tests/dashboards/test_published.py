"""The marts that the report is tested on have the columns and types of the real ones."""

from __future__ import annotations

import duckdb
import pytest

from tests.dashboards.published import contracts, shown_columns


@pytest.mark.parametrize("mart", sorted(shown_columns()))
def test_a_mart_of_the_tests_has_columns_of_its_contract(mart: str) -> None:
    with duckdb.connect(":memory:") as connection:
        wanted = {
            name: str(connection.sql(f"select null::{data_type} as value").types[0])
            for name, data_type in contracts()[mart].items()
        }
    shown = {name: data_type for name, data_type in shown_columns()[mart].items() if wanted.get(name) != data_type}
    assert shown == {}, f"columns that {mart} has otherwise, or not at all: change tests/dashboards/published.py"
