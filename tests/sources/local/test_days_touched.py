"""New replies read the days that they can touch and no others, however long the history; what lands is the same."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipelines.landing import IDS_REBUILT, LandingStore
from pipelines.landing.id_index import FILE
from pipelines.sources.local.claude_code import AGENT
from pipelines.sources.local.framework.extraction import Extraction, extract
from pipelines.sources.outcomes import Status
from tests.examples import examples
from tests.opened import files_opened
from tests.sources.local.session_logs import reply, usage, write_log

FIRST = datetime(2025, 1, 1, 9, tzinfo=UTC)
NOW = datetime(2026, 11, 27, tzinfo=UTC)
FEED = AGENT.feed("laptop")
HISTORY = 400

Line = dict[str, Any]


def line(session: str, name: str, day: int, **reported: Any) -> Line:
    """A reply's line, on a day counted from the first."""
    stamp = (FIRST + timedelta(days=day)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return reply(f"msg_{name}", f"req_{name}", timestamp=stamp, sessionId=session, **reported)


def day_of(number: int) -> date:
    return (FIRST + timedelta(days=number)).date()


def write(logs: Path, name: str, *lines: Line) -> Path:
    return write_log(logs / "projects" / "rocket" / f"{name}.jsonl", *lines)


def run(logs: Path, store: LandingStore) -> Extraction:
    return extract(AGENT, [logs], "laptop", store, NOW)


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the logs and the landing of `HISTORY` days, a session each."""
    folder = tmp_path_factory.mktemp("history")
    for day in range(HISTORY):
        write(folder / "logs", f"s{day}", line(f"s{day}", f"{day}a", day), line(f"s{day}", f"{day}b", day))
    result = run(folder / "logs", LandingStore(folder / "landing"))
    assert (result.messages_landed, result.days_changed, result.message) == (2 * HISTORY, HISTORY, None)
    return folder


def opened_by_run(history: Path, landed: int) -> tuple[list[str], list[str]]:
    """The days and the other files of landing that a run opens, which lands so many new replies."""
    store = LandingStore(history / "landing")
    before = run_rows(store)
    with files_opened() as opened:
        result = run(history / "logs", store)
    assert (result.status, result.message, result.files_read) == (Status.OK, None, 1)
    assert run_rows(store) == before + landed
    below = [path.relative_to(store.folder(FEED).path).as_posix() for path in opened if "landing" in path.parts]
    read = [path for path in below if ".writing-" not in path]
    days = {path.removeprefix("days/")[:10] for path in read if path.startswith("days/")}
    return sorted(days), sorted({path for path in read if not path.startswith("days/")})


def run_rows(store: LandingStore) -> int:
    manifest = store.manifest(FEED)
    assert manifest is not None
    return sum(partition.row_count for partition in manifest.partitions.values())


def test_a_new_reply_opens_its_own_day_of_hundreds(history: Path):
    last = HISTORY - 1
    write(
        history / "logs",
        f"s{last}",
        *(line(f"s{last}", f"{last}{letter}", last) for letter in "abc"),
    )
    store = LandingStore(history / "landing")
    manifest = store.manifest(FEED)
    days, others = opened_by_run(history, landed=1)
    assert days == [str(day_of(last))]
    written = store.manifest(FEED)
    generations = {f"generations/{number:08d}.json" for number in range(manifest.generation - 1, written.generation)}
    cursors = {manifest.cursor_file, written.cursor_file}
    assert set(others) <= {"manifest.json", "lock", FILE, *generations, *cursors}


def test_a_session_that_goes_on_later_opens_the_days_that_it_has_and_the_new_one(history: Path):
    write(
        history / "logs",
        "resumed",
        line("s7", "7a", 7),
        line("s7", "7b", 7),
        line("s7", "7c", 300),
        line("resumed", "123a", 123),
    )
    days, _ = opened_by_run(history, landed=1)
    assert days == [str(day_of(day)) for day in (7, 123, 300)]


def test_a_day_of_its_own_opens_no_day_at_all(history: Path):
    write(history / "logs", "new", line("new", "new", HISTORY + 1))
    assert opened_by_run(history, landed=1)[0] == []


def gone(path: Path) -> None:
    path.unlink()


def flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-40] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("harm", [gone, flipped])
def test_an_index_that_is_lost_is_made_anew_and_told_and_no_row_is_another(
    harm: Callable[[Path], None], tmp_path: Path
):
    logs, store = tmp_path / "logs", LandingStore(tmp_path / "landing")
    write(logs, "a", line("a", "1", 1), line("a", "2", 2))
    assert run(logs, store).message is None
    harm(store.folder(FEED).path / FILE)
    # A copy of reply 1 that is better, and belongs to another day.
    better = line("a", "1", 5, usage=usage(output_tokens=400))
    write(logs, "b", better)
    result = run(logs, store)
    assert (result.status, result.message, result.days_changed) == (Status.OK, IDS_REBUILT, 2)
    landed = sorted((row["message_id"], row["period_start"].date(), row["output_tokens"]) for row in rows(store))
    assert landed == [("msg_1", day_of(5), 400), ("msg_2", day_of(2), 40)]
    assert run(logs, store).message is None


def rows(store: LandingStore) -> list[dict[str, Any]]:
    return sorted(store.read(FEED).to_pylist(), key=lambda row: row["record_key"])


LOGS = st.sampled_from("abc")
THEN = st.sampled_from(["run", "run", "go on", "lose the index", "harm the index"])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["answer", "better", "better"]), LOGS, st.integers(0, 40), THEN),
        st.tuples(st.sampled_from(["replay", "copy", "fork"]), LOGS, LOGS, THEN),
    ),
    min_size=3,
    max_size=20,
)
Step = tuple[str, str, Any, str]


def grown(logs: dict[str, list[Line]], step: str, log: str, other: Any, number: int) -> None:
    """Write on in a log: a new reply, more of its last one on another day, or lines of another log."""
    lines = logs[log]
    if step == "answer":
        lines.append(line(f"session-{log}", str(number), other))
    elif step == "better" and lines:
        last = lines[-1]
        stamp = line("", "", other)["timestamp"]
        message = {**last["message"], "usage": usage(output_tokens=40 + number)}
        lines.append({**last, "timestamp": stamp, "message": message})
    elif step == "replay" and logs[other]:
        lines.append({**logs[other][-1], "isSidechain": True, "requestId": f"req_replay{number}"})
    elif step == "copy":
        lines += logs[other]
    elif step == "fork":
        lines += [{**copied, "sessionId": f"session-{log}"} for copied in logs[other]]


@settings(max_examples=examples(60), deadline=None)
@example(steps=[("answer", "a", 1, "run"), ("better", "a", 2, "run")])
@example(steps=[("answer", "a", 1, "run"), ("fork", "b", "a", "run"), ("better", "b", 2, "harm the index")])
@given(steps=STEPS)
def test_any_sequence_of_replies_copies_and_forks_lands_what_reading_all_at_once_lands(steps: list[Step]):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        content: dict[str, list[Line]] = {"a": [], "b": [], "c": []}
        store = LandingStore(folder / "by-and-by")
        index = store.folder(FEED).path / FILE
        for number, (step, log, other, then) in enumerate(steps):
            grown(content, step, log, other, number)
            write(folder / "logs", log, *content[log])
            if then == "lose the index":
                index.unlink(missing_ok=True)
            elif then == "harm the index" and index.exists():
                flipped(index)
            if then != "go on":
                run(folder / "logs", store)
        run(folder / "logs", store)
        at_once = LandingStore(folder / "at-once")
        run(folder / "logs", at_once)
        assert rows(store) == rows(at_once)
