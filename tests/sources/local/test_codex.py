"""Codex CLI's steps: which counts are a step, what is a repetition, a copy, or a parent's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipelines.presentation.messages import NO_TIMESTAMP, NOT_A_COUNT, NOT_JSON
from pipelines.sources.local.codex import AGENT, ASSUMED, LEFT_OUT, UNSTATED_TIER
from pipelines.sources.local.framework.replies import ParsedLog, Reply, merge
from tests.sources.local.agent_logs import START, codex_count, codex_meta, codex_turn, codex_usage, iso, milliseconds
from tests.sources.local.session_logs import write_log

LATEST = START + timedelta(days=30)


def read(tmp_path: Path, *lines: dict[str, Any] | bytes, name: str = "sessions/a.jsonl") -> ParsedLog:
    return AGENT.read(write_log(tmp_path / name, *lines), name, LATEST)


def steps(reading: ParsedLog) -> list[tuple[int | None, ...]]:
    ordered = sorted(reading.replies.values(), key=lambda reply: reply.moment)
    return [
        (step.input_uncached_tokens, step.cache_read_tokens, step.output_tokens, step.reasoning_tokens)
        for step in ordered
    ]


def only(reading: ParsedLog) -> Reply:
    [step] = reading.replies.values()
    return step


def after(seconds: float, line: dict[str, Any]) -> dict[str, Any]:
    moment = datetime(2026, 3, 1, 10, tzinfo=UTC) + timedelta(seconds=seconds)
    return {**line, "timestamp": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")}


def test_a_steps_input_is_split_by_the_cache_and_its_output_holds_what_was_reasoned(tmp_path: Path):
    step = only(read(tmp_path, codex_meta("s"), codex_turn(), codex_count(0, codex_usage(0), codex_usage(0))))
    assert (step.input_uncached_tokens, step.cache_read_tokens, step.output_tokens, step.reasoning_tokens) == (
        10,
        20,
        40,
        5,
    )
    assert (step.cache_write_5m_tokens, step.cache_write_1h_tokens, step.cache_write_other_tokens, step.note) == (
        None,
        None,
        None,
        None,
    )
    assert step.tokens == 70


def test_figures_written_again_count_once_though_their_moment_is_another(tmp_path: Path):
    first, both = codex_usage(0), codex_usage(0, 2)
    lines = [
        after(5, codex_count(0, first, first)),
        after(5.6, codex_count(0, first, first)),
        after(9, codex_count(0, first, both)),
        after(9.7, codex_count(0, first, both)),
    ]
    reading = read(tmp_path, codex_meta("s"), codex_turn(), *lines)
    assert steps(reading) == [(10, 20, 40, 5)] * 2
    assert reading.copies == 2


def test_counts_without_figures_state_no_step(tmp_path: Path):
    nothing = codex_count(0, None, None)
    empty = {**nothing, "payload": {"type": "token_count"}}
    zero = codex_count(0, dict.fromkeys(codex_usage(0), 0), None)
    reading = read(tmp_path, codex_meta("s"), codex_turn(), nothing, empty, zero)
    assert (reading.replies, reading.broken) == ({}, 0)


def test_totals_alone_state_steps_by_how_far_they_moved(tmp_path: Path):
    totals = [codex_usage(0), codex_usage(0, 3), codex_usage(0, 3), codex_usage(0)]
    lines = [codex_count(number, None, total) for number, total in enumerate(totals)]
    reading = read(tmp_path, codex_meta("s"), codex_turn(), *lines)
    assert steps(reading) == [(10, 20, 40, 5), (20, 40, 80, 10), (10, 20, 40, 5)]


def test_each_step_has_the_model_and_folder_of_the_turn_before(tmp_path: Path):
    elsewhere = codex_turn("gpt-5.2-codex")
    elsewhere["payload"]["cwd"] = "C:\\work\\moon"
    lines = [codex_turn(), codex_count(0, codex_usage(0), None), elsewhere, codex_count(1, codex_usage(1), None)]
    reading = read(tmp_path, codex_meta("s"), *lines)
    assert {(step.model, step.project) for step in reading.replies.values()} == {
        ("gpt-5.3-codex", "rocket"),
        ("gpt-5.2-codex", "moon"),
    }


def test_a_log_that_names_no_model_is_of_the_first_one_and_says_so(tmp_path: Path):
    step = only(read(tmp_path, codex_meta("s"), codex_count(0, codex_usage(0), None)))
    assert (step.model, step.provider, step.note) == ("gpt-5", "openai", ASSUMED)
    assert ASSUMED == "the log names no model; gpt-5 is assumed"


@pytest.mark.parametrize(
    ("provider", "model", "seller"),
    [
        ("openai", "gpt-5.3-codex", "openai"),
        ("azure", "gpt-5.3-codex", "azure"),
        ("our-proxy", "gpt-5.3-codex", "openai"),
        ("ollama", "gpt-oss:20b", "ollama"),
    ],
)
def test_the_seller_is_the_stated_one_where_it_is_known(tmp_path: Path, provider: str, model: str, seller: str):
    lines = [codex_meta("s", model_provider=provider), codex_turn(model), codex_count(0, codex_usage(0), None)]
    assert only(read(tmp_path, *lines)).provider == seller


def test_moments_may_be_milliseconds_since_1970(tmp_path: Path):
    line = {**codex_count(3, codex_usage(0), None), "timestamp": milliseconds(3)}
    assert only(read(tmp_path, codex_meta("s"), line)).moment == START + timedelta(hours=21)


def test_what_was_written_to_the_cache_is_a_part_of_the_input_and_stated_apart(tmp_path: Path):
    counts = {"input_tokens": 10_000, "cached_input_tokens": 4000, "output_tokens": 100, "total_tokens": 10_100}
    used = {**counts, "reasoning_output_tokens": 0, "cache_write_input_tokens": 5000}
    step = only(read(tmp_path, codex_meta("s"), codex_turn("gpt-5.6-terra"), codex_count(0, used, used)))
    classes = (step.input_uncached_tokens, step.output_tokens, step.cache_write_other_tokens, step.cache_read_tokens)
    assert (*classes, step.tokens) == (1000, 100, 5000, 4000, 10_100)


def test_cache_writes_by_totals_alone_are_how_far_they_moved(tmp_path: Path):
    totals = [{**codex_usage(0), "cache_write_input_tokens": 4}, {**codex_usage(0, 2), "cache_write_input_tokens": 9}]
    lines = [codex_count(number, None, total) for number, total in enumerate(totals)]
    found = sorted(read(tmp_path, codex_meta("s"), codex_turn(), *lines).replies.values(), key=lambda r: r.moment)
    assert [(step.input_uncached_tokens, step.cache_read_tokens, step.cache_write_other_tokens) for step in found] == [
        (6, 20, 4),
        (5, 20, 5),
    ]


def settings_applied(**settings: Any) -> dict[str, Any]:
    payload = {"type": "thread_settings_applied", "thread_settings": {"model": "gpt-5.5", **settings}}
    return {"timestamp": iso(0), "type": "event_msg", "payload": payload}


@pytest.mark.parametrize(
    ("reported", "tier"),
    [
        (settings_applied(service_tier="priority"), "priority"),
        (settings_applied(service_tier="fast"), "priority"),
        (settings_applied(service_tier="flex"), "flex"),
        (settings_applied(service_tier="default"), "default"),
        (settings_applied(service_tier=None), None),
        (settings_applied(), "priority"),
        ({**codex_turn(), "payload": {"model": "gpt-5.5", "service_tier": "flex"}}, "flex"),
    ],
)
def test_a_step_has_the_tier_that_was_stated_last(tmp_path: Path, reported: dict[str, Any], tier: str | None):
    lines = [settings_applied(service_tier="priority"), reported, codex_count(0, codex_usage(0), None)]
    assert only(read(tmp_path, codex_meta("s"), codex_turn(), *lines)).service_tier == tier


def test_a_tier_that_the_count_itself_states_counts(tmp_path: Path):
    line = codex_count(0, codex_usage(0), None)
    line["payload"]["service_tier"] = "priority"
    assert only(read(tmp_path, codex_meta("s"), codex_turn(), line)).service_tier == "priority"


def test_totals_that_a_fork_begins_with_are_its_parents(tmp_path: Path):
    inherited, then = codex_usage(0, 1_000_000), codex_usage(0, 1_000_001)
    lines = [codex_meta("fork", forked_from_id="gone"), codex_turn(), codex_count(0, None, inherited)]
    assert steps(read(tmp_path, *lines, codex_count(1, None, then))) == [(10, 20, 40, 5)]
    assert steps(read(tmp_path, *lines[:2], codex_count(1, codex_usage(0), then))) == [(10, 20, 40, 5)]


@pytest.mark.parametrize(
    ("config", "named", "summary"),
    [
        ('service_tier = "priority"', False, {UNSTATED_TIER.format(tier="priority"): 2}),
        ('model = "gpt-5.5"\nservice_tier = "fast"', False, {UNSTATED_TIER.format(tier="fast"): 2}),
        ('service_tier = "priority"', True, {}),
        ('service_tier = "default"', False, {}),
        ('service_tier = ["fast"', False, {}),
        (None, False, {}),
    ],
)
def test_a_tier_that_only_codexs_settings_name_is_said_and_changes_no_figure(
    tmp_path: Path, config: str | None, *, named: bool, summary: dict[str, int]
):
    if config is not None:
        (tmp_path / "config.toml").write_text(config)
    before = [settings_applied(service_tier="default")] if named else []
    lines = [codex_count(number, codex_usage(number), None) for number in range(2)]
    reading = read(tmp_path, codex_meta("s"), codex_turn(), *before, *lines)
    assert reading.left_out == summary
    assert {step.service_tier for step in reading.replies.values()} == {"default" if named else None}


def response(number: int, response_id: str, used: dict[str, int]) -> dict[str, Any]:
    payload = {"thread_id": "s", "response_id": response_id, "usage": used, "thread_token_usage": codex_usage(0, 9)}
    return {"timestamp": iso(number), "type": "token_usage_record", "payload": payload}


def compacted(number: int, response_id: str) -> dict[str, Any]:
    payload = {"message": "", "replacement_history": [], "compaction_response_id": response_id}
    return {"timestamp": iso(number), "type": "compacted", "payload": payload}


def test_what_compacting_took_counts_though_no_total_holds_it(tmp_path: Path):
    first, second = codex_usage(0), codex_usage(0, 2)
    lines = [
        response(0, "resp_1", first),
        codex_count(0, first, first),
        response(1, "resp_2", codex_usage(7)),
        compacted(1, "resp_2"),
        codex_count(1, first, first),
        response(2, "resp_3", first),
        codex_count(2, first, second),
    ]
    assert steps(read(tmp_path, codex_meta("s"), codex_turn(), *lines)) == [
        (10, 20, 40, 5),
        (17, 20, 40, 5),
        (10, 20, 40, 5),
    ]


def test_compacting_that_a_count_states_or_whose_use_is_not_stated_is_not_counted_again(tmp_path: Path):
    first, second = codex_usage(0), codex_usage(0, 2)
    lines = [codex_count(0, first, first), response(1, "resp_2", first), codex_count(1, first, second)]
    reading = read(tmp_path, codex_meta("s"), codex_turn(), *lines, compacted(1, "resp_2"), compacted(2, "resp_9"))
    assert steps(reading) == [(10, 20, 40, 5)] * 2


def test_responses_that_no_count_states_are_said_but_for_one_whose_count_may_follow(tmp_path: Path):
    first, second = codex_usage(0), codex_usage(0, 2)
    before = [response(0, "resp_1", first), codex_count(0, first, first)]
    after = [codex_count(1, first, second), response(1, "resp_2", {**first, "cache_write_input_tokens": 3})]
    lines = [codex_meta("s"), codex_turn(), *before, *after, response(2, "resp_3", codex_usage(1))]
    assert read(tmp_path, *lines).left_out == {}
    lines += [response(3, "resp_4", codex_usage(2)), response(3, "resp_5", codex_usage(3))]
    assert read(tmp_path, *lines).left_out == {LEFT_OUT: 2}
    assert read(tmp_path, *lines, codex_turn()).left_out == {LEFT_OUT: 3}


SUB_AGENTS = [
    {"source": {"subagent": {"thread_spawn": {"parent_thread_id": "parent", "depth": 1}}}},
    {"thread_source": "subagent"},
]


@pytest.mark.parametrize("reported", SUB_AGENTS, ids=["spawned", "threaded"])
def test_a_sub_agents_log_counts_from_the_first_step_after_a_pause(tmp_path: Path, reported: dict[str, Any]):
    parent = [codex_usage(number) for number in range(3)]
    running = [codex_usage(0), {**codex_usage(0, 2), "input_tokens": 61}, {**codex_usage(0, 3), "input_tokens": 93}]
    replayed = [after(0.7 * n, codex_count(0, parent[n], running[n])) for n in range(3)]
    own_total = {name: running[2][name] + codex_usage(9)[name] for name in running[2]}
    lines = [
        codex_meta("child", **reported),
        codex_meta("parent"),
        codex_turn(),
        *replayed,
        after(6, codex_count(0, parent[2], running[2])),
        after(8, codex_count(0, None, own_total)),
        after(8.2, codex_count(0, codex_usage(4), {**own_total, "input_tokens": own_total["input_tokens"] + 34})),
    ]
    reading = read(tmp_path, *lines)
    assert steps(reading) == [(19, 20, 40, 5), (14, 20, 40, 5)]
    assert {(step.session_id, step.is_sidechain) for step in reading.replies.values()} == {("child", True)}


def test_a_main_threads_steps_count_however_fast_they_follow(tmp_path: Path):
    lines = [after(0.1 * n, codex_count(0, codex_usage(n), None)) for n in range(3)]
    assert len(steps(read(tmp_path, codex_meta("s"), codex_turn(), *lines))) == 3


def test_a_sub_agents_log_read_while_it_grows_never_gives_a_step_back(tmp_path: Path):
    lines = [codex_meta("child", **SUB_AGENTS[0]), codex_turn()]
    lines += [after(0.2, codex_count(0, codex_usage(n), None)) for n in range(3)]
    lines += [after(5 + n, codex_count(0, codex_usage(n), None)) for n in range(3)]
    known: set[str] = set()
    for length in range(len(lines) + 1):
        found = {reply.message_id for reply in read(tmp_path, *lines[:length]).replies.values()}
        assert known <= found
        known = found
    assert len(known) == 3


def test_a_fork_that_kept_its_parents_moments_adds_only_its_own_steps(tmp_path: Path):
    history = [codex_turn(), *(codex_count(n, codex_usage(n), None) for n in range(3))]
    parent = read(tmp_path, codex_meta("parent"), *history, name="sessions/parent.jsonl")
    fork = read(
        tmp_path, codex_meta("fork"), *history, codex_count(9, codex_usage(9), None), name="sessions/fork.jsonl"
    )
    assert len(merge([*parent.replies.values(), *fork.replies.values()])) == 4


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"type":"event_msg","payload":{"type":"token_count"', NOT_JSON),
        ({**codex_count(0, codex_usage(0), None), "timestamp": "noon"}, NO_TIMESTAMP),
        ({**codex_count(0, codex_usage(0), None), "timestamp": None}, NO_TIMESTAMP),
        ({**codex_count(0, codex_usage(0), None), "timestamp": iso(900)}, "the reply's timestamp is in the future"),
        (codex_count(0, {**codex_usage(0), "output_tokens": -1}, None), f"output_tokens {NOT_A_COUNT}"),
    ],
)
def test_a_step_that_cannot_be_dated_or_counted_is_told_with_its_line(
    tmp_path: Path, line: dict[str, Any] | bytes, reason: str
):
    reading = read(tmp_path, codex_meta("s"), codex_turn(), line, codex_count(1, codex_usage(1), None))
    assert (reading.broken, reading.reasons) == (1, [f"sessions/a.jsonl:3: {reason}"])
    assert steps(reading) == [(11, 20, 40, 5)]
