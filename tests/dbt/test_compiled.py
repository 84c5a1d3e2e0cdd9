"""What `compiled.py` builds is what dbt builds."""

from __future__ import annotations

from pathlib import Path

from tests.dbt.company import COMPANY
from tests.dbt.conftest import Scenario, contents


def test_the_sql_that_dbt_compiled_gives_the_rows_that_dbt_builds(company: Path, scenario: Scenario) -> None:
    assert contents(scenario("without_dbt", COMPANY)) == contents(company)
