"""Whatever door a file's name comes through, nothing is written anywhere but under that name in its folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from typer.testing import CliRunner

from pipelines.app.home import Home
from pipelines.builds.store import warehouse_of
from pipelines.cli import app
from pipelines.config.exports import ScheduledExport
from pipelines.defs.publishing import build_export_asset
from pipelines.errors import ConfigError
from pipelines.exports import ExportFormat, formats
from pipelines.exports.costs import export_path
from pipelines.exports.scheduled import write_scheduled
from tests.home.homes import ENTRIES, home_at, publish

SECRET = "kept by another program\n"  # noqa: S105 - what a test must find unchanged
PATH, NO_NAME, LINK = "is a path", "is not the name of an export", "is a link to another folder"
REFUSED = {
    "../up": PATH,
    "{outside}/settings": PATH,
    "sub/costs": PATH,
    "..\\up": PATH,
    "C:\\up": PATH,
    "..": NO_NAME,
    ".": NO_NAME,
    "": NO_NAME,
    " ": NO_NAME,
    ".hidden": NO_NAME,
    "~other": NO_NAME,
    "a\nb": NO_NAME,
    "a\x00b": NO_NAME,
    "a\u202eb": NO_NAME,
    "costs.csv.manifest": NO_NAME,
    "linked": LINK,
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with a published build, a file outside its exports, and a link in them that leads to it."""
    person = tmp_path_factory.mktemp("person")
    opened = home_at(person)
    (opened.settings.paths.manual / "bills.csv").write_text(ENTRIES)
    publish(opened)
    outside = person / "outside"
    outside.mkdir()
    (outside / "settings.csv").write_text(SECRET)
    (opened.settings.paths.exports / "linked.csv").symlink_to(outside / "settings.csv")
    return opened


@pytest.fixture
def unchanged(home: Home) -> Iterator[None]:
    """Proves after the test that no file anywhere below the person appeared, went or changed."""
    person = home.settings.paths.home.parent

    def found() -> dict[str, bytes]:
        aside = home.settings.paths.state
        files = (path for path in person.rglob("*") if path.is_file() and aside not in path.parents)
        return {str(path): path.read_bytes() for path in files}

    before = found()
    yield
    assert found() == before


def by_command(home: Home, name: str) -> str:
    arguments = ["export", "--home", str(home.settings.paths.home), f"--name={name}"]
    result = CliRunner().invoke(app, arguments, env={"HOME": str(home.settings.user_home)})
    assert isinstance(result.exception, ConfigError), result.output
    return str(result.exception)


def by_run_config(home: Home, name: str) -> str:
    return failure_of_a_run(home, {"file_name": name})


def by_schedule(home: Home, name: str) -> str:
    # The settings refuse such a name already; what writes does not rely on it.
    scheduled = ScheduledExport(name="bills").model_copy(update={"to": name or None, "name": name})
    with warehouse_of(home.folders).reading() as connection:
        outcome = write_scheduled(connection, home.settings.paths.exports, scheduled)
    assert outcome.export is None
    return str(outcome.problem)


def failure_of_a_run(home: Home, config: dict[str, Any]) -> str:
    """How a run of the asset ends that the Dagster UI, GraphQL or a script gave `config`."""
    result = dg.materialize(
        [build_export_asset("csv")],
        resources={"home": home},
        run_config={"ops": {"exports__costs_csv": {"config": config}}},
        raise_on_error=False,
    )
    assert not result.success
    (event,) = result.get_step_failure_events()
    error = event.step_failure_data.error
    assert error is not None
    assert error.cause is not None
    return error.cause.message


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("door", [by_command, by_run_config, by_schedule])
@pytest.mark.parametrize(("name", "told"), REFUSED.items(), ids=map(repr, REFUSED))
def test_a_name_that_leaves_its_folder_is_refused_at_every_door(
    home: Home, door: Callable[[Home, str], str], name: str, told: str
):
    outside = home.settings.paths.home.parent / "outside"
    assert told in door(home, name.format(outside=outside))


@pytest.mark.parametrize("file_format", formats().values(), ids=lambda found: found.name)
@pytest.mark.parametrize("compress", [False, True])
@pytest.mark.parametrize("is_sample", [False, True])
def test_the_ending_is_that_of_the_format_whatever_the_name(
    tmp_path: Path, file_format: ExportFormat, *, compress: bool, is_sample: bool
):
    path = export_path(tmp_path, "settings.json", file_format, is_sample=is_sample, compress=compress)
    ending = file_format.suffix + (".gz" if compress else "")
    assert path == tmp_path / f"{'SAMPLE-' if is_sample else ''}settings.json{ending}"


def test_a_folder_that_is_a_link_is_a_folder(tmp_path: Path):
    (tmp_path / "share").mkdir()
    (tmp_path / "exports").symlink_to(tmp_path / "share")
    assert export_path(tmp_path / "exports", "costs", formats()["csv"], is_sample=False).name == "costs.csv"


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    ("config", "told"),
    [
        ({"start": "01/04/2026"}, "start: '01/04/2026' is not a valid date: write it as 2026-04-30"),
        ({"end": "soon"}, "end: 'soon' is not a valid date"),
        ({"source_kinds": ["apis"]}, "source_kinds: 'apis' is not a kind of source; there are: api, manual"),
        ({"providers": ["grok"]}, "no cost has the provider 'grok'"),
    ],
)
def test_a_filter_of_a_run_that_cannot_be_meant_is_refused_with_the_way_to_mend_it(
    home: Home, config: dict[str, Any], told: str
):
    assert told in failure_of_a_run(home, config)


def test_a_run_that_exports_some_costs_leaves_the_file_of_all_of_them(home: Home):
    exports = home.settings.paths.exports
    before = (exports / "costs.csv").read_bytes()
    config = {"ops": {"exports__costs_csv": {"config": {"end": "2020-01-01"}}}}
    assert dg.materialize([build_export_asset("csv")], resources={"home": home}, run_config=config).success
    assert (exports / "costs.csv").read_bytes() == before
    assert len((exports / "chosen-costs.csv").read_text().splitlines()) == 1


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("name", ["ai-costs.yaml", "settings.json", "page", "page.html.csv"])
def test_a_report_is_written_to_no_file_that_is_not_a_page(home: Home, name: str):
    target = home.settings.paths.home.parent / "outside" / name
    result = CliRunner().invoke(app, ["report", "--home", str(home.settings.paths.home), "--output", str(target)])
    assert isinstance(result.exception, ConfigError), result.output
    assert str(result.exception).endswith("use a name that ends in .html")
