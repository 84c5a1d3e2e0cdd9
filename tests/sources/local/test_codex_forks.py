"""Forked Codex sessions: a step counts once in its family, whoever contains a copy of it and whenever it is read."""

from __future__ import annotations

import random
import tempfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.landing import LandingStore
from pipelines.sources.local.codex import AGENT, INHERITED
from pipelines.sources.local.framework import replies
from pipelines.sources.local.framework.extraction import extract
from pipelines.sources.local.framework.replies import ParsedLog
from tests.examples import examples
from tests.sources.local.codex_sessions import BEGAN, Session, Spacing, Step

NOW = datetime(2026, 11, 1, tzinfo=UTC)
AT_A_STROKE: Spacing = lambda _: timedelta(milliseconds=10)  # noqa: E731 - a table of them follows
SPACED: Spacing = lambda _: timedelta(seconds=5)  # noqa: E731
SLOW_DISK: Spacing = lambda number: timedelta(seconds=3 if number == 1 else 0, milliseconds=10)  # noqa: E731
SPACINGS = {"at a stroke": AT_A_STROKE, "spaced": SPACED, "with a pause amid": SLOW_DISK}
EACH_SPACING = pytest.mark.parametrize("spacing", SPACINGS.values(), ids=SPACINGS)


@pytest.fixture
def landing(tmp_path: Path) -> LandingStore:
    return LandingStore(tmp_path / "landing")


def read(landing: LandingStore, root: Path, *sessions: Session) -> list[tuple[int, int, int]]:
    """(uncached input, cache reads, output) of each landed step, after the logs of `sessions` are there to read."""
    for session in sessions:
        session.write(root)
    extract(AGENT, [root], "laptop", landing, NOW)
    return steps(landing)


def steps(landing: LandingStore) -> list[tuple[int, int, int]]:
    rows = landing.read(AGENT.feed("laptop")).to_pylist()
    return sorted((row["input_uncached_tokens"], row["cache_read_tokens"], row["output_tokens"]) for row in rows)


def sibling(first: Session, name: str, spacing: Spacing = AT_A_STROKE) -> Session:
    """One more fork of the same history, a day after the one before."""
    first.now += timedelta(days=1)
    return first.fork(name, spacing)


def parent() -> Session:
    return Session("parent").take((2000, 0, 100)).take((2500, 0, 100))


@EACH_SPACING
@pytest.mark.parametrize("embedded", [True, False], ids=["names its parent twice", "once"])
@pytest.mark.parametrize("order", [(0, 1), (1, 0), None], ids=["parent first", "fork first", "together"])
def test_a_fork_adds_only_its_own_steps(
    tmp_path: Path, landing: LandingStore, spacing: Spacing, *, embedded: bool, order: tuple[int, int] | None
):
    family = [parent()]
    family.append(family[0].fork("fork", spacing, embedded=embedded).take((600, 0, 50)))
    for number in order or ():
        read(landing, tmp_path / "logs", family[number])
    assert read(landing, tmp_path / "logs", *family) == [(600, 0, 50), (2000, 0, 100), (2500, 0, 100)]


def test_copies_stand_on_the_day_the_step_was_taken_not_on_that_of_the_fork(tmp_path: Path, landing: LandingStore):
    first = parent()
    first.now += timedelta(days=2)
    fork = first.fork("fork").take((600, 0, 50))
    read(landing, tmp_path / "logs", fork)
    read(landing, tmp_path / "logs", first)
    moments = landing.read(AGENT.feed("laptop"))["period_start"].to_pylist()
    assert sorted(moment.date() - BEGAN.date() for moment in moments) == [timedelta(0), timedelta(0), timedelta(2)]


@EACH_SPACING
def test_steps_of_equal_size_before_and_after_a_fork_all_count(tmp_path: Path, landing: LandingStore, spacing: Spacing):
    first = parent()
    fork = first.fork("fork", spacing).take((600, 0, 50))
    first.take((600, 0, 50), after=timedelta(hours=2))
    own = [(600, 0, 50), (600, 0, 50)]
    assert read(landing, tmp_path / "logs", first, fork) == [*own, (2000, 0, 100), (2500, 0, 100)]


@pytest.mark.parametrize("turns", [True, False], ids=["turns named", "not named"])
def test_siblings_own_steps_of_equal_size_all_count(tmp_path: Path, landing: LandingStore, *, turns: bool):
    first = Session("parent", turns).take((2000, 0, 100))
    siblings = [sibling(first, name).take((600, 0, 50)) for name in "ab"]
    assert read(landing, tmp_path / "logs", first, *siblings) == [(600, 0, 50), (600, 0, 50), (2000, 0, 100)]


@pytest.mark.parametrize("spacing", [AT_A_STROKE, SPACED])
@pytest.mark.parametrize("together", [True, False])
def test_siblings_whose_parent_is_gone_count_their_common_part_once(
    tmp_path: Path, landing: LandingStore, spacing: Spacing, *, together: bool
):
    first = parent()
    siblings = [sibling(first, name, spacing).take((600, 0, 50 + number)) for number, name in enumerate("abc")]
    if not together:
        read(landing, tmp_path / "logs", siblings[1])
    own = [(600, 0, 50), (600, 0, 51), (600, 0, 52)]
    assert read(landing, tmp_path / "logs", *siblings) == [*own, (2000, 0, 100), (2500, 0, 100)]


@EACH_SPACING
@pytest.mark.parametrize("together", [True, False])
def test_siblings_in_other_folders_whose_parent_is_gone_count_their_common_part_once(
    tmp_path: Path, landing: LandingStore, spacing: Spacing, *, together: bool
):
    first, siblings = parent(), []
    for number, folder in enumerate(("rocket", "worktree", "other-worktree")):
        first.project = folder
        siblings.append(sibling(first, folder, spacing).take((600, 0, 50 + number)))
    if not together:
        read(landing, tmp_path / "logs", siblings[1])
    own = [(600, 0, 50), (600, 0, 51), (600, 0, 52)]
    common = [(2000, 0, 100), (2500, 0, 100)] + [(2500, 0, 100)] * 2 * (spacing is SLOW_DISK)
    assert read(landing, tmp_path / "logs", *siblings) == sorted([*own, *common])


def test_the_turn_tells_copies_even_of_a_parent_that_is_gone_and_a_slow_disk(tmp_path: Path, landing: LandingStore):
    first = Session("parent", turns=True).take((2000, 0, 100)).take((2500, 0, 100))
    siblings = [sibling(first, name, SLOW_DISK).take((600, 0, 50)) for name in "ab"]
    common = [(2000, 0, 100), (2500, 0, 100)]
    assert read(landing, tmp_path / "logs", *siblings) == [(600, 0, 50), (600, 0, 50), *common]


def test_a_fork_of_an_unrelated_session_of_equal_totals_takes_nothing_from_it(tmp_path: Path, landing: LandingStore):
    stranger = Session("stranger", began=BEGAN + timedelta(minutes=1)).take((2000, 0, 100)).take((2500, 0, 100))
    first = parent()
    assert len(read(landing, tmp_path / "logs", stranger, first)) == 4
    assert len(read(landing, tmp_path / "logs", first.fork("fork").take((600, 0, 50)))) == 5


@EACH_SPACING
def test_families_of_equal_figures_in_other_folders_have_nothing_to_do_with_each_other(
    tmp_path: Path, landing: LandingStore, spacing: Spacing
):
    alone = Session("alone", project="moon").take((2000, 0, 100)).take((2500, 0, 100))
    first = parent()
    orphans = [sibling(first, name, spacing).take((600, 0, 50 + number)) for number, name in enumerate("ab")]
    common = [(2000, 0, 100), (2500, 0, 100)]
    if spacing is SLOW_DISK:
        common = [*common, common[1]]  # behind a pause a step passes for its fork's own, if the parent is gone
    found = read(landing, tmp_path / "logs", alone, *orphans)
    assert found == sorted([(600, 0, 50), (600, 0, 51), (2000, 0, 100), (2500, 0, 100), *common])


def test_steps_of_equal_figures_at_one_moment_by_other_models_all_count(tmp_path: Path, landing: LandingStore):
    sessions = [Session(name, model=name).take((2000, 0, 100)) for name in ("gpt-5.5", "gpt-5.6-terra")]
    assert read(landing, tmp_path / "logs", *sessions) == [(2000, 0, 100)] * 2


def test_a_session_that_holds_anothers_first_record_is_a_fork_though_it_names_no_parent(
    tmp_path: Path, landing: LandingStore
):
    first = parent()
    fork = first.fork("fork").take((600, 0, 50))
    del fork.lines[0]["payload"]["forked_from_id"]
    assert read(landing, tmp_path / "logs", first, fork) == [(600, 0, 50), (2000, 0, 100), (2500, 0, 100)]


def test_a_sub_agent_that_says_where_its_own_history_begins_counts_from_there(tmp_path: Path, landing: LandingStore):
    first = parent()
    child = first.fork("child", SPACED).take((600, 0, 50))
    child.lines[0]["payload"] |= {"thread_source": "subagent", "subagent_history_start_ordinal": len(child.lines) - 2}
    child.lines = [{**record, "ordinal": number} for number, record in enumerate(child.lines)]
    assert read(landing, tmp_path / "logs", child) == [(600, 0, 50)]
    assert read(landing, tmp_path / "logs", first, child) == [(600, 0, 50), (2000, 0, 100), (2500, 0, 100)]


@pytest.mark.parametrize("replayed", [True, False], ids=["after their parent's history", "from 0"])
def test_sub_agents_of_equal_counts_all_count(tmp_path: Path, landing: LandingStore, *, replayed: bool):
    first = parent()
    began_with = first if replayed else Session("parent")
    children = [sibling(began_with, name).take((600, 0, 35)) for name in "abc"]
    for child in children:
        child.lines[0]["payload"] |= {"thread_source": "subagent", "forked_from_id": "parent"}
    found = read(landing, tmp_path / "logs", first, *children)
    assert found == [(600, 0, 35), (600, 0, 35), (600, 0, 35), (2000, 0, 100), (2500, 0, 100)]


def with_totals_alone(session: Session) -> Session:
    """The session as a log that reports no step's counts."""
    for record in session.lines:
        record["payload"].get("info", {}).pop("last_token_usage", None)
    return session


@EACH_SPACING
def test_a_fork_that_states_totals_alone_adds_only_its_own_steps(
    tmp_path: Path, landing: LandingStore, spacing: Spacing
):
    first = parent()
    fork = with_totals_alone(first.fork("fork", spacing).take((600, 0, 50)))
    assert read(landing, tmp_path / "logs", with_totals_alone(first), fork) == [
        (600, 0, 50),
        (2000, 0, 100),
        (2500, 0, 100),
    ]


@pytest.mark.parametrize("kind", ["fork", "sub-agent"])
@pytest.mark.parametrize("gone", [False, True], ids=["with its parent", "parent gone"])
def test_first_totals_that_may_be_inherited_are_a_finding(
    tmp_path: Path, landing: LandingStore, kind: str, *, gone: bool
):
    first = parent()
    with_totals_alone(first)
    child = with_totals_alone(first.fork("child", SPACED).take((600, 0, 50)).take((700, 0, 60)))
    child.lines = [child.lines[0], *child.lines[-4:]]  # it copied nothing: its totals begin with 5100 and 250
    if kind == "sub-agent":
        child.lines[0]["payload"]["thread_source"] = "subagent"
    for session in [child] if gone else [first, child]:
        session.write(tmp_path / "logs")
    result = extract(AGENT, [tmp_path / "logs"], "laptop", landing, NOW)
    assert steps(landing) == [(700, 0, 60), *([] if gone else [(2000, 0, 100), (2500, 0, 100)])]
    assert result.findings == (f"Codex CLI: {INHERITED}: 5,350",)


def read_as_version_0_1_did(path: Path, name: str, latest: datetime) -> ParsedLog:
    """Each step known by its moment, model and counts, copies of a fork alongside those of its parent."""
    reading = AGENT.read(path, name, latest)
    before = ParsedLog()
    for reply in reading.replies.values():
        before.add(replace(reply, message_id=reply.earlier_id, request_id=None, earlier_id=None))
    return before


@pytest.mark.parametrize("archived", [False, True])
def test_what_an_earlier_version_landed_twice_gives_way_when_it_is_read_again(
    tmp_path: Path, landing: LandingStore, *, archived: bool
):
    first = parent()
    first.now += timedelta(days=2)
    written = [session.write(tmp_path / "logs") for session in (first, first.fork("fork").take((600, 0, 50)))]
    earlier = replace(AGENT, read=read_as_version_0_1_did, merge=replies.merge, revision=1)
    extract(earlier, [tmp_path / "logs"], "laptop", landing, NOW)
    assert len(steps(landing)) == 5
    if archived:
        (tmp_path / "logs" / "archived_sessions").mkdir()
        for path in written:
            path.rename(tmp_path / "logs" / "archived_sessions" / path.name)
    assert read(landing, tmp_path / "logs") == [(600, 0, 50), (2000, 0, 100), (2500, 0, 100)]
    assert extract(AGENT, [tmp_path / "logs"], "laptop", landing, NOW).files_read == 0


FAMILY = st.lists(
    st.tuples(
        st.sampled_from(["take", "take", "fork"]),
        st.integers(0, 9),
        st.sampled_from(sorted(SPACINGS)[:2]),
        st.booleans(),
    ),
    min_size=2,
    max_size=14,
)


def family(plan: list[tuple[str, int, str, bool]], *, turns: bool) -> tuple[list[Session], list[Step]]:
    """Sessions that grow and are forked as `plan` says, and every step that was taken, each of another size."""
    sessions, taken = [Session("s0", turns)], []
    clock = BEGAN
    for number, (what, which, spacing, embedded) in enumerate(plan):
        session = sessions[which % len(sessions)]
        clock += timedelta(hours=3)
        session.now = max(session.now, clock)
        if what == "fork":
            sessions.append(session.fork(f"s{len(sessions)}", SPACINGS[spacing], embedded=embedded))
        else:
            step = (1000 + number, 0, 10)
            session.take(step)
            taken.append(step)
    return sessions, taken


@settings(max_examples=examples(60), deadline=None)
@given(turns=st.booleans(), plan=FAMILY, runs=st.integers(1, 4), seed=st.integers(0, 10**6))
def test_any_family_in_any_order_and_number_of_runs_counts_each_step_once(
    *, turns: bool, plan: list[Any], runs: int, seed: int
):
    sessions, taken = family(plan, turns=turns)
    shuffled = random.Random(seed).sample(sessions, len(sessions))  # noqa: S311 - an order, no secret
    with tempfile.TemporaryDirectory() as name:
        landing = LandingStore(Path(name) / "landing")
        for run in range(runs):
            read(landing, Path(name) / "logs", *shuffled[run::runs])
        assert steps(landing) == sorted(taken)


@settings(max_examples=examples(40), deadline=None)
@given(plan=FAMILY, seed=st.integers(0, 10**6), cut=st.integers(0, 40))
def test_merging_what_was_merged_gives_the_same_as_merging_all_at_once(plan: list[Any], seed: int, cut: int):
    sessions, _ = family(plan, turns=False)
    with tempfile.TemporaryDirectory() as name:
        copies = [
            reply
            for session in sessions
            for reply in AGENT.read(session.write(Path(name)), session.id, NOW).replies.values()
        ]
    shuffled = random.Random(seed).sample(copies, len(copies))  # noqa: S311
    part = AGENT.merge(shuffled[:cut]).values()
    assert AGENT.merge([*shuffled[cut:], *part]) == AGENT.merge(copies)
