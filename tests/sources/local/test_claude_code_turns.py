"""Tokens of Claude Code that the reply's own counts leave out, and cache writes of every spelling."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipelines.presentation.messages import NOT_A_COUNT
from pipelines.sources.local.claude_code import UNKNOWN_TURNS, UNPRICED_WRITES, read_file
from pipelines.sources.local.framework.replies import ParsedLog, Reply
from tests.sources.local.session_logs import reply, usage, write_log

LATEST = datetime(2026, 9, 30, tzinfo=UTC)
ADVICE = {"type": "advisor_message", "model": "claude-opus-4-6", "input_tokens": 1000, "output_tokens": 200}
OWN_TURN = {"type": "message", "input_tokens": 5, "output_tokens": 20}


def read(tmp_path: Path, *lines: dict[str, Any]) -> ParsedLog:
    path = write_log(tmp_path / "projects" / "rocket" / "s.jsonl", *lines)
    return read_file(path, "projects/rocket/s.jsonl", LATEST)


def with_turns(*turns: dict[str, Any], **reported: Any) -> dict[str, Any]:
    return reply(model="claude-sonnet-4-6", usage=usage(iterations=list(turns), **reported))


def reported(found: Reply) -> tuple[Any, ...]:
    return (
        found.model,
        found.input_uncached_tokens,
        found.cache_read_tokens,
        found.output_tokens,
        found.requests,
        found.speed,
    )


def test_an_advisors_tokens_are_a_row_of_its_own_model(tmp_path: Path):
    line = with_turns(OWN_TURN, ADVICE, OWN_TURN, {**ADVICE, "input_tokens": 30}, speed="fast", inference_geo="us")
    reading = read(tmp_path, with_turns(OWN_TURN), line, line)
    main, first, second = reading.replies.values()
    assert reported(main) == ("claude-sonnet-4-6", 10, 20, 40, 1, "fast")
    assert reported(first) == ("claude-opus-4-6", 1000, 0, 200, 0, None)
    assert reported(second) == ("claude-opus-4-6", 30, 0, 200, 0, None)
    assert (first.inference_geo, first.request_id) == ("us", "req_1")
    assert first.note == "used by advisor message within a reply of claude-sonnet-4-6"


def test_an_advisors_turn_counts_once_wherever_it_stands_in_a_later_line_of_its_reply(tmp_path: Path):
    reading = read(tmp_path, with_turns(ADVICE), with_turns(OWN_TURN, ADVICE, OWN_TURN))
    assert [found.model for found in reading.replies.values()] == ["claude-sonnet-4-6", "claude-opus-4-6"]


def test_what_compacting_took_is_a_row_of_the_same_model(tmp_path: Path):
    taken = {"type": "compaction", "input_tokens": 180_000, "output_tokens": 3_500}
    _, compacted = read(tmp_path, with_turns(taken, OWN_TURN)).replies.values()
    assert reported(compacted) == ("claude-sonnet-4-6", 180_000, 0, 3_500, 0, None)


def attempt(kind: str, model: str | None, uncached: int, output: int) -> dict[str, Any]:
    return {"type": kind, "model": model, "input_tokens": uncached, "output_tokens": output}


ANSWER = attempt("fallback_message", "claude-sonnet-4-6", 10, 40)


def test_what_a_model_used_that_declined_after_it_had_begun_to_answer_is_a_row_of_its_own(tmp_path: Path):
    line = with_turns(attempt("message", "claude-fable-5", 7, 578), ANSWER, inference_geo="us")
    main, declined = read(tmp_path, line, line).replies.values()
    assert reported(main) == ("claude-sonnet-4-6", 10, 20, 40, 1, None)
    assert reported(declined) == ("claude-fable-5", 7, 0, 578, 0, None)
    assert (declined.provider, declined.inference_geo) == ("anthropic", "us")
    assert declined.note == "used by declined message within a reply of claude-sonnet-4-6"


@pytest.mark.parametrize(
    "turns",
    [
        [ANSWER],
        [ANSWER, ANSWER],
        [attempt("message", "claude-fable-5", 7, 0), ANSWER],
        [attempt("message", None, 7, 5), ANSWER],
    ],
)
def test_the_answer_of_another_model_is_in_the_replys_counts_and_declining_at_once_is_free(tmp_path: Path, turns: Any):
    assert [reported(found) for found in read(tmp_path, with_turns(*turns)).replies.values()] == [
        ("claude-sonnet-4-6", 10, 20, 40, 1, None)
    ]


def test_a_turn_of_an_unknown_kind_is_not_added_and_is_a_finding(tmp_path: Path):
    line = with_turns({**OWN_TURN, "type": "iteration"}, OWN_TURN)
    reading = read(tmp_path, line, line)
    assert [reported(found)[1:4] for found in reading.replies.values()] == [(10, 20, 40)]
    assert reading.left_out == {UNKNOWN_TURNS: 1}


@pytest.mark.parametrize("turns", [None, "x", [], [None], [{"input_tokens": 5}], [OWN_TURN]])
def test_turns_of_the_model_itself_are_in_the_replys_counts(tmp_path: Path, turns: Any):
    assert len(read(tmp_path, reply(usage=usage(iterations=turns))).replies) == 1


def test_a_turn_that_cannot_be_used_costs_its_line_and_is_told(tmp_path: Path):
    reading = read(tmp_path, with_turns({**ADVICE, "output_tokens": -1}))
    assert (reading.replies, reading.broken) == ({}, 1)


@pytest.mark.parametrize(
    ("split", "writes"),
    [
        ({"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0}, (0, 0, 1000)),
        ({"ephemeral_5m_input_tokens": 300, "ephemeral_1h_input_tokens": 100}, (300, 100, 600)),
        ({"ephemeral_5m_input_tokens": 300, "ephemeral_1h_input_tokens": 700}, (300, 700, None)),
        ({"ephemeral_5m_input_tokens": 300, "ephemeral_1h_input_tokens": 800}, (300, 800, None)),
        ({"ephemeral_5m_input_tokens": 1000}, (1000, 0, None)),
        ({}, (1000, 0, None)),
        (None, (1000, 0, None)),
    ],
)
def test_cache_writes_without_a_stated_duration_are_kept(
    tmp_path: Path, split: Any, writes: tuple[int, int, int | None]
):
    line = reply(usage=usage(cache_creation_input_tokens=1000, cache_creation=split))
    [found] = read(tmp_path, line).replies.values()
    assert (found.cache_write_5m_tokens, found.cache_write_1h_tokens, found.cache_write_other_tokens) == writes


@pytest.mark.parametrize(
    ("split", "total", "writes", "others"),
    [
        ({"ephemeral_24h_input_tokens": 700}, None, (0, 0, None), {"24h": 700}),
        ({"ephemeral_24h_input_tokens": 700}, 700, (0, 0, None), {"24h": 700}),
        ({"ephemeral_24h_input_tokens": 700}, 1000, (0, 0, 300), {"24h": 700}),
        (
            {"ephemeral_5m_input_tokens": 100, "until_evicted": 7.0, "ephemeral_7d_input_tokens": 50},
            None,
            (100, 0, None),
            {
                "until_evicted": 7,
                "7d": 50,
            },
        ),
        ({"ephemeral_5m_input_tokens": 100, "ephemeral_24h_input_tokens": 0, "ttl": "5m"}, 100, (100, 0, None), {}),
    ],
)
def test_cache_writes_for_another_time_are_kept_apart_and_are_a_finding(
    tmp_path: Path, split: Any, total: int | None, writes: tuple[int, int, int | None], others: dict[str, int]
):
    counts = usage(cache_creation_input_tokens=total, cache_creation=split)
    advice = {**ADVICE, "cache_creation": split, "cache_creation_input_tokens": total}
    for line, place in ((reply(usage=counts), 0), (reply(usage=usage(iterations=[OWN_TURN, advice])), 1)):
        reading = read(tmp_path, line, line)
        found = list(reading.replies.values())[place:]
        assert (
            found[0].cache_write_5m_tokens,
            found[0].cache_write_1h_tokens,
            found[0].cache_write_other_tokens,
        ) == writes
        apart = {one.service_tier: (one.cache_write_other_tokens, one.tokens, one.requests) for one in found[1:]}
        assert apart == {f"cache writes for {name}": (tokens, tokens, 0) for name, tokens in others.items()}
        assert reading.left_out == ({UNPRICED_WRITES: sum(others.values())} if others else {})


@pytest.mark.parametrize(
    "split",
    [
        {"ephemeral_24h_input_tokens": "700"},
        {"by_duration": {"24h": 700}},
        {"ephemeral_5m_input_tokens": 5, "others": [{"ttl": "24h", "tokens": 700}]},
        [{"ttl": "24h", "tokens": 700}],
        700,
        "700",
    ],
)
@pytest.mark.parametrize("total", [None, 0])
def test_cache_writes_of_a_form_that_is_not_known_are_refused_unless_a_total_has_them(
    tmp_path: Path, split: Any, total: int | None
):
    reading = read(tmp_path, reply(usage=usage(cache_creation_input_tokens=total, cache_creation=split)))
    assert reading.reasons == ["projects/rocket/s.jsonl:1: cache_creation has a form that is not known"]
    [whole] = read(tmp_path, reply(usage=usage(cache_creation_input_tokens=705, cache_creation=split))).replies.values()
    assert whole.tokens == 10 + 20 + 705 + 40


@pytest.mark.parametrize("split", [{"ttl": "300"}, {"details": {"hits": 0}}, {"others": []}, [], "", {"hits": 3}])
def test_what_holds_no_tokens_beside_a_split_changes_nothing(tmp_path: Path, split: Any):
    reported = {"ephemeral_5m_input_tokens": 700, **split} if isinstance(split, dict) else split
    line = reply(usage=usage(cache_creation_input_tokens=700, cache_creation=reported))
    [found] = read(tmp_path, line).replies.values()
    assert (found.cache_write_5m_tokens, found.tokens) == (700, 770)


@pytest.mark.parametrize("written", [-5, 0.5, 1e30])
def test_cache_writes_for_another_time_that_are_no_count_are_refused(tmp_path: Path, written: float):
    line = reply(usage=usage(cache_creation={"ephemeral_24h_input_tokens": written}))
    assert (read(tmp_path, line).replies, read(tmp_path, line).broken) == ({}, 1)


@pytest.mark.parametrize(("written", "count"), [(100.0, 100), (0.0, 0), (100, 100)])
def test_a_whole_number_with_a_point_is_a_count(tmp_path: Path, written: float, count: int):
    [found] = read(tmp_path, reply(usage=usage(input_tokens=written))).replies.values()
    assert (found.input_uncached_tokens, type(found.input_uncached_tokens)) == (count, int)


@pytest.mark.parametrize("written", [100.5, -1.0, 1e30, True, "100"])
def test_what_is_not_a_whole_count_is_refused(tmp_path: Path, written: Any):
    reading = read(tmp_path, reply(usage=usage(input_tokens=written)))
    assert (reading.replies, reading.broken) == ({}, 1)
    assert reading.reasons == [f"projects/rocket/s.jsonl:1: input_tokens {NOT_A_COUNT}"]
