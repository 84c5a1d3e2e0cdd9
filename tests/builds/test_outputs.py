"""Outputs written alone, by an asset, a command or a person: the build that is shown stays one build."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from typer.testing import CliRunner

from pipelines.app import outputs
from pipelines.app.home import Home
from pipelines.builds.manifest import BuildManifest
from pipelines.builds.store import Builds, warehouse_of
from pipelines.cli import app
from pipelines.defs.publishing import build_export_asset, build_published_build
from pipelines.errors import BuildError, ConfigError
from pipelines.exports.choice import ExportFilter, ExportShape
from pipelines.exports.costs import export_costs
from tests.home.homes import NOW, home_at, publish

CONFIGURATION = """\
exports:
  - {name: bills, every: month}
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    opened = home_at(tmp_path, CONFIGURATION)
    publish(opened)
    return opened


def manifest_of(home: Home) -> BuildManifest:
    manifest = Builds(home.folders.home).manifest()
    assert manifest is not None
    return manifest


def folder_of(home: Home) -> Path:
    folder = Builds(home.folders.home).current()
    assert folder is not None
    return folder


def changed(home: Home) -> set[str]:
    """The outputs that are not as the manifest says."""
    folder = home.settings.paths.home
    return {output.path for output in manifest_of(home).outputs if output.problem(folder / output.path)}


def materialize(home: Home, *assets: dg.AssetsDefinition, **config: Any) -> dg.ExecuteInProcessResult:
    run_config = {"ops": {"exports__costs_csv": {"config": config}}} if config else {}
    return dg.materialize([*assets], resources={"home": home}, run_config=run_config, raise_on_error=False)


def test_one_export_materialized_alone_rewrites_itself_and_nothing_else_of_the_build(home: Home):
    before, former = manifest_of(home), folder_of(home)
    for name in ("costs.csv", "costs.json"):
        (home.settings.paths.exports / name).write_text("changed")
    assert materialize(home, build_export_asset("csv")).success
    assert changed(home) == {"exports/costs.json"}, "the other one is still missed"
    assert manifest_of(home) == before
    assert folder_of(home) != former
    assert folder_of(home).joinpath("warehouse/published.duckdb").samefile(former / "warehouse" / "published.duckdb")


def test_an_export_of_some_costs_is_beside_the_build_whoever_asks_for_it(home: Home):
    before = manifest_of(home)
    assert materialize(home, build_export_asset("csv"), providers=["groq"]).success
    assert (home.settings.paths.exports / "chosen-costs.csv").is_file()
    refused = materialize(home, build_export_asset("csv"), providers=["groq"], file_name="costs")
    assert not refused.success
    with pytest.raises(ConfigError) as told:
        outputs.path_by_hand(home, None, "costs", "csv", ExportShape())
    assert str(told.value) == (
        f"{home.settings.paths.exports / 'costs.csv'} is a part of each build: take another --name or --folder"
    )
    assert (manifest_of(home), changed(home)) == (before, set())


def test_the_commands_write_the_build_that_is_shown_again(home: Home):
    before, data = manifest_of(home), home.settings.paths.home
    (data / "exports" / "costs.csv").unlink()
    (folder_of(home) / "exports" / "costs.csv").unlink()
    assert changed(home) == {"exports/costs.csv"}
    done = CliRunner().invoke(app, ["export", "--home", str(data)], env={"COLUMNS": "300"})
    assert f"Wrote 1 row to {data / 'exports' / 'costs.csv'}" in done.output
    assert (changed(home), manifest_of(home)) == (set(), before)


def test_nothing_is_shown_that_no_run_prepared_whole(home: Home):
    before = folder_of(home)
    outputs.prepare(home, "another")
    outputs.write_standing(home, "csv", "another")
    with pytest.raises(BuildError, match=r"^the build lacks exports/costs\.json, exports/costs\.json\.manifest"):
        outputs.show(home, "another")
    assert not materialize(home, build_published_build([])).success
    assert folder_of(home) == before


def test_a_file_of_last_month_stays_when_the_next_month_has_one(home: Home):
    exports, configured = home.settings.paths.exports, home.settings.configuration.exports
    for month in (NOW, NOW + timedelta(days=31)):
        later = replace(home, clock=lambda month=month: month)
        publish(later)
        (outcome,) = outputs.write_scheduled_exports(later, configured)
        assert outcome.problem is None
    assert (exports / "bills-2026-03.csv").is_symlink()
    assert (exports / "bills-2026-02.csv").is_file()
    assert not (exports / "bills-2026-02.csv").is_symlink()
    assert "exports/bills-2026-03.csv" in manifest_of(home).paths()
    assert changed(home) == set()


def test_an_export_that_a_person_changed_is_kept_beside_the_new_one(home: Home):
    costs = home.settings.paths.exports / "costs.csv"
    content = costs.read_text()
    costs.unlink()
    costs.write_text(content + "my note\n")
    publish(home)
    assert costs.is_symlink()
    assert costs.read_text() == content
    assert costs.with_name("by-hand-costs.csv").read_text() == content + "my note\n"
    publish(home)
    assert len(list(costs.parent.glob("by-hand-*"))) == 1


def test_files_of_a_version_before_are_written_in_their_places(tmp_path: Path):
    home = home_at(tmp_path)
    publish(home)
    data = home.settings.paths.home
    for path in manifest_of(home).paths():
        content = (data / path).read_bytes()
        (data / path).unlink()
        (data / path).write_bytes(content)
    (data / "builds").rename(tmp_path / "gone")
    assert Builds(data).current() is None
    outputs.write_standing(home, "csv")
    assert not (data / "exports" / "costs.csv").is_symlink()
    with warehouse_of(home.folders).reading() as connection:
        export_costs(connection, data / "exports", "mine", "csv", ExportFilter())
    publish(home)
    assert changed(home) == set()
    assert (data / "exports" / "mine.csv").is_file()
    assert list(data.glob("exports/by-hand-*")) == [], "an untouched export is not a person's"
