"""`ai-costs landing` lists generations and puts an older one in effect, also where what landed cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.domain.source_kinds import SourceKind
from pipelines.landing import Feed, FeedFolder, LandingStore
from pipelines.presentation.messages import CHANGED, FROM_BACKUP
from tests.cli.conftest import Command
from tests.landing.landed import NOW, days, record

FEED = Feed(SourceKind.API, "openai_costs", "acme")


@pytest.fixture
def folder(tmp_path: Path) -> FeedFolder:
    store = LandingStore(tmp_path / "data" / "landing")
    for amount in ("1.5", "2.5"):
        store.replace(FEED, days(record(amount=amount)), cursor={"at": amount}, now=NOW)
    return store.folder(FEED)


def test_every_feed_is_listed_with_what_is_in_force(ai_costs: Command, folder: FeedFolder):
    shown = ai_costs("landing", "list").out
    assert [text for text in (folder.name, "2026-11-23", "2.50 USD", "in force") if text not in shown] == [], shown
    assert ai_costs("landing", "list", "--json").json == [
        {
            "feed": folder.name,
            "of": "openai_costs of acme",
            "generation": 2,
            "written_at": "2026-11-23T12:00:00+00:00",
            "days": 1,
            "rows": 1,
            "amounts": {"USD": "2.500000000000"},
            "state": "in force",
            "problem": None,
        }
    ]


def test_a_damaged_feed_is_listed_with_what_heals_it_and_healed(ai_costs: Command, folder: FeedFolder):
    manifest = folder.path / "manifest.json"
    manifest.write_bytes(manifest.read_bytes().replace(b'"USD": "2.', b'"USD": "3.'))
    problem = (
        f"landing/{folder.name}/manifest.json {CHANGED}: `ai-costs landing restore "
        f"{folder.name} 2` restores the newest intact generation, of 2026-11-23 12:00 UTC; or {FROM_BACKUP}"
    )
    rows = ai_costs("landing", "list", folder.name, "--json").json
    assert [(row["generation"], row["amounts"], row["state"], row["problem"]) for row in rows] == [
        (1, {"USD": "1.500000000000"}, "whole", None),
        (2, {"USD": "2.500000000000"}, "whole", None),
        (None, None, "damaged", problem),
    ]
    for shown in (ai_costs("landing", "list").out, ai_costs("landing", "list", folder.name).out):
        assert "damaged" in shown
        assert shown.splitlines()[-1] == problem
    ended = ai_costs("landing", "restore", folder.name, "2")
    assert (ended.code, ended.out) == (
        0,
        (
            f"Generation 2 of {folder.name} is current again, as generation 3: 1 day, 1 row and 2.50 USD. The "
            "next run fetches what is missing, as far as the provider still has it.\n"
        ),
    )
    assert [row["state"] for row in ai_costs("landing", "list", folder.name, "--json").json] == [
        "whole",
        "whole",
        "in force",
    ]


def test_a_damaged_generation_is_listed_as_such(ai_costs: Command, folder: FeedFolder):
    first = folder.path / "generations" / "00000001.json"
    first.write_bytes(first.read_bytes().replace(b'"USD": "1.', b'"USD": "3.'))
    rows = ai_costs("landing", "list", folder.name, "--json").json
    assert [(row["generation"], row["state"]) for row in rows] == [(1, "damaged"), (2, "in force")]
    ended = ai_costs("landing", "restore", folder.name, "1")
    assert ended.code == 5
    assert f"landing/{folder.name}/generations/00000001.json {CHANGED}" in ended.err


def test_what_is_not_there_is_named(ai_costs: Command, folder: FeedFolder):
    wrong = ai_costs("landing", "restore", folder.name[:-1], "1")
    assert (wrong.code, wrong.err) == (
        2,
        f"error: nothing landed in landing/{folder.name[:-1]}; did you mean {folder.name}?\n",
    )
    assert ai_costs("landing", "list", "x").err.endswith("`ai-costs landing list` lists all feeds\n")
    none = ai_costs("landing", "restore", folder.name, "7")
    assert none.code == 5
    assert none.err.endswith("generations/00000007.json does not exist; the stored generations are 1, 2\n")


def test_nothing_is_said_to_have_landed_before_anything_did(ai_costs: Command):
    assert ai_costs("landing", "list").out == "Nothing has landed yet.\n"
