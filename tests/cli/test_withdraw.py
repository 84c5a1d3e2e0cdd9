"""`ai-costs withdraw` lists what imported files state, and takes it back without losing anything."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.landing import LandingStore
from tests.cli.conftest import Command
from tests.sources.imports.bills import bill, charge
from tests.sources.imports.inboxes import feed


@pytest.fixture
def home(tmp_path: Path, ai_costs: Command) -> Path:
    file = tmp_path / "bill.csv"
    file.write_text(bill(charge("2026-10-01", "1.5"), charge("2026-10-03", "2")))
    assert ai_costs("import", file, "--home", tmp_path / "data").code == 0
    return tmp_path / "data"


def test_what_is_in_force_is_listed(ai_costs: Command, home: Path):
    shown = ai_costs("withdraw", "--home", home).out
    assert all(text in shown for text in ("bill.csv", "focus", "111", "2, 2026-10-01 to 2026-10-03", "3.50 USD"))
    (file,) = ai_costs("withdraw", "--home", home, "--json").json
    assert (file["name"], file["feed"], file["days"], file["sums"]) == (
        "bill.csv",
        "focus of 111",
        ["2026-10-01", "2026-10-03"],
        {"USD": "3.500000000000"},
    )


def test_a_file_is_taken_back_and_moved_out_of_the_inbox(ai_costs: Command, home: Path):
    ended = ai_costs("withdraw", "bill.csv", "--home", home)
    moved = home / "inbox" / ".withdrawn" / "bill.csv"
    assert ended.code == 0
    assert ended.out.splitlines() == [
        "focus of 111: 2 days of bill.csv withdrawn, 3.50 USD",
        f"The file is in {moved}; put it back to undo this. Figures change with the next run.",
    ]
    assert moved.exists()
    assert not (home / "inbox" / "bill.csv").exists()
    assert LandingStore(home / "landing").read(feed("focus", "111")).num_rows == 0
    assert ai_costs("withdraw", "--home", home).out == "No imported file is current.\n"
    assert ai_costs("import", moved, "--home", home).code == 0
    assert ai_costs("withdraw", "bill.csv", "--home", home).code == 0
    assert len(list(moved.parent.iterdir())) == 2


def test_a_file_that_was_removed_before_is_taken_back_all_the_same(ai_costs: Command, home: Path):
    (home / "inbox" / "bill.csv").unlink()
    ended = ai_costs("withdraw", "bill.csv", "--home", home)
    assert "The file was not in the inbox; import it again to undo this." in ended.out
    assert LandingStore(home / "landing").read(feed("focus", "111")).num_rows == 0


def test_a_name_that_is_not_in_force_is_refused(ai_costs: Command, home: Path):
    wrong = ai_costs("withdraw", "bil.csv", "--home", home)
    assert (wrong.code, "did you mean bill.csv?" in wrong.err) == (2, True)
    (home / "manual" / "march.csv").write_text("date,provider,account,amount,currency\n")
    entries = ai_costs("withdraw", "march.csv", "--home", home)
    assert (entries.code, "march.csv is a file of entries: remove it from" in entries.err) == (2, True)
