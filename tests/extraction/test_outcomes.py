"""How extractions ended is remembered: through failures, kills, damage, and two runs at once."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import orjson
import pytest

from pipelines.domain.source_kinds import SourceKind
from pipelines.landing import Feed
from pipelines.sources.outcomes import Outcome, OutcomeLog, Status
from pipelines.state import files_set_aside
from tests.kills import KILLED, killer_of

ROOT = Path(__file__).parents[2]
MORNING = datetime(2026, 3, 20, 8, tzinfo=UTC)
NOON = MORNING + timedelta(hours=4)
BILLS = Feed(SourceKind.MANUAL, "manual", "bills.csv")
LAPTOP = Feed(SourceKind.LOCAL, "claude_code", "laptop")
LABS = Feed(SourceKind.API, "openai_costs", "labs")

# Records ten outcomes, one after the other, of feeds that are this process's own.
MANY = """
import pathlib, sys
sys.path.insert(0, {root!r})
from tests.extraction.test_outcomes import NOON
from pipelines.domain.source_kinds import SourceKind
from pipelines.landing import Feed
from pipelines.sources.outcomes import Outcome, OutcomeLog, Status

for number in range(10):
    feed = Feed(SourceKind.LOCAL, "agent", sys.argv[2] + str(number))
    OutcomeLog(pathlib.Path(sys.argv[1])).record([Outcome(feed, Status.OK, NOON)])
"""


@pytest.fixture
def log(tmp_path: Path) -> OutcomeLog:
    return OutcomeLog(tmp_path / "state" / "extractions.json")


def ok(feed: Feed, when: datetime = MORNING) -> Outcome:
    return Outcome(feed, Status.OK, when)


def test_nothing_was_recorded_before_the_first_run(log: OutcomeLog):
    assert log.all() == []
    assert not log.path.exists()


def test_an_outcome_is_read_back_as_it_was(log: OutcomeLog):
    outcome = Outcome(
        BILLS, Status.REFUSED, MORNING, 'a "message"\nof two lines, 日本', 3, 26, findings=("2 rows left out", "日本")
    )
    log.record([outcome])
    assert log.all() == [outcome]


def test_a_file_of_before_there_were_findings_is_read(log: OutcomeLog):
    log.record([ok(BILLS)])
    older = [
        {name: value for name, value in row.items() if name != "findings"}
        for row in orjson.loads(log.path.read_bytes())["outcomes"]
    ]
    log.path.write_bytes(orjson.dumps(older))
    assert log.all() == [replace(ok(BILLS), last_success_at=MORNING)]


def test_a_success_is_its_own_last_success_and_outcomes_stand_in_order_of_feed(log: OutcomeLog):
    log.record([ok(BILLS), ok(LABS), ok(LAPTOP)])
    assert [(outcome.feed, outcome.last_success_at) for outcome in log.all()] == [
        (LABS, MORNING),
        (LAPTOP, MORNING),
        (BILLS, MORNING),
    ]


@pytest.mark.parametrize("status", [Status.FAILED, Status.REFUSED, Status.MISSING])
def test_a_failure_keeps_when_it_last_went_well_however_often_it_fails(log: OutcomeLog, status: Status):
    log.record([ok(LAPTOP)])
    for hours in (1, 2):
        failure = Outcome(LAPTOP, status, MORNING + timedelta(hours=hours), "no")
        log.record([failure])
        assert log.all() == [replace(failure, last_success_at=MORNING)]
    log.record([ok(LAPTOP, NOON)])
    assert log.all() == [replace(ok(LAPTOP, NOON), last_success_at=NOON)]


def test_a_feed_that_never_went_well_has_no_last_success(log: OutcomeLog):
    log.record([Outcome(LAPTOP, Status.FAILED, MORNING, "no")])
    assert [outcome.last_success_at for outcome in log.all()] == [None]


def test_feeds_that_were_not_tried_stay_as_they_were(log: OutcomeLog):
    log.record([ok(LAPTOP), Outcome(BILLS, Status.REFUSED, MORNING, "no")])
    before = log.all()
    log.record([ok(LABS)])
    assert [outcome for outcome in log.all() if outcome.feed != LABS] == before


def of_entries(feed: Feed) -> bool:
    return feed.source_kind is SourceKind.MANUAL


def test_a_failure_of_what_is_gone_is_forgotten_and_a_success_is_kept(log: OutcomeLog):
    other = Feed(SourceKind.MANUAL, "manual", "other.csv")
    log.record([Outcome(BILLS, Status.REFUSED, MORNING, "no"), ok(other), Outcome(LAPTOP, Status.FAILED, MORNING)])
    log.record([], replacing=of_entries)
    assert [outcome.feed for outcome in log.all()] == [LAPTOP, other]


def test_a_failure_that_lasts_is_not_forgotten(log: OutcomeLog):
    log.record([ok(BILLS)])
    log.record([Outcome(BILLS, Status.REFUSED, NOON, "no")], replacing=of_entries)
    log.record([Outcome(BILLS, Status.REFUSED, NOON, "no")], replacing=of_entries)
    assert [(outcome.status, outcome.last_success_at) for outcome in log.all()] == [(Status.REFUSED, MORNING)]


def test_recording_the_same_twice_gives_the_same_bytes(log: OutcomeLog):
    log.record([ok(LAPTOP), ok(BILLS)])
    before = log.path.read_bytes()
    log.record([ok(BILLS), ok(LAPTOP)])
    assert log.path.read_bytes() == before


def record_a_failure(folder: str) -> None:
    """What is killed."""
    OutcomeLog(Path(folder) / "extractions.json").record([Outcome(LAPTOP, Status.FAILED, NOON, "no")])


@pytest.mark.e2e
def test_a_kill_at_any_step_leaves_the_old_outcomes_or_the_new(log: OutcomeLog):
    statuses = []
    with killer_of("tests.extraction.test_outcomes", "record_a_failure") as killer:
        for fatal in count(1):
            log.record([ok(LAPTOP), ok(BILLS)])
            ended = killer.run(fatal, log.path.parent)
            outcomes = {outcome.feed: outcome for outcome in log.all()}
            assert outcomes[BILLS].status is Status.OK
            assert outcomes[LAPTOP].last_success_at == MORNING
            statuses.append(outcomes[LAPTOP].status)
            if ended == 0:
                break
            assert ended == KILLED
    assert len(statuses) >= 3
    assert statuses == sorted(statuses, key=[Status.OK, Status.FAILED].index), "old until the rename, then new"
    assert set(statuses) == {Status.OK, Status.FAILED}
    log.record([])
    assert {path.name for path in log.path.parent.iterdir()} == {"extractions.json", "extractions.lock"}


def test_runs_at_the_same_time_lose_nothing_of_each_other(log: OutcomeLog):
    code = MANY.format(root=str(ROOT))
    runs = [subprocess.Popen([sys.executable, "-c", code, log.path, name]) for name in ("a", "b", "c")]
    assert [run.wait() for run in runs] == [0, 0, 0]
    assert len(log.all()) == 30


@pytest.mark.parametrize("content", [b"", b"[{", b"7", b'[{"feed": 1}]', b'[{"feed": {}, "status": "ok"}]', b"\xff"])
def test_a_damaged_file_is_set_aside_and_written_anew(log: OutcomeLog, notices: list[str], content: bytes):
    log.record([ok(LAPTOP)])
    log.path.write_bytes(content)
    assert log.all() == []
    (aside,) = files_set_aside(log.path.parent)
    assert aside.path.read_bytes() == content
    (notice,) = notices
    assert notice.startswith(f"{log.path} is damaged (")
    assert notice.endswith(
        f"set aside as {aside.path.name}. When each source was last read is known again after the next run; no figure "
        "depends on it."
    )
    log.record([ok(LAPTOP)])
    assert len(log.all()) == 1


@pytest.mark.parametrize("name", ["extractions.json", "extractions.lock"])
def test_a_folder_in_a_files_place_is_set_aside(log: OutcomeLog, name: str):
    (log.path.with_name(name) / "mine").mkdir(parents=True)
    log.record([ok(LAPTOP)])
    assert len(log.all()) == 1
    (aside,) = files_set_aside(log.path.parent)
    assert (aside.path / "mine").is_dir()
