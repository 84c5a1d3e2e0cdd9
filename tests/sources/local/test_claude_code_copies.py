"""Which copy of a reply counts, in any order and any number of runs."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.landing import LandingStore
from pipelines.sources.local.claude_code import AGENT, merge
from pipelines.sources.local.framework.extraction import extract
from pipelines.sources.local.framework.replies import Reply
from tests.examples import examples
from tests.sources.local.session_logs import reply, usage, write_log

MOMENT = datetime(2026, 3, 1, 23, 59, tzinfo=UTC)
ONE = Reply(
    message_id="msg_1",
    request_id="req_1",
    moment=MOMENT,
    session_id="session-a",
    project="rocket",
    provider="anthropic",
    model="claude-opus-4-6",
    service_tier="standard",
    speed=None,
    inference_geo=None,
    input_uncached_tokens=10,
    cache_read_tokens=20,
    cache_write_5m_tokens=30,
    cache_write_1h_tokens=0,
    output_tokens=40,
    web_search_requests=None,
    is_sidechain=False,
    source_file="projects/a/1.jsonl",
)


@pytest.mark.parametrize(
    ("winner", "loser"),
    [
        (replace(ONE, output_tokens=1), replace(ONE, output_tokens=400, is_sidechain=True)),
        (replace(ONE, output_tokens=41, moment=MOMENT + timedelta(days=1)), replace(ONE, speed="fast")),
        (replace(ONE, speed="standard"), replace(ONE, moment=MOMENT - timedelta(days=1))),
        (replace(ONE, output_tokens=41, cache_read_tokens=19), ONE),
        (replace(ONE, moment=MOMENT - timedelta(seconds=1)), ONE),
        (replace(ONE, source_file="projects/b/1.jsonl"), ONE),
        (replace(ONE, session_id="session-b"), ONE),
    ],
)
def test_of_two_copies_the_named_one_counts_in_either_order(winner: Reply, loser: Reply):
    assert list(merge([winner, loser]).values()) == [winner]
    assert list(merge([loser, winner]).values()) == [winner]


def test_a_side_chains_replay_of_the_main_thread_is_dropped():
    replay = replace(ONE, request_id="req_2", is_sidechain=True, output_tokens=4000)
    assert list(merge([replay, ONE]).values()) == [ONE]


def test_other_requests_of_the_same_thread_are_kept():
    other = replace(ONE, request_id="req_2")
    both_side = [replace(ONE, is_sidechain=True), replace(other, is_sidechain=True)]
    assert list(merge([ONE, other]).values()) == [ONE, other]
    assert list(merge(both_side).values()) == both_side


COPIES = st.lists(
    st.builds(
        replace,
        st.just(ONE),
        message_id=st.sampled_from(["msg_1", "msg_2"]),
        request_id=st.sampled_from(["req_1", "req_2", None]),
        moment=st.sampled_from([MOMENT, MOMENT + timedelta(minutes=2)]),
        session_id=st.sampled_from(["session-a", None]),
        speed=st.sampled_from([None, "standard", "fast"]),
        output_tokens=st.integers(38, 42),
        cache_read_tokens=st.integers(18, 22),
        web_search_requests=st.sampled_from([None, 0]),
        is_sidechain=st.booleans(),
        source_file=st.sampled_from(["projects/a/1.jsonl", "projects/b/1.jsonl"]),
    ),
    max_size=8,
)


@given(COPIES, COPIES, COPIES)
def test_merging_is_associative_commutative_and_idempotent(a: list[Reply], b: list[Reply], c: list[Reply]):
    whole = merge([*a, *b, *c])
    assert merge(whole.values()) == whole
    assert merge([*c, *b, *a]) == whole
    assert merge([*merge([*a, *b]).values(), *c]) == whole
    assert merge([*a, *merge([*b, *c]).values()]) == whole
    assert merge([*a, *b, *c, *a]) == whole


LINES = st.lists(
    st.builds(
        lambda number, request, minute, output, speed, side: reply(
            f"msg_{number}",
            request,
            timestamp=f"2026-03-01T23:{minute}:59Z" if minute < 60 else "2026-03-02T00:00:01Z",
            usage=usage(output_tokens=output, speed=speed),
            isSidechain=side,
        ),
        st.integers(1, 3),
        st.sampled_from(["req_1", "req_2", None]),
        st.sampled_from([58, 60]),
        st.integers(1, 3),
        st.sampled_from([None, "fast"]),
        st.booleans(),
    ),
    max_size=5,
)


def land(root: Path, home: Path) -> list[dict[str, Any]]:
    store = LandingStore(home / "landing")
    extract(AGENT, [root], "laptop", store, datetime(2026, 3, 3, tzinfo=UTC))
    return sorted(store.read(AGENT.feed("laptop")).to_pylist(), key=lambda row: row["record_key"])


@settings(max_examples=examples(30), deadline=None)
@given(st.permutations(["a", "b", "c"]), st.tuples(LINES, LINES, LINES))
def test_files_landed_one_run_at_a_time_in_any_order_give_what_one_run_gives(
    order: list[str], logs: tuple[list[dict[str, Any]], ...]
):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        content = dict(zip("abc", logs, strict=True))
        for log, lines in content.items():
            write_log(folder / "once" / "projects" / "p" / f"{log}.jsonl", *lines)
        at_once = land(folder / "once", folder / "one-run")
        for log in order:
            write_log(folder / "growing" / "projects" / "p" / f"{log}.jsonl", *content[log])
            step_by_step = land(folder / "growing", folder / "many-runs")
        assert step_by_step == at_once
        store = LandingStore(folder / "many-runs" / "landing")
        manifest = store.manifest(AGENT.feed("laptop"))
        assert manifest is not None
        assert set(manifest.days) == {row["period_start"].date() for row in at_once}
