"""A tier, speed or region that is reported as something else than text is never taken for the standard one."""

from __future__ import annotations

import copy
import inspect
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipelines.domain.records import UsageRecord, from_table
from pipelines.prices.modifiers import modifiers_of
from pipelines.prices.uses import UseKey
from pipelines.sources.api import api_sources
from pipelines.sources.api.framework.source import ApiSource
from pipelines.sources.local import local_agents
from pipelines.sources.local.framework.landed import table_of_replies
from tests.sources.api.specimen import specimen_of
from tests.sources.api.test_required import taken
from tests.sources.local.agent_logs import codex_count, codex_meta, codex_turn, codex_usage
from tests.sources.local.session_logs import reply, usage, write_log

LATEST = datetime(2026, 9, 30, tzinfo=UTC)
AGENTS = {agent.name: agent for agent in local_agents()}
MODIFIERS = ("service_tier", "speed", "inference_geo")
NOT_TEXT = [5, 0, 1.5, True, False, [], ["us"], {}, {"name": "us"}]
STEP = codex_count(0, codex_usage(0), None)


def settings(value: Any) -> dict[str, Any]:
    applied = {"type": "thread_settings_applied", "thread_settings": {"service_tier": value}}
    return {"timestamp": STEP["timestamp"], "type": "event_msg", "payload": applied}


def with_tier(line: dict[str, Any], value: Any, *path: str) -> dict[str, Any]:
    changed = copy.deepcopy(line)
    holder = changed
    for name in path:
        holder = holder[name]
    holder["service_tier"] = value
    return changed


def lines(agent: str, place: str, value: Any) -> list[dict[str, Any]]:
    """A log of one reply that states `value` at a place where its modifiers stand."""
    if agent == "claude_code":
        return [reply(usage=usage(**{place: value}))]
    turn = with_tier(codex_turn(), value, "payload") if place == "turn" else codex_turn()
    step = {"count": with_tier(STEP, value, "payload"), "info": with_tier(STEP, value, "payload", "info")}
    between = [settings(value)] if place == "settings" else []
    return [codex_meta("s"), turn, *between, step.get(place, STEP)]


PLACES = {"claude_code": MODIFIERS, "codex": ("turn", "settings", "count", "info")}


def records(tmp_path: Path, agent: str, place: str, value: Any) -> list[UsageRecord]:
    path = write_log(tmp_path / "s.jsonl", *lines(agent, place, value))
    replies = list(AGENTS[agent].read(path, "s.jsonl", LATEST).replies.values())
    return from_table(table_of_replies(AGENTS[agent], replies, "laptop"))


def modified(record: UsageRecord) -> frozenset[str]:
    key = UseKey(record.provider, record.model_raw or "", *(getattr(record, name) for name in MODIFIERS))
    return modifiers_of(key._replace(is_batch=record.is_batch is True))


def test_every_agent_that_reads_a_modifier_is_in_the_table():
    reading = {
        name for name, agent in AGENTS.items() if reads_modifiers(inspect.getsource(sys.modules[agent.read.__module__]))
    }
    assert reading == set(PLACES)


def reads_modifiers(source: str) -> bool:
    return any(f"{name}=" in source for name in MODIFIERS)


@pytest.mark.parametrize("value", NOT_TEXT, ids=repr)
@pytest.mark.parametrize(("agent", "place"), [(agent, place) for agent, places in PLACES.items() for place in places])
def test_what_a_log_states_and_is_no_text_is_a_modifier_without_a_price(
    tmp_path: Path, agent: str, place: str, value: Any
):
    [record] = records(tmp_path, agent, place, value)
    [modifier] = modified(record)
    assert modifier in {"service tier (not text)", "(not text) speed", "region (not text)"}


@pytest.mark.parametrize("value", [None, "", "default"])
@pytest.mark.parametrize(
    ("agent", "place"), [(agent, place) for agent, places in PLACES.items() for place in places[:2]]
)
def test_what_a_log_leaves_open_is_the_standard_use(tmp_path: Path, agent: str, place: str, value: Any):
    [record] = records(tmp_path, agent, place, value)
    assert modified(record) == frozenset()


COLUMNS = {**dict(zip(MODIFIERS, MODIFIERS, strict=True)), "batch": "is_batch"}
"""A name in an answer -> the column of records."""


def replaced(holder: Any, name: str, value: Any) -> Any:
    """A copy of an answer with `value` in all places of that name."""
    if isinstance(holder, list):
        return [replaced(item, name, value) for item in holder]
    if isinstance(holder, dict):
        return {key: value if key == name else replaced(item, name, value) for key, item in holder.items()}
    return holder


@pytest.mark.parametrize("of", api_sources(), ids=lambda of: of.name)
def test_what_an_answer_states_and_is_no_text_is_refused_or_a_modifier_without_a_price(of: ApiSource):
    answers = specimen_of(of.name).values
    whole = taken(of, answers)
    plain = []
    for name, column in COLUMNS.items():
        stating = sum(getattr(record, column) is not None for record in whole.records)
        for value in NOT_TEXT if stating else []:
            changed = replaced(answers, name, value)
            if changed == answers or (name == "batch" and isinstance(value, bool)):
                continue
            found = taken(of, changed)
            if not found.refused and sum(map(bool, map(modified, found.records))) < stating:
                plain.append((name, value))
    assert plain == []
