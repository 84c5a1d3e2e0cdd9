"""`ai-costs import` says what a file is, takes it whole, and shows it first to those who ask."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from pipelines.errors import EntryFileError
from pipelines.landing import LandingStore
from pipelines.presentation.messages import OTHER_SERVICES, SAME_LINE
from pipelines.sources.imports import import_formats
from pipelines.sources.imports.framework.reading import read_file
from pipelines.sources.imports.framework.rules import ImportRules
from tests.cli.conftest import Command
from tests.sources.imports.bills import bill, charge
from tests.sources.imports.inboxes import feed

ENTRIES = "date,provider,account,amount,currency\n2026-03-02,groq,default,12.40,USD\n"
BILL = bill(charge("2026-10-01", "1.5"), charge("2026-10-01", "2", "Amazon EC2"))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "data"


def write(tmp_path: Path, name: str, content: str) -> Path:
    path = tmp_path / name
    path.write_text(content)
    return path


def test_an_export_is_named_copied_and_landed(ai_costs: Command, tmp_path: Path, home: Path):
    file = write(tmp_path, "bill.csv", BILL)
    ended = ai_costs("import", file, "--home", home)
    assert ended.code == 0
    assert ended.out.splitlines() == [
        f"bill.csv is FOCUS 1.0-1.2: took 2 rows into {home / 'inbox' / 'bill.csv'}, from the next run on.",
        f"focus of 111: bill.csv: 1 row {OTHER_SERVICES} 2.00 USD: Amazon EC2 2.00 USD",
    ]
    copy = home / "inbox" / "bill.csv"
    assert (copy.read_text(), copy.stat().st_mtime_ns) == (file.read_text(), file.stat().st_mtime_ns)
    landed = LandingStore(home / "landing").read(feed("focus", "111"), columns=["cost_amount"])
    assert landed["cost_amount"].to_pylist() == [Decimal("1.5")]


def test_another_file_of_the_same_name_needs_leave(ai_costs: Command, tmp_path: Path, home: Path):
    ai_costs("import", write(tmp_path, "bill.csv", BILL), "--home", home)
    newer = write(tmp_path, "bill.csv", BILL.replace("1.5", "1.75"))
    refused = ai_costs("import", newer, "--home", home)
    assert (refused.code, "rename yours, or put it in its place with --replace" in refused.err) == (2, True)
    assert ai_costs("import", newer, "--replace", "--home", home).code == 0
    assert (home / "inbox" / "bill.csv").read_bytes() == newer.read_bytes()


def test_what_is_not_known_is_refused_and_not_copied(ai_costs: Command, tmp_path: Path, home: Path):
    refused = ai_costs("import", write(tmp_path, "bill.csv", BILL.replace("BilledCost", "Cost")), "--home", home)
    assert refused.code == 3
    assert "FOCUS 1.0-1.2 is closest and misses BilledCost: `ai-costs import --preview FILE`" in refused.err
    assert list((home / "inbox").iterdir()) == []


def test_entries_go_among_the_manual_files(ai_costs: Command, tmp_path: Path, home: Path):
    ended = ai_costs("import", write(tmp_path, "march.csv", ENTRIES), "--home", home)
    assert (ended.code, ended.out.startswith("Took 1 entry into ")) == (0, True)
    assert (home / "manual" / "march.csv").read_text() == ENTRIES
    wrong = ai_costs("import", write(tmp_path, "april.csv", ENTRIES.replace("12.40", "x")), "--home", home)
    assert (wrong.code, "april.csv:2:4: amount: 'x' is not an amount" in wrong.err) == (3, True)


def test_what_the_run_would_refuse_beside_other_files_of_entries_is_refused_at_once(
    ai_costs: Command, tmp_path: Path, home: Path
):
    numbered = "date,provider,account,amount,currency,entry_id\n2026-03-02,groq,default,{},USD,{}\n"
    (home / "manual").mkdir(parents=True, exist_ok=True)
    (home / "manual" / "broken.csv").write_text("no entries\n")
    for name, amount in (("march.csv", "12.40"), ("march.csv", "12.40"), ("april.csv", "1")):
        taken = ai_costs("import", write(tmp_path, name, numbered.format(amount, name)), "--home", home)
        assert taken.code == 0, taken.err
    copy = ai_costs("import", write(tmp_path, "may.csv", numbered.format("12.40", "march.csv")), "--home", home)
    assert (copy.code, "may.csv:1:1: it is the same file as march.csv: remove one of them" in copy.err) == (3, True)
    known = ai_costs("import", write(tmp_path, "june.csv", numbered.format("7", "april.csv")), "--home", home)
    assert (known.code, "june.csv:2:1: the entry_id 'april.csv' is also in april.csv" in known.err) == (3, True)
    assert sorted(path.name for path in (home / "manual").iterdir()) == ["april.csv", "broken.csv", "march.csv"]


def test_equal_rows_are_mentioned_at_every_door(ai_costs: Command, tmp_path: Path, home: Path):
    twice = f"{ENTRIES}{ENTRIES.splitlines()[-1]}\n"
    finding = f"line 3 {SAME_LINE} 2, and both count: "
    for file, columns in (("march.csv", None), ("acme-1.csv", "{date: date, amount: amount}")):
        write(tmp_path, file, twice)
        mapping = f"{{provider: acme, currency: USD, columns: {columns}}}"
        files = f"imports:\n  files:\n    - {{file: acme-*.csv, mapping: {mapping}}}\n" if columns else ""
        config = write(tmp_path, "ai-costs.yaml", files or "organisation: Acme\n")
        for options in (["--preview"], []):
            ended = ai_costs("import", tmp_path / file, *options, "--home", home, "--config", config)
            assert (ended.code, finding in ended.out) == (0, True), ended.out


def test_the_preview_takes_nothing(ai_costs: Command, tmp_path: Path, home: Path):
    known = ai_costs("import", write(tmp_path, "bill.csv", BILL), "--preview", "--home", home)
    assert "This is FOCUS 1.0-1.2. It has 1 record," in known.out
    assert "Together 1.50 USD" in known.out
    unknown = write(tmp_path, "groq-2026-10.csv", "Day,[red]Model,Cost\n2026-10-01,[b]x,0.50\n")
    shown = ai_costs("import", unknown, "--preview", "--home", home)
    assert (known.code, shown.code) == (0, 0)
    assert "  - file: groq-*.csv\n" in shown.out
    assert "[red]Model" in shown.out
    assert list((home / "inbox").iterdir()) == list((home / "landing").iterdir()) == []


def test_every_door_takes_a_file_for_the_same(ai_costs: Command, tmp_path: Path, home: Path):
    """A configured mapping applies to the command as it does for the inbox; entries are entries at each of them."""
    columns = "{date: date, amount: amount, model: model}"
    mapping = f"{{provider: acme, currency: USD, columns: {columns}}}"
    config = write(tmp_path, "ai-costs.yaml", f"imports:\n  files:\n    - {{file: acme-*.csv, mapping: {mapping}}}\n")
    mapped = write(tmp_path, "acme-1.csv", "date,model,amount\n2026-03-05,m1,12.00\n")
    shown = ai_costs("import", mapped, "--preview", "--home", home, "--config", config)
    assert ("This is CSV by a mapping." in shown.out, "Together 12.00 USD" in shown.out) == (True, True)
    taken = ai_costs("import", mapped, "--home", home, "--config", config)
    assert (taken.code, taken.out.startswith("acme-1.csv is CSV by a mapping: took 1 row into ")) == (0, True)

    entries = write(tmp_path, "march.csv", ENTRIES)
    assert "This is a CSV of entries." in ai_costs("import", entries, "--preview", "--home", home).out
    with pytest.raises(EntryFileError, match="this is a CSV of entries: put it into manual/, or give it to"):
        read_file(entries, import_formats(), ImportRules())
    assert "It would be refused:\nx.csv:2:4: amount: 'x' is not an amount" in (
        ai_costs("import", write(tmp_path, "x.csv", ENTRIES.replace("12.40", "x")), "--preview", "--home", home).out
    )
