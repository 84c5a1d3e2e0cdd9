"""What applies to the logs of every coding agent: the registry's contract."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.app.known_names import known_names
from pipelines.domain.source_kinds import SourceKind
from pipelines.landing import LandingStore
from pipelines.sources.local import local_agents
from pipelines.sources.local.framework import log_files
from pipelines.sources.local.framework.agent import LocalAgent, Machine
from pipelines.sources.local.framework.extraction import Extraction, extract
from pipelines.sources.local.framework.replies import ParsedLog
from pipelines.sources.outcomes import POSITION_LOST, Status
from tests.examples import examples
from tests.sources.local.agent_logs import CANARY
from tests.sources.local.specimens import COLUMNS, SPECIMENS, Specimen

NOW = datetime(2026, 3, 20, tzinfo=UTC)
HOST = "laptop"
AGENTS = {agent.name: agent for agent in local_agents()}
EACH = pytest.mark.parametrize("specimen", SPECIMENS, ids=lambda specimen: specimen.agent)


@pytest.fixture
def landing(tmp_path: Path) -> LandingStore:
    return LandingStore(tmp_path / "landing")


def run(specimen: Specimen, root: Path, landing: LandingStore, host: str = HOST) -> Extraction:
    return extract(AGENTS[specimen.agent], [root], host, landing, NOW)


def rows(specimen: Specimen, landing: LandingStore, host: str = HOST) -> list[dict[str, Any]]:
    table = landing.read(AGENTS[specimen.agent].feed(host), columns=[*COLUMNS, "record_key"])
    landed = sorted(table.to_pylist(), key=lambda row: (row["period_start"], row["session_id"], row["record_key"]))
    return [{name: row[name] for name in COLUMNS} for row in landed]


def expected(specimen: Specimen, counts: dict[str, int]) -> list[dict[str, Any]]:
    found = [row for tag, count in counts.items() for row in specimen.expected(tag, count)]
    return sorted(found, key=lambda row: (row["period_start"], row["session_id"]))


def content(landing: LandingStore) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in landing.root.rglob("*.*")}


def test_every_agent_is_known_to_the_settings_and_has_a_specimen():
    assert known_names().agents == set(AGENTS)
    assert sorted(specimen.agent for specimen in SPECIMENS) == sorted(AGENTS)


class LookedAt(dict[str, str]):
    """An environment that notes what is looked for."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def get(self, name: str, default: Any = None) -> Any:
        self.names.add(name)
        return super().get(name, default)


@pytest.mark.parametrize("agent", local_agents(), ids=lambda agent: agent.name)
def test_an_agent_looks_at_the_variables_that_it_names_and_at_no_other(agent: LocalAgent):
    environment = LookedAt()
    agent.roots(Machine(Path("/home/someone"), environment))
    assert environment.names == set(agent.variables)
    assert all(purpose.endswith(".") for purpose in agent.variables.values())


@pytest.mark.parametrize("agent", local_agents(), ids=lambda agent: agent.name)
def test_an_agents_folders_lie_below_the_users_or_where_its_variables_say(agent: LocalAgent):
    home = Path("/home/someone")
    assert all(root.is_relative_to(home) for root in agent.roots(Machine(home, {})))
    for variable in agent.variables:
        named = agent.roots(Machine(home, {variable: "/elsewhere/logs"}))
        assert any(root.is_relative_to("/elsewhere") for root in named), variable


@EACH
def test_each_reply_is_landed_once_with_what_its_log_states(specimen: Specimen, tmp_path: Path, landing: LandingStore):
    path = specimen.write(tmp_path / "logs", "a", 4)
    assert path.relative_to(tmp_path / "logs").as_posix() == specimen.log.format(tag="a")
    result = run(specimen, tmp_path / "logs", landing)
    assert rows(specimen, landing) == specimen.expected("a", 4)
    assert (result.status, result.message, result.broken_lines, result.files_read) == (Status.OK, None, 0, 1)
    [whole] = landing.read(AGENTS[specimen.agent].feed(HOST)).slice(0, 1).to_pylist()
    assert (whole["source_kind"], whole["source"], whole["host"]) == (SourceKind.LOCAL, specimen.agent, HOST)
    assert (whole["account_name"], whole["cost_amount"]) == (specimen.agent.replace("_", "-"), None)
    assert whole["source_file"] == log_files.without_paths(specimen.log.format(tag="a"))


@EACH
def test_nothing_of_what_was_said_is_landed(specimen: Specimen, tmp_path: Path, landing: LandingStore):
    path = specimen.write(tmp_path / "logs", "a", 3)
    assert CANARY.encode() in path.read_bytes()
    result = run(specimen, tmp_path / "logs", landing)
    kept = [repr(landing.read(AGENTS[specimen.agent].feed(HOST)).to_pylist()), repr(result)]
    kept += [path.read_text() for path in landing.root.rglob("*.json")]
    assert [CANARY in text for text in kept] == [False] * len(kept)


@EACH
def test_a_second_run_reads_no_file_and_changes_nothing(specimen: Specimen, tmp_path: Path, landing: LandingStore):
    specimen.write(tmp_path / "logs", "a", 3)
    run(specimen, tmp_path / "logs", landing)
    before, next_to = content(landing), sorted((tmp_path / "logs").rglob("*"))
    result = run(specimen, tmp_path / "logs", landing)
    assert (result.files_read, result.files_unchanged, result.days_changed) == (0, 1, 0)
    assert content(landing) == before
    assert sorted((tmp_path / "logs").rglob("*")) == next_to


@EACH
def test_a_lost_position_is_told_and_reading_again_changes_no_row(
    specimen: Specimen, tmp_path: Path, landing: LandingStore
):
    specimen.write(tmp_path / "logs", "a", 3)
    run(specimen, tmp_path / "logs", landing)
    (cursor,) = landing.root.rglob("cursors/*.json")
    cursor.write_bytes(cursor.read_bytes()[:-1])
    result = run(specimen, tmp_path / "logs", landing)
    assert (result.status, result.message, result.files_read) == (Status.OK, POSITION_LOST, 1)
    assert rows(specimen, landing) == specimen.expected("a", 3)
    assert run(specimen, tmp_path / "logs", landing).message is None


@EACH
def test_a_copy_of_a_log_adds_nothing(specimen: Specimen, tmp_path: Path, landing: LandingStore):
    path = specimen.write(tmp_path / "logs", "a", 3)
    where = specimen.copied_to or path.relative_to(tmp_path / "logs").as_posix()
    copy = (tmp_path / ("logs" if specimen.copied_to else "old")) / where
    copy.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(path, copy)
    result = extract(AGENTS[specimen.agent], [tmp_path / "logs", tmp_path / "old"], HOST, landing, NOW)
    landed = [{**row, "session_id": None, "project": None} for row in rows(specimen, landing)]
    assert landed == [{**row, "session_id": None, "project": None} for row in specimen.expected("a", 3)]
    assert result.files_read == 2


@EACH
def test_a_log_that_is_gone_stays_landed(specimen: Specimen, tmp_path: Path, landing: LandingStore):
    path = specimen.write(tmp_path / "logs", "a", 3)
    run(specimen, tmp_path / "logs", landing)
    path.unlink()
    run(specimen, tmp_path / "logs", landing)
    assert rows(specimen, landing) == specimen.expected("a", 3)


@EACH
def test_the_landing_of_other_machines_is_put_beside_ones_own(specimen: Specimen, tmp_path: Path):
    stores = {host: LandingStore(tmp_path / host / "landing") for host in ("laptop", "server")}
    for host, store in stores.items():
        specimen.write(tmp_path / host / "logs", "a", 3)
        run(specimen, tmp_path / host / "logs", store, host)
    mine = stores["laptop"]
    folder = AGENTS[specimen.agent].feed("server").folder
    for _ in range(2):
        shutil.copytree(stores["server"].root / folder, mine.root / folder, dirs_exist_ok=True)
        assert run(specimen, tmp_path / "laptop" / "logs", mine).files_read == 0
        assert [feed.name for feed in mine.feeds()] == ["laptop", "server"]
        assert rows(specimen, mine, "laptop") == rows(specimen, mine, "server") == specimen.expected("a", 3)
        assert mine.verify()


STEPS = st.lists(
    st.tuples(st.sampled_from("ab"), st.sampled_from(["grow", "grow", "remove", "touch", "run"])), max_size=12
)


@EACH
@settings(max_examples=examples(8), deadline=None)
@given(steps=STEPS)
def test_any_sequence_of_growth_and_loss_lands_what_was_ever_there_to_read(
    specimen: Specimen, steps: list[tuple[str, str]]
):
    with tempfile.TemporaryDirectory() as name:
        logs, store = Path(name) / "logs", LandingStore(Path(name) / "landing")
        counts = {"a": 0, "b": 0}
        seen = {"a": 0, "b": 0}
        shared = specimen.log.format(tag="a") == specimen.log.format(tag="b")
        for tag, step in [*steps, ("a", "run")]:
            path = logs / specimen.log.format(tag=tag)
            if step == "grow":
                counts[tag] += 1
                specimen.write(logs, tag, counts[tag])
            elif step == "remove" and path.exists():
                path.unlink()
                there = counts if shared else {tag: counts[tag]}
                counts |= {name: min(counts[name], seen[name]) for name in there}
            elif step == "touch" and path.exists():
                os.utime(path, ns=(1, 1 + path.stat().st_mtime_ns))
            else:
                run(specimen, logs, store)
                seen = dict(counts)
        assert rows(specimen, store) == expected(specimen, seen)


def reading_of(specimen: Specimen, harm: Callable[[bytes], bytes]) -> ParsedLog | None:
    """What the log is read as once it was harmed; None: it cannot be read at all, which names it and lands nothing."""
    agent = AGENTS[specimen.agent]
    with tempfile.TemporaryDirectory() as name:
        path = specimen.write(Path(name), "a", 3)
        path.write_bytes(harm(path.read_bytes()))
        try:
            return agent.read(path, path.relative_to(name).as_posix(), NOW)
        except OSError:
            assert path.suffix == ".db"
            return None


@EACH
@settings(max_examples=examples(40), deadline=None)
@given(damage=st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=6), cut=st.integers(0, 10**6))
def test_a_damaged_log_costs_lines_that_are_counted_and_nothing_else(
    specimen: Specimen, damage: list[tuple[int, int]], cut: int
):
    def harm(whole: bytes) -> bytes:
        broken = bytearray(whole)
        for place, value in damage:
            broken[place % len(broken)] = value
        return bytes(broken[: len(broken) - cut % len(broken)])

    reading = reading_of(specimen, harm)
    if reading is not None:
        assert reading.broken <= max(reading.lines, 3)
        assert len(reading.replies) <= 3 + len(damage)
        assert all(0 <= reply.tokens < 10**13 for reply in reading.replies.values())
        assert not any(CANARY in reason for reason in reading.reasons)


@EACH
@settings(max_examples=examples(20), deadline=None)
@given(noise=st.binary(max_size=300))
def test_a_file_of_noise_holds_no_reply_and_is_told(specimen: Specimen, noise: bytes):
    reading = reading_of(specimen, lambda _: b"\xff" + noise + b"\n{cut off")
    if reading is not None:
        assert reading.replies == {}
        assert 1 <= reading.broken <= reading.lines
