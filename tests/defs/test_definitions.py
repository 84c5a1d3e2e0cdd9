"""The asset graph as people see it in the UI: complete, described, owned, checked, and scheduled."""

from __future__ import annotations

import itertools
import shutil
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest

from pipelines.app.home import Home
from pipelines.app.opening import open_home, reopened
from pipelines.config import load_settings
from pipelines.config.home_folders import ensure_home
from pipelines.defs.automation import build_sensors
from pipelines.defs.build import build_defs
from pipelines.defs.sources import results
from pipelines.domain.source_kinds import SourceKind
from pipelines.landing import Feed
from pipelines.sources.outcomes import Outcome, Status

LAYERS = {
    "sources",
    "landing",
    "staging",
    "intermediate",
    "marts",
    "derived",
    "reports",
    "forecasts",
    "published",
    "exports",
    "dashboards",
    "notifications",
}


def open_at(folder: Path, parsed: Path, configuration: str = "") -> Home:
    folder.mkdir(exist_ok=True)
    (folder / "ai-costs.yaml").write_text(configuration)
    settings = load_settings(home=folder, config=None, environ={"HOME": str(folder)}, cwd=folder)
    ensure_home(settings.paths)
    shutil.copytree(parsed, settings.paths.dbt, dirs_exist_ok=True)
    return Home(settings)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, parsed: Path) -> Home:
    return open_at(tmp_path_factory.mktemp("home"), parsed)


@pytest.fixture(scope="module")
def definitions(home: Home) -> dg.Definitions:
    return build_defs(home)


def specs(definitions: dg.Definitions) -> dict[str, dg.AssetSpec]:
    return {spec.key.to_user_string(): spec for spec in definitions.resolve_all_asset_specs()}


def test_every_layer_of_the_design_is_a_group(definitions: dg.Definitions):
    assert {spec.group_name for spec in specs(definitions).values()} == LAYERS


def test_every_asset_is_keyed_by_its_layer_described_owned_and_of_a_kind(definitions: dg.Definitions):
    for name, spec in specs(definitions).items():
        assert name.startswith(f"{spec.group_name}/"), name
        assert spec.description, name
        assert spec.owners == ["team:finops"], name
        assert spec.kinds, name


def test_every_figure_can_be_followed_back_to_a_source(definitions: dg.Definitions):
    parents = {name: {dep.asset_key.to_user_string() for dep in spec.deps} for name, spec in specs(definitions).items()}

    def sources_of(name: str, seen: set[str]) -> set[str]:
        if name.startswith("sources/"):
            return {name}
        unseen = parents[name] - seen
        seen |= unseen
        return set(itertools.chain.from_iterable(sources_of(parent, seen) for parent in sorted(unseen)))

    outputs = {name for name in parents if name.split("/")[0] in {"exports", "dashboards", "notifications"}}
    parts = {name for name in outputs if not name.startswith("notifications/")}
    assert parents["published/build"] == {"published/warehouse", *parts}, "nothing is seen before all of it is there"
    assert parents["notifications/alerts"] == {"published/build"}
    assert [name for name, found in parents.items() if "notifications/alerts" in found] == ["notifications/deliveries"]
    sources = {name for name in parents if name.startswith("sources/")}
    for name in outputs:
        assert sources_of(name, set()) == sources


def test_money_is_checked_before_it_is_published(definitions: dg.Definitions):
    checks = {
        f"{spec.asset_key.to_user_string()}:{spec.name}": spec
        for check in definitions.resolve_asset_graph().asset_check_keys
        for spec in [definitions.resolve_asset_graph().get_check_spec(check)]
    }
    assert checks["published/warehouse:landing_equals_facts"].blocking
    assert "reports/rpt_daily_costs:assert_daily_costs_equal_costs" in checks
    assert all(f"{name}:read_completely" in checks for name in specs(definitions) if name.startswith("sources/"))


def test_a_source_that_was_read_and_may_lack_something_is_a_warning_of_its_check():
    asset, now = dg.AssetKey(["sources", "codex"]), datetime(2026, 3, 20, tzinfo=UTC)
    feed = Feed(SourceKind.LOCAL, "codex", "laptop")
    whole = Outcome(feed, Status.OK, now, "3 days were restated")
    lacking = Outcome(feed, Status.OK, now, findings=("5 lines could not be used",))
    failed = Outcome(feed, Status.FAILED, now, "the key was refused", findings=("5 lines could not be used",))
    verdicts = []
    for outcome in (whole, lacking, failed):
        _, check = results(asset, [outcome])
        said = check.metadata.get("laptop")
        verdicts.append((check.passed, check.severity.value, said and said.value))
    assert verdicts == [
        (True, "WARN", None),
        (False, "WARN", "5 lines could not be used"),
        (False, "ERROR", "the key was refused\n5 lines could not be used"),
    ]


def test_what_refreshes_figures_sends_nothing(definitions: dg.Definitions):
    repository = definitions.get_repository_def()
    keys = {name: repository.get_job(name).asset_layer.executable_asset_keys for name in repository.job_names}
    sending = [name for name, found in keys.items() if dg.AssetKey(["notifications", "deliveries"]) in found]
    assert [name for name in sending if not name.startswith("__")] == ["deliver_notifications"]


def test_the_job_runs_hourly_and_everything_watches_from_the_start(definitions: dg.Definitions):
    repository = definitions.get_repository_def()
    (schedule,) = repository.schedule_defs
    assert (schedule.job_name, schedule.cron_schedule) == ("refresh_costs", "7 * * * *")
    assert schedule.default_status is dg.DefaultScheduleStatus.RUNNING
    sensors = {sensor.name: sensor for sensor in repository.sensor_defs}
    assert {"manual_entries_changed", "inbox_changed", "notifications_due", "run_failed", "run_succeeded"} <= set(
        sensors
    )
    assert all(sensor.default_status is dg.DefaultSensorStatus.RUNNING for sensor in sensors.values())
    job = definitions.resolve_job_def("refresh_costs")
    assert job.tags["dagster/max_runtime"] == "3600"


def test_an_account_adds_its_sources_to_the_graph(tmp_path: Path, parsed: Path, definitions: dg.Definitions):
    account = "accounts:\n  - {name: acme, provider: openai, key: OPENAI_ADMIN_KEY}\n"
    added = set(specs(build_defs(open_at(tmp_path / "with", parsed, account)))) - set(specs(definitions))
    assert "sources/openai_costs" in added
    assert all(name.startswith("sources/openai_") for name in added)


def test_exchange_rates_are_in_the_graph_only_where_they_are_wanted(
    tmp_path: Path, parsed: Path, definitions: dg.Definitions
):
    wanted = specs(build_defs(open_at(tmp_path / "with", parsed, "exchange_rates: {ecb: true}\n")))
    assert set(wanted) - set(specs(definitions)) == {"sources/exchange_rates"}
    assert dg.AssetKey(["sources", "exchange_rates"]) in {
        dep.asset_key for dep in wanted["landing/usage_records"].deps
    }, "taken before the build"


@pytest.mark.e2e
def test_while_the_sample_company_stands_in_the_persons_own_folders_are_watched(tmp_path: Path):
    environ = {"HOME": str(tmp_path), "AI_COSTS_HOST": "laptop"}
    home = open_home(environ, home=tmp_path / "data", cwd=tmp_path)
    assert home.is_sample
    assert reopened(home) is home
    sensors = {sensor.name: sensor for sensor in build_sensors(home)}

    def requests(name: str, cursor: str | None) -> tuple[int, str | None]:
        with dg.build_sensor_context(cursor=cursor) as context:
            data = sensors[name].evaluate_tick(context)
        return len(data.run_requests or []), data.cursor

    _, first = requests("manual_entries_changed", None)
    (tmp_path / "data" / "manual" / "bills.CSV").write_text("date,provider,account,amount,currency\n")
    assert requests("manual_entries_changed", first)[0] == 1
    (tmp_path / "data" / "ai-costs.yaml").write_text("channels:\n  - {name: mail, url: MAIL}\n")
    own = reopened(home)
    assert not own.is_sample
    assert own.settings.paths.home == tmp_path / "data"
    assert not open_home(environ, home=tmp_path / "data", cwd=tmp_path).is_sample, "the next run is the person's own"
    assert requests("notifications_due", None)[0] == 0
    assert own.settings.paths.outbox.exists(), "the outbox that is looked at is the person's own"


@pytest.mark.parametrize(("name", "folder"), [("manual_entries_changed", "manual"), ("inbox_changed", "inbox")])
def test_a_changed_file_asks_for_a_run_and_an_unchanged_one_does_not(
    home: Home, definitions: dg.Definitions, name: str, folder: str
):
    sensor = definitions.get_repository_def().get_sensor_def(name)
    file = home.settings.paths.home / folder / "bills.csv"

    def evaluate(cursor: str | None) -> tuple[int, str | None]:
        with dg.build_sensor_context(cursor=cursor) as context:
            data = sensor.evaluate_tick(context)
        return len(data.run_requests or []), data.cursor

    requests, first = evaluate(None)
    assert requests == 0
    assert evaluate(first) == (0, first)
    file.write_text("date,provider,account,amount,currency\n")
    requests, second = evaluate(first)
    assert requests == 1
    assert second != first
    assert evaluate(second) == (0, second)
    file.unlink()
    assert evaluate(second)[0] == 1
