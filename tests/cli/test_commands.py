"""What each command prints for people and for machines, and the code it ends with."""

from __future__ import annotations

import csv
import json
import shutil
import stat
from decimal import Decimal
from pathlib import Path

import pytest

from pipelines.cli import COMMANDS
from tests.cli.conftest import Command
from tests.e2e.installation import Installation
from tests.sources.local.session_logs import SONNET

pytestmark = pytest.mark.e2e

NAMES = list(COMMANDS)


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def test_help_names_every_command(ai_costs: Command):
    shown = ai_costs("--help")
    assert shown.code == 0
    for name in NAMES:
        assert f" {name} " in shown.out


@pytest.mark.parametrize("name", NAMES)
def test_every_command_explains_itself(ai_costs: Command, name: str):
    shown = ai_costs(name, "--help")
    assert shown.code == 0
    assert len(shown.out.split("╭")[0].split()) > 8, "an explanation above the options"


def test_a_command_that_is_not_there_is_a_mistake_of_usage(ai_costs: Command):
    assert ai_costs("frobnicate").code == 2


def test_init_writes_what_editors_and_secrets_need_and_overwrites_nothing(ai_costs: Command, tmp_path: Path):
    written = ai_costs("init", "--json")
    assert written.code == 0
    assert written.json == {"folder": str(tmp_path), "files": ["ai-costs.yaml", ".env", "ai-costs.schema.json"]}
    assert json.loads((tmp_path / "ai-costs.schema.json").read_text())["properties"].keys() >= {"accounts", "budgets"}
    assert stat.S_IMODE((tmp_path / ".env").stat().st_mode) == 0o600
    (tmp_path / "ai-costs.yaml").write_text("organisation: mine\n")
    refused = ai_costs("init")
    assert refused.code == 2
    assert refused.err.strip() == "error: ai-costs.yaml is there already: edit it, or overwrite it with --force"
    assert (tmp_path / "ai-costs.yaml").read_text() == "organisation: mine\n"
    assert ai_costs("init", "--force").code == 0
    assert "organisation: mine" not in (tmp_path / "ai-costs.yaml").read_text()


def test_what_init_writes_is_a_configuration_that_doctor_reads(ai_costs: Command, tmp_path: Path):
    ai_costs("init")
    found = {finding["subject"]: finding for finding in ai_costs("doctor", "--json").json}
    assert found["configuration"]["ok"]
    assert str(tmp_path / "ai-costs.yaml") in found["configuration"]["found"]


@pytest.mark.parametrize("command", ["show", "export", "report", "verify"])
def test_before_the_first_run_there_is_nothing_to_show(ai_costs: Command, tmp_path: Path, command: str):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "ai-costs.yaml").write_text("organisation: mine\n")
    ended = ai_costs(command)
    assert ended.code == 7
    assert ended.err.strip() == "error: no build has been published here yet: run `ai-costs run` first"


def test_add_writes_the_entry_and_names_its_file(ai_costs: Command, tmp_path: Path):
    added = ai_costs("add", "groq", "12.40", "--date", "2026-04-14", "--note", "=1+1", "--json")
    assert added.code == 0
    file = tmp_path / "data" / "manual" / "entries.csv"
    assert added.json["file"] == str(file)
    (row,) = read_csv(file)
    assert (row["date"], row["provider"], row["amount"], row["currency"]) == ("2026-04-14", "groq", "12.40", "USD")
    assert row["note"] == "=1+1"
    assert row["entry_id"] == added.json["entry_id"]


def test_add_refuses_what_a_file_would_be_refused_for(ai_costs: Command, tmp_path: Path):
    refused = ai_costs("add", "groq", "1,234", "--date", "2026-04-14")
    assert refused.code == 3
    assert "1,234" in refused.err
    assert not (tmp_path / "data" / "manual" / "entries.csv").exists()


def test_add_says_where_a_provider_shows_its_figures_and_writes_nothing(ai_costs: Command, tmp_path: Path):
    told = ai_costs("add", "--where", "groq")
    assert told.code == 0
    assert told.out.startswith("Groq has no public API of usage or costs: the amount is in its console")
    assert not (tmp_path / "data").exists()
    unknown = ai_costs("add", "--where", "grok")
    assert unknown.code == 2
    assert "unknown provider 'grok': did you mean groq?" in " ".join(unknown.err.replace("│", " ").split())


def test_prices_says_what_an_override_would_change_and_closed_months_wait_to_be_asked(
    ai_costs: Command, started: Installation, tmp_path: Path
):
    home = tmp_path / "copy"
    shutil.copytree(started.data, home)
    same = ai_costs("prices", "--home", home)
    assert same.out.strip() == "Today's prices value everything as it is published."
    override = "price_overrides:\n  - {provider: anthropic, model: claude-sonnet-4-5, since: 2026-03-02, output: 10}\n"
    (tmp_path / "ai-costs.yaml").write_text(override)
    change = {"month": "2026-03-01", "provider": "anthropic", "model": SONNET, "is_closed": True}
    told = ai_costs("prices", "--home", home, "--json").json
    assert told["restated_from"] == []
    (found,) = told["changes"]
    assert found.items() >= change.items()
    assert Decimal(found["published"]) - Decimal(found["today"]) == Decimal(10)
    shown = " ".join(ai_costs("prices", "--home", home).out.split())
    assert "│ -10 │ closed │" in shown
    assert shown.endswith("Closed months stay as they are: `ai-costs prices --restate-from 2026-03` moves them.")
    kept = (home / "prices" / "2026-03.json").read_bytes()
    asked = ai_costs("prices", "--home", home, "--restate-from", "2026-03").out
    assert "The next `ai-costs run` values closed months from March 2026 on at today's prices." in asked
    (aside,) = (home / "prices" / "released").iterdir()
    assert aside.read_bytes() == kept
    assert ai_costs("prices", "--home", home, "--restate-from", "2026-03", "--json").json["restated_from"] == []
    assert ai_costs("prices", "--restate-from", "2026-13").code == 2


def test_export_writes_the_chosen_rows_and_says_their_sums(ai_costs: Command, started: Installation, tmp_path: Path):
    chosen = ("--source-kind", "manual", "--since", "2026-03-02", "--until", "2026-03-02")
    written = ai_costs("export", "--home", started.data, "--folder", tmp_path, "--name", "mine", *chosen, "--json")
    assert written.code == 0
    assert written.json["row_count"] == 1
    assert Decimal(written.json["amounts"]["spend"]["USD"]) == Decimal("12.40")
    (row,) = read_csv(tmp_path / "mine.csv")
    assert (row["provider"], Decimal(row["cost_amount"])) == ("groq", Decimal("12.40"))


def test_export_refuses_a_format_and_a_name_that_cannot_be(ai_costs: Command, started: Installation):
    unknown = ai_costs("export", "--home", started.data, "--format", "xlsx")
    assert unknown.code == 2
    assert "there is no format 'xlsx'" in unknown.err
    path = ai_costs("export", "--home", started.data, "--name", "../costs")
    assert path.code == 2
    assert "is a path: give the folder with --folder" in path.err


def test_report_goes_where_it_is_told(ai_costs: Command, started: Installation, tmp_path: Path):
    target = tmp_path / "page.html"
    written = ai_costs("report", "--home", started.data, "--output", target, "--json")
    assert written.code == 0
    assert written.json["path"] == str(target)
    assert target.read_bytes().startswith(b"<!doctype html>")
    assert len(target.read_bytes()) == written.json["bytes"]


def test_verify_shows_each_place_and_that_they_agree(ai_costs: Command, started: Installation):
    shown = ai_costs("verify", "--home", started.data)
    assert shown.code == 0
    for place in ("landing", "facts", "csv export", "json export", "report"):
        assert place in shown.out
    assert shown.out.count("45.000297") == 5
    assert "differs" not in shown.out


def test_verify_names_the_place_that_says_otherwise(ai_costs: Command, started: Installation, tmp_path: Path):
    home = started.copy(tmp_path / "person").data
    export = home / "exports" / "costs.csv"
    export.write_text(export.read_text().replace("12.40", "12.41", 1))
    shown = ai_costs("verify", "--home", home)
    assert shown.code == 6
    assert "spend USD" in shown.err
    assert "csv export" in shown.err


def test_doctor_finds_this_installation_in_order(ai_costs: Command, started: Installation):
    looked = ai_costs("doctor", "--home", started.data, "--json")
    found = {finding["subject"]: finding for finding in looked.json}
    assert found["manual file bills.csv"]["found"] == "2 entries"
    assert found["landing"]["found"] == "4 days, 4 rows, every hash as written"
    assert found["published build"]["ok"]
    assert looked.code == 0


def test_alerts_lists_nothing_before_there_is_one(ai_costs: Command, started: Installation):
    listed = ai_costs("alerts", "list", "--home", started.data)
    assert (listed.code, listed.out.strip()) == (0, "No open alerts.")
    replayed = ai_costs("alerts", "replay", "--days", "7", "--rule", "source_stale", "--home", started.data).out
    assert replayed.splitlines()[0].startswith("0 alerts from ")
    assert replayed.splitlines()[1] == (
        "Not replayed: source_stale, because a build knows how each source was last read, "
        "and not how it was read before."
    )
    sent = ai_costs("alerts", "send", "--home", started.data, "--json")
    assert sent.code == 0
