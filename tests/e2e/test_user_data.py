"""What an installation with data of its shows when all is well, when something is harmed, and when it is fixed."""

from __future__ import annotations

import shutil
import stat
from contextlib import closing
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from pipelines.presentation.messages import (
    CHANGED,
    FROM_BACKUP,
    LINES_UNUSED,
    NO_SUCH_SETTING,
    OTHER_SERVICES,
    SAME_LINE,
    STAYS_PUBLISHED,
    UNLISTED,
)
from tests.e2e.installation import ENTRIES, Installation
from tests.notifications.receivers import mail_server
from tests.sources.imports.bills import bill, charge
from tests.sources.local.session_logs import reply, usage, write_log

CANARY = "CANARYFOLDER"
EQUAL = {
    ("list_price_value", "USD"): "45.000297000000",
    ("spend", "EUR"): "40.000000000000",
    ("spend", "USD"): "12.400000000000",
    ("tokens", ""): "3000120",
}


@pytest.fixture
def harmed(started: Installation, tmp_path: Path) -> Installation:
    return started.copy(tmp_path / "person")


def sums(installation: Installation) -> dict[tuple[str, str], str]:
    found = {}
    for comparison in installation.json("verify")["sums"]:
        assert comparison["equal"], comparison
        assert set(comparison["amounts"]) == {"landing", "facts", "csv export", "json export", "report"}
        (found[comparison["measure"], comparison["currency"]],) = set(comparison["amounts"].values())
    return found


def converted_euros(installation: Installation) -> list[tuple[Any, ...]]:
    with closing(duckdb.connect(installation.data / "warehouse" / "published.duckdb", read_only=True)) as connection:
        return connection.execute(
            "select cost_amount, rate, rate_source, conversion_status, converted_amount from rpt_converted_costs "
            "where currency = 'EUR'"
        ).fetchall()


def holding_a_working_path(data: Path) -> list[str]:
    """The files of a data folder in which the path of the folder that was worked in is found, databases opened."""
    found = [path.name for path in data.rglob("*") if path.is_file() and CANARY.encode() in path.read_bytes()]
    found += [path.name for path in data.rglob("*.parquet") if CANARY in str(pq.read_table(path).to_pylist())]
    with closing(duckdb.connect(data / "warehouse" / "published.duckdb", read_only=True)) as connection:
        tables = connection.execute("select table_schema, table_name from information_schema.tables").fetchall()
        for schema, name in tables:
            if CANARY in str(connection.table(f'"{schema}"."{name}"').fetchall()):
                found.append(name)
    return found


def of_this_hour(installation: Installation) -> Installation:
    """A build stands for its hour: where that is over, a run makes the build of this one."""
    with closing(duckdb.connect(installation.data / "warehouse" / "published.duckdb", read_only=True)) as connection:
        ((hour,),) = connection.execute("select date_trunc('hour', as_of) from landing.build").fetchall()
    if hour.astimezone(UTC) != datetime.now(UTC).replace(minute=0, second=0, microsecond=0):
        assert installation.ai_costs("run").returncode == 0
    return installation


def test_every_place_says_the_same_to_the_last_digit(started: Installation):
    assert sums(started) == EQUAL


def test_what_a_run_writes_is_its_users_alone(started: Installation):
    """The person made manual/, and the tests hand out what dbt parsed; all else is written by the run."""
    modes = {
        f"{path.relative_to(started.data)}": stat.S_IMODE(path.lstat().st_mode)
        for path in started.data.rglob("*")
        if not {"manual", "dbt"} & {*path.relative_to(started.data).parts} and not path.is_symlink()
    }
    assert {name: f"{mode:o}" for name, mode in modes.items() if mode & 0o077} == {}
    assert stat.S_IMODE((started.data / "manual").stat().st_mode) == 0o700


def test_a_second_run_says_what_there_is_and_changes_no_file_that_people_read(started: Installation):
    watched = ("landing", "exports", "reports", "warehouse/published.duckdb")

    def state() -> dict[Path, tuple[int, int]]:
        files = [path for name in watched for path in [started.data / name, *(started.data / name).rglob("*")]]
        # Lists of what was looked at are nobody's reading: a file too young to be settled is looked at once more.
        files = [path for path in files if path.is_file() and path.name != "lock" and path.suffix != ".index"]
        return {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in files}

    of_this_hour(started)
    before = state()
    done = started.ai_costs("run")
    assert done.returncode == 0
    assert state() == before
    assert not done.stderr.strip()
    shown = done.stdout
    assert "Spend: 12.40 USD" in shown
    assert "Spend: 40.00 EUR" in shown
    assert "List-price value (covered by a subscription, not spend): 45.00 USD" in shown
    assert f"Report: {started.data / 'reports' / 'ai-costs.html'}" in shown
    assert "SAMPLE" not in shown


MAPPING = """\
imports:
  files:
    - {file: acme.csv, account: a, mapping: {provider: acme, currency: USD, columns: {date: day, amount: usd}}}
"""


def test_what_the_figures_may_lack_is_said_by_run_doctor_and_report_alike(harmed: Installation):
    log = harmed.person / ".claude" / "projects" / f"-home-{CANARY}-{CANARY}-atlas" / "unusual.jsonl"
    line = reply("msg_u", model="claude-nonesuch-9", usage=usage(input_tokens=70, output_tokens=7))
    write_log(log, {**line, "cwd": f"/home/{CANARY}/{CANARY}/atlas"}, b'{"cut')
    inbox = harmed.data / "inbox"
    inbox.mkdir(exist_ok=True)
    (inbox / "aws.csv").write_text(bill(charge("2026-03-01", "1"), charge("2026-03-01", "8", "Amazon EC2")))
    (inbox / "acme.csv").write_text("day,usd\n2026-03-02,5\n2026-03-02,5\n")
    (harmed.person / "ai-costs.yaml").write_text(MAPPING)
    finding = f"1 line {LINES_UNUSED} "
    left_out = f"aws.csv: 1 row {OTHER_SERVICES} 8.00 USD: Amazon EC2 8.00 USD"
    twice = f"acme.csv: line 3 {SAME_LINE} 2, and both count"
    unpriced = f"claude-nonesuch-9 of anthropic has no price ({UNLISTED}): its 127 tokens are missing from the totals"
    done = harmed.ai_costs("run")
    assert done.returncode == 0, done.stderr
    assert f"claude_code laptop: {finding}" in done.stdout
    assert f"{unpriced}; set a price under price_overrides" in done.stdout
    assert left_out in done.stdout
    assert twice in done.stdout
    assert "incomplete" in done.stdout
    summary = harmed.json("run")
    (source,) = [row for row in summary["sources"] if row["source"] == "claude_code"]
    assert source["status"] == "incomplete"
    assert source["findings"][0].startswith(finding)
    imported = {row["source"]: row for row in summary["sources"] if row["source"] in {"focus", "mapped_csv"}}
    assert {row["status"] for row in imported.values()} == {"incomplete"}
    assert imported["focus"]["findings"] == [left_out]
    assert imported["mapped_csv"]["findings"][0].startswith(twice)
    assert [(row["model_id"], row["tokens"]) for row in summary["unpriced_models"]] == [("claude-nonesuch-9", 127)]
    warnings = {row["subject"]: row["found"] for row in harmed.json("doctor") if row["warning"]}
    assert warnings["claude_code of laptop"].startswith(finding)
    assert warnings["price of claude-nonesuch-9"] == unpriced
    said = " ".join(warnings.values())
    assert left_out.partition(": ")[2] in said
    assert twice.partition(": ")[2] in said
    report = (harmed.data / "reports" / "ai-costs.html").read_text(encoding="utf-8")
    assert "3 sources incomplete" in report
    assert finding in report
    assert left_out in report
    assert twice in report
    assert "claude-nonesuch-9 (127 tokens)" in report
    assert holding_a_working_path(harmed.data) == []


def test_a_flipped_byte_stops_the_build_and_is_named(harmed: Installation):
    path = next(harmed.data.glob("landing/claude_code/*/days/2026-03-02-*.parquet"))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    name = path.relative_to(harmed.data)
    message = (
        f"{name} {CHANGED} (sha256 differs): no generation is intact, so {FROM_BACKUP}, "
        "or move it away and run again to land it again"
    )
    done = harmed.ai_costs("run")
    assert done.returncode == 5
    assert done.stderr.strip() == f"error: the run failed; {STAYS_PUBLISHED}.\nlanded_records: {message}"
    done = harmed.ai_costs("verify")
    assert done.returncode == 5
    assert done.stderr.strip() == f"error: landing: {message}"


def test_a_rebuild_from_landing_alone_gives_every_figure_again(harmed: Installation):
    shutil.rmtree(harmed.data / "warehouse")
    shutil.rmtree(harmed.data / "exports")
    shutil.rmtree(harmed.person / ".claude")
    (harmed.data / "manual" / "bills.csv").unlink()
    (harmed.person / "ai-costs.yaml").write_text("exchange_rates: {file: rates.csv, currency: USD}\n")
    (harmed.data / "rates").mkdir()
    (harmed.data / "rates" / "file.csv").write_text("date,currency,rate\n2026-03-01,EUR,1.0842\n")
    done = harmed.ai_costs("rebuild")
    assert done.returncode == 0, done.stderr
    assert sums(harmed) == EQUAL
    assert converted_euros(harmed) == [(Decimal(40), Decimal("1.0842"), "file", "converted", Decimal("43.368"))]


def test_logs_that_are_gone_and_files_that_are_refused_leave_every_figure(harmed: Installation):
    shutil.rmtree(harmed.person / ".claude")
    (harmed.data / "reports" / "ai-costs.html").unlink()
    manual = harmed.data / "manual"
    (manual / "bills.csv").write_text(ENTRIES[:-30])
    (manual / "more.csv").write_text(ENTRIES.replace("amount", "ammount", 1))
    done = harmed.ai_costs("run")
    assert done.returncode == 3
    assert done.stderr.strip().splitlines() == [
        "error: manual of bills.csv: rejected; the 2 entries of its last good version stay in effect:",
        (
            "bills.csv:3:2: the line has 1 cells, the header 7: quote a cell that contains the delimiter, or add "
            "what is "
            "missing"
        ),
        "manual of more.csv: rejected:",
        "more.csv:1:4: there is no column 'ammount'; did you mean amount?",
        "more.csv:1:1: the column amount is missing",
    ]
    assert sums(harmed) == EQUAL


def test_an_entry_added_by_hand_counts_from_the_next_run_on_and_is_alerted_by_mail(harmed: Installation):
    this_month = datetime.now(UTC).date().replace(day=1)
    done = harmed.ai_costs("add", "perplexity", "7.60", "--date", str(this_month))
    assert done.returncode == 0, done.stderr
    (harmed.person / "ai-costs.yaml").write_text(
        "budgets:\n  - {name: chat, amount: 8, currency: USD, scope: {provider: perplexity}}\n"
        "channels:\n  - {name: finance, url: FINANCE_URL}\n"
    )
    with mail_server() as inbox:
        for command in (["run"], ["alerts", "send"]):
            assert harmed.ai_costs(*command, FINANCE_URL=inbox.url).returncode == 0
    assert Decimal(sums(harmed)["spend", "USD"]) == Decimal("20.00")
    month = f"{this_month:%B}"
    assert [mail["subject"] for mail in inbox.mails] == [
        f"New spender: perplexity, $7.60 since {this_month:%b} 1, {this_month.year}",
        f"chat: 95 % of the {month} budget is spent ($7.60 of $8.00)",
    ]


def test_a_wrong_key_in_the_configuration_is_named_with_its_line(started: Installation, tmp_path: Path):
    file = tmp_path / "ai-costs.yaml"
    file.write_text("budgets:\n  - nam: everything\n    amount: 2000\n")
    done = started.ai_costs("run", "--config", str(file))
    assert done.returncode == 2
    assert done.stderr.strip().splitlines() == [
        f"error: {file}:2:5: budgets[0].name is missing: add it",
        f"{file}:2:5: budgets[0].nam: {NO_SUCH_SETTING}; did you mean name?",
    ]


def test_a_data_folder_that_cannot_be_made_is_named(started: Installation, tmp_path: Path):
    file = tmp_path / "occupied"
    file.write_text("")
    done = started.ai_costs("run", "--home", str(file))
    assert done.returncode == 4
    assert str(file) in done.stderr
    assert "Traceback" not in done.stderr
