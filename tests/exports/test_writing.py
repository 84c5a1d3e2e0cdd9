"""An export is there whole or not at all: after a kill, on a full disk, alongside another one, and changed manually."""

from __future__ import annotations

import errno
import os
import resource
import time
from itertools import count
from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.errors import ConfigError, HomeError
from pipelines.exports.choice import ExportFilter, ExportShape
from pipelines.exports.costs import export_costs, is_as_exported
from tests.exports.published_costs import cost, published
from tests.kills import KILLED, killer_of

MANY = [cost(number, note=f"note {number}") for number in range(300)]
HOUR = 3600


def export(folder: Path, amount: int, name: str = "json") -> Path:
    with published(*(cost(number, cost_amount=amount) for number in range(5))) as connection:
        return export_costs(connection, folder, "costs", name, ExportFilter()).path


def amounts(path: Path) -> set[str]:
    records = orjson.loads(path.read_bytes())["records"]
    assert len(records) == 5
    return {record["cost_amount"] for record in records}


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def age(path: Path, seconds: float) -> None:
    then = time.time() - seconds
    os.utime(path, (then, then))


def export_again(folder: str, amount: str) -> None:
    """What is killed."""
    export(Path(folder), int(amount))


@pytest.mark.e2e
def test_a_kill_at_any_step_leaves_a_whole_file_as_its_manifest_says_and_the_next_export_sweeps(tmp_path: Path):
    path = export(tmp_path, 1)
    seen, left_over = [], 0
    with killer_of("tests.exports.test_writing", "export_again") as killer:
        for fatal in count(1):
            ended = killer.run(fatal, tmp_path, 2)
            (amount,) = amounts(path)
            assert is_as_exported(path)
            if ended == 0:
                assert amount == "2.000000000000"
                break
            assert ended == KILLED
            seen.append(amount)
            abandoned = list(tmp_path.glob(".writing-*"))
            left_over += len(abandoned)
            for file in abandoned:
                age(file, HOUR + 1)
            export(tmp_path, 1)
            assert names(tmp_path) == {"costs.json", "costs.json.manifest.json"}
    assert set(seen) == {"1.000000000000", "2.000000000000"}
    assert seen == sorted(seen), "old until the rename, new from then on"
    assert left_over > 0


def test_a_file_that_another_export_is_writing_is_left_alone(tmp_path: Path):
    other, abandoned = tmp_path / ".writing-other.csv", tmp_path / ".writing-old.csv"
    for file in (other, abandoned):
        file.write_text("half")
    age(other, HOUR - 60)
    age(abandoned, HOUR + 60)
    export(tmp_path, 1)
    assert names(tmp_path) == {".writing-other.csv", "costs.json", "costs.json.manifest.json"}


@pytest.mark.parametrize("name", ["csv", "excel-csv", "json", "jsonl", "parquet"])
@pytest.mark.parametrize("compress", [False, True])
def test_a_full_disk_leaves_the_old_file_and_nothing_half_written(tmp_path: Path, name: str, *, compress: bool):
    with published(*MANY) as connection:
        path = export_costs(connection, tmp_path, "costs", name, ExportFilter(), ExportShape(compress=compress)).path
        before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size // 2, hard))
        try:
            with pytest.raises(HomeError) as refused:
                export_costs(connection, tmp_path, "costs", name, ExportFilter(), ExportShape(compress=compress))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert str(refused.value).startswith(f"{path} cannot be written (")
    assert os.strerror(errno.EFBIG) in str(refused.value)
    assert str(refused.value).endswith("): free some space or choose another folder; the existing file is unchanged")
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_no_room_for_the_manifest_leaves_neither_file(tmp_path: Path):
    with published(cost(1)) as connection:
        size = export_costs(connection, tmp_path, "costs", "csv", ExportFilter()).path.stat().st_size
        before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    with published(cost(2)) as connection:
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
        try:
            with pytest.raises(HomeError, match=r"costs.csv cannot be written \(File too large\)"):
                export_costs(connection, tmp_path, "costs", "csv", ExportFilter(providers=("acme" * 500,)))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_a_name_that_only_the_manifest_is_too_long_for_leaves_neither_file(tmp_path: Path):
    with published(cost(1)) as connection, pytest.raises(HomeError, match=r"cannot be written \(File name too long\)"):
        export_costs(connection, tmp_path, "x" * 245, "csv", ExportFilter())
    assert names(tmp_path) == set()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path):
    (tmp_path / "occupied").write_text("")
    with pytest.raises(HomeError) as refused:
        export(tmp_path / "occupied", 1)
    assert str(refused.value) == (
        f"{tmp_path / 'occupied' / 'costs.json'} cannot be written ({os.strerror(errno.EEXIST)}): free some space or "
        f"choose "
        "another folder; the existing file is unchanged"
    )


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A data folder whose published build contains two costs."""
    folder = tmp_path / "data"
    (folder / "warehouse").mkdir(parents=True)
    (folder / "ai-costs.yaml").write_text("organisation: Acme\n")
    two = (cost(1), cost(2, provider="openai"))
    with published(*two, database=folder / "warehouse" / "published.duckdb") as connection:
        assert connection.sql("select count(*) from fct_costs").fetchall() == [(2,)]
    return folder


def command(home: Path, *arguments: str) -> str:
    result = CliRunner().invoke(app, ["export", "--home", str(home), *arguments], env={"COLUMNS": "200"})
    assert result.exit_code == 0, result.output
    return result.output


def refusal(home: Path, *arguments: str) -> str:
    result = CliRunner().invoke(app, ["export", "--home", str(home), *arguments], env={"COLUMNS": "400"})
    assert result.exit_code != 0, result.output
    return str(result.exception) if isinstance(result.exception, ConfigError) else result.output


def test_the_command_says_when_nothing_is_what_was_chosen(home: Path):
    exported = home / "exports" / "chosen-costs.csv"
    assert command(home, "--since", "2020-01-01", "--until", "2020-01-02").splitlines() == [
        "No costs match these filters: the file has no rows.",
        f"Wrote 0 rows to {exported}",
    ]
    assert len(exported.read_text().splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--since", "2026-03-02", "--until", "2026-03-01"), "is before --since 2026-03-02: no day is between them"),
        (("--provider", "opnai"), "no cost has the provider 'opnai'; did you mean openai?"),
        (("--provider", "zzz"), "no cost has the provider 'zzz'; there are: groq, openai"),
        (("--account", "acm"), "no cost has the account 'acm'; did you mean acme?"),
        (("--model", "llama-5"), "no cost has the model 'llama-5'; did you mean llama-4?"),
        (("--project", "x"), "no cost has the project 'x'; there is none"),
        (("--cost-center", "reserch"), "no cost has the cost centre 'reserch'; did you mean research?"),
        (("--name", ".."), "is not the name of an export"),
        (("--name", ".hidden"), "is not the name of an export"),
        (("--name", "a\nb"), "is not the name of an export"),
        (("--name", "a\x00b"), "is not the name of an export"),
        (("--name", "costs.csv.manifest"), "is not the name of an export"),
        (("--name", " "), "is not the name of an export"),
        (("--name", "../up"), "is a path: give the folder with --folder of `ai-costs export`"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_filter_or_a_name_that_cannot_be_meant_is_refused_and_writes_nothing(
    home: Path, arguments: tuple[str, ...], told: str
):
    assert told in refusal(home, *arguments)
    assert not (home / "exports").exists() or not list((home / "exports").glob("*.csv"))


@pytest.mark.parametrize("provider", ["OpenAI", "OPENAI", "openai"])
def test_names_are_found_whatever_their_case(home: Path, provider: str):
    assert "Wrote 1 row to" in command(home, "--provider", provider)


def test_a_file_that_is_no_export_is_not_overwritten(home: Path, tmp_path: Path):
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "budget.csv").write_text("mine\n")
    told = refusal(home, "--folder", str(docs), "--name", "budget")
    assert "is not an export of this project: take another --name or --folder, or remove it" in told
    assert (docs / "budget.csv").read_text() == "mine\n"
    command(home, "--folder", str(docs), "--name", "costs")
    command(home, "--folder", str(docs), "--name", "costs")


def test_the_command_leaves_the_standing_export_whole_when_it_writes_some_costs(home: Path):
    command(home)
    before = (home / "exports" / "costs.csv").read_bytes()
    command(home, "--provider", "openai")
    assert (home / "exports" / "costs.csv").read_bytes() == before
    assert len((home / "exports" / "chosen-costs.csv").read_text().splitlines()) == 2
