"""What was not tested is not published: each way to tables that passed no test, in small and through Dagster."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import dagster as dg
import duckdb
import pytest

from pipelines.app.home import Home
from pipelines.builds import tested
from pipelines.builds.store import warehouse_of
from pipelines.config import load_settings
from pipelines.defs.build import build_defs
from pipelines.errors import BuildError
from pipelines.presentation.messages import STAYS_PUBLISHED
from pipelines.warehouse.files import load_table
from tests.e2e.installation import Installation
from tests.warehouse.builds import AS_OF

pytestmark = pytest.mark.e2e

TABLES = {
    tested.FACTS: ["main.facts", "main.a_view_or_nothing"],
    tested.FORECASTS: ["forecasts.daily"],
    tested.ANOMALIES: ["forecasts.anomalies"],
    tested.FORECAST_MARTS: ["main.shown"],
}
ADVICE = f"run `ai-costs run`, or materialize all of refresh_costs; {STAYS_PUBLISHED}"


def name_build(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    load_table(connection, "build", [{"build_id": name, "as_of": AS_OF}])


def make(connection: duckdb.DuckDBPyConnection, number: int, *steps: str) -> None:
    """Let `steps` make their tables of build `number`, each leaving its record."""
    for step in steps:
        for table in TABLES[step][:1]:
            connection.execute(f"create or replace table {table} as select {number} as figure from range(3)")  # noqa: S608 - names of this file
        tested.record(connection, step, TABLES[step])


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """A working file whose build `one` passed every test."""
    with duckdb.connect() as opened:
        opened.execute("create schema forecasts")
        name_build(opened, "one")
        make(opened, 1, *TABLES)
        tested.require(opened)
        yield opened


def refusal(connection: duckdb.DuckDBPyConnection) -> str:
    with pytest.raises(BuildError) as refused:
        tested.require(connection)
    found = re.fullmatch(rf"the build was not published, because it is not tested: (.*)\. {ADVICE}", str(refused.value))
    assert found is not None, refused.value
    return found[1]


def test_a_working_file_of_which_no_step_passed_is_refused_step_by_step():
    with duckdb.connect() as connection:
        name_build(connection, "one")
        assert refusal(connection) == "; ".join(
            f"step {step} has not passed since its tables were made" for step in TABLES
        )


@pytest.mark.parametrize(
    ("forgery", "told"),
    [
        ("update main.facts set figure = 10 where rowid = 0", "table main.facts was changed after its tests"),
        ("delete from main.shown where rowid = 0", "table main.shown was changed after its tests"),
        ("insert into main.shown values (1), (1)", "table main.shown was changed after its tests"),
        ("alter table main.facts rename figure to amount", None),
        ("drop table forecasts.daily", "table forecasts.daily is gone since it was tested"),
        ("update landing.build set currency = 'EUR'", "table landing.build was changed after its tests"),
    ],
)
def test_tables_that_were_changed_after_their_tests_are_named(
    connection: duckdb.DuckDBPyConnection, forgery: str, told: str | None
):
    connection.execute(forgery)
    if told is None:
        tested.require(connection)
    else:
        assert refusal(connection) == told


def test_a_failed_step_forgets_that_it_once_passed(connection: duckdb.DuckDBPyConnection):
    tested.forget(connection, tested.FACTS)
    assert refusal(connection).startswith("step facts has not passed since its tables were made; step cost_forecasts")


def test_new_facts_are_not_published_with_the_forecasts_of_older_ones(connection: duckdb.DuckDBPyConnection):
    make(connection, 2, tested.FACTS)
    assert refusal(connection) == (
        "step cost_forecasts was made from other tables than those of this build; step anomalies was made from other "
        "tables than those of this build; step forecast_marts was made from other tables than those of this build"
    )
    make(connection, 2, tested.FORECASTS, tested.ANOMALIES)
    assert refusal(connection) == "step forecast_marts was made from other tables than those of this build"
    make(connection, 2, tested.FORECAST_MARTS)
    tested.require(connection)


def test_marts_that_show_untested_forecasts_are_as_untested_as_these(connection: duckdb.DuckDBPyConnection):
    make(connection, 2, tested.FACTS, tested.FORECAST_MARTS)
    assert "step forecast_marts has not passed" in refusal(connection)


def test_a_build_of_another_name_is_not_the_one_that_passed(connection: duckdb.DuckDBPyConnection):
    name_build(connection, "two")
    assert refusal(connection).startswith("step facts passed for build one, not for two; step cost_forecasts passed")


def test_prices_loaded_after_the_tests_are_not_those_of_the_tables(connection: duckdb.DuckDBPyConnection):
    load_table(connection, "prepaid_accounts", [{"provider": "groq", "account_name": "acme"}])
    make(connection, 1, *TABLES)
    load_table(connection, "prepaid_accounts", [])
    assert refusal(connection) == "table landing.prepaid_accounts was changed after its tests"


@pytest.fixture(scope="module")
def built(started: Installation, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A copy of an installation whose build passed."""
    copied = started.copy(tmp_path_factory.mktemp("built") / "person")
    environ = {"HOME": str(copied.person), "AI_COSTS_HOST": "laptop"}
    return Home(load_settings(home=copied.data, config=None, environ=environ, cwd=copied.person))


Materialize = Callable[..., dg.ExecuteInProcessResult]


@pytest.fixture(scope="module")
def materialize(built: Home) -> Materialize:
    """Materialize one asset, or run one check, as the UI does, in this process."""
    job = build_defs(built).resolve_job_def("refresh_costs")

    def run(*, asset: dg.AssetKey | None = None, check: dg.AssetCheckKey | None = None) -> dg.ExecuteInProcessResult:
        chosen = job.get_subset(
            asset_selection={asset} if asset else set(), asset_check_selection={check} if check else None
        )
        return chosen.execute_in_process(raise_on_error=False)

    return run


WAREHOUSE = dg.AssetKey(["published", "warehouse"])
DAILY_COSTS = dg.AssetKey(["reports", "rpt_daily_costs"])
COSTS_AGREE = dg.AssetCheckKey(DAILY_COSTS, "assert_daily_costs_equal_costs")


def failure(result: dg.ExecuteInProcessResult) -> str:
    assert not result.success
    (event,) = result.get_step_failure_events()
    error = event.step_failure_data.error
    while error is not None and error.cause is not None:
        error = error.cause
    assert error is not None
    return error.message


def forge(home: Home, factor: str) -> None:
    with warehouse_of(home.folders).writing() as connection:
        connection.execute(f"update main.rpt_daily_costs set cost_amount = cost_amount {factor}")  # noqa: S608 - of this test


def test_published_alone_is_refused_whenever_the_tables_did_not_pass(built: Home, materialize: Materialize):
    before = built.settings.paths.published.read_bytes()
    forge(built, "* 10")
    assert "table main.rpt_daily_costs was changed after its tests" in failure(materialize(asset=WAREHOUSE))

    one_check = materialize(check=COSTS_AGREE)
    checked = {check.asset_check_key: check.passed for check in one_check.get_asset_check_evaluations()}
    assert checked == {COSTS_AGREE: False}, "that check alone was run"
    assert "dbt found: test.ai_costs.assert_daily_costs_equal_costs" in failure(one_check)

    forge(built, "/ 10")
    assert "step facts has not passed since its tables were made" in failure(materialize(asset=WAREHOUSE)), (
        "a failed test is not forgotten when its table looks well again"
    )
    assert built.settings.paths.published.read_bytes() == before


def test_one_model_materialized_alone_makes_that_model_and_its_checks_and_nothing_else(
    built: Home, materialize: Materialize
):
    model = dg.AssetKey(["marts", "dim_accounts"])
    with warehouse_of(built.folders).writing() as connection:
        connection.execute("create table main.marker as select 1")
        connection.execute("insert into main.dim_models select * from main.dim_models")
    result = materialize(asset=model)
    assert result.success, failure(result)
    made = [event.asset_key for event in result.get_asset_materialization_events()]
    assert made == [model]
    assert {check.asset_key for check in result.get_asset_check_evaluations()} == {model}
    with warehouse_of(built.folders).writing() as connection:
        ((models, distinct),) = connection.sql(
            "select count(*), count(distinct model_id) from main.dim_models"
        ).fetchall()
    assert models == 2 * distinct, "what was not selected is as it was"
    assert "step facts has not passed" in failure(materialize(asset=WAREHOUSE))
