"""Fictional logs of every coding agent in its format, reply by reply, for the tests of this folder.

Reply `number` of a log was given 7 hours after the one before; it used 10 + number uncached tokens, read 20 from the
cache, wrote 30 to it where the agent says so, and put out 40, of which 5 were reasoned where it says so. A session's
totals are the sums of its first replies. Every log holds `CANARY` where prompts, answers and folders stand.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.sources.local.session_logs import reply as claude_reply
from tests.sources.local.session_logs import write_log

CANARY = "CANARY-4711"
START = datetime(2026, 3, 1, 10, tzinfo=UTC)


def moment(number: int, tag: str = "a") -> datetime:
    """When reply `number` was given; logs that nothing else tells apart are some milliseconds apart."""
    return START + timedelta(hours=7 * number, milliseconds=ord(tag[0]) - ord("a"))


def iso(number: int, tag: str = "a") -> str:
    """The same as most logs write it."""
    return moment(number, tag).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def milliseconds(number: int) -> int:
    """The same in milliseconds since 1970."""
    return int(moment(number).timestamp() * 1000)


def write_json(path: Path, value: Any) -> Path:
    """A document of `value`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value), encoding="utf-8")
    return path


def write_rows(path: Path, table: str, rows: list[dict[str, Any]]) -> Path:
    """A database with `rows` in `table`, one of the same id in the place of the one before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as connection:
        for row in rows:
            names = ", ".join(row)
            connection.execute(f"CREATE TABLE IF NOT EXISTS {table} ({names}, PRIMARY KEY (id))")
            marks = ", ".join("?" * len(row))
            connection.execute(f"INSERT OR REPLACE INTO {table} ({names}) VALUES ({marks})", list(row.values()))  # noqa: S608 - names of the test's own
        connection.commit()
    return path


def claude_code(root: Path, tag: str, count: int) -> Path:
    """Claude Code's."""
    replies = [
        claude_reply(
            f"msg_{tag}-{n}",
            f"req_{tag}-{n}",
            timestamp=iso(n),
            sessionId=f"session-{tag}",
            cwd=f"/home/{CANARY}/rocket",
            model="claude-sonnet-4-5",
            usage={
                "input_tokens": 10 + n,
                "cache_read_input_tokens": 20,
                "cache_creation_input_tokens": 30,
                "output_tokens": 40,
            },
        )
        for n in range(count)
    ]
    prompt = {"type": "user", "message": {"role": "user", "content": CANARY}}
    return write_log(root / "projects" / "rocket" / f"{tag}.jsonl", prompt, *replies)


def codex_usage(number: int, times: int = 1) -> dict[str, int]:
    """The counts of step `number`, or of so many of them."""
    counts = {"input_tokens": 30 + number, "cached_input_tokens": 20, "output_tokens": 40, "reasoning_output_tokens": 5}
    return {name: value * times for name, value in {**counts, "total_tokens": 70 + number}.items()}


def codex_count(
    number: int, last: dict[str, int] | None, total: dict[str, int] | None, tag: str = "a"
) -> dict[str, Any]:
    """The line that reports the counts of a step."""
    info = {"last_token_usage": last, "total_token_usage": total}
    reported = {name: value for name, value in info.items() if value is not None}
    return {
        "timestamp": iso(number, tag),
        "type": "event_msg",
        "payload": {"type": "token_count", "info": reported or None},
    }


def codex_meta(session: str, number: int = 0, **reported: Any) -> dict[str, Any]:
    """The first line of a session."""
    payload = {"id": session, "cwd": f"/home/{CANARY}/rocket", "model_provider": "openai", "source": "cli", **reported}
    return {"timestamp": iso(number), "type": "session_meta", "payload": payload}


def codex_turn(model: str = "gpt-5.3-codex") -> dict[str, Any]:
    """The line before a step that says which model takes it."""
    payload = {"cwd": f"/home/{CANARY}/rocket", "model": model, "user_instructions": CANARY}
    return {"timestamp": iso(0), "type": "turn_context", "payload": payload}


def codex(root: Path, tag: str, count: int) -> Path:
    """Codex CLI's; each step's figures are there twice, as real logs have them."""
    lines = [codex_meta(f"session-{tag}"), codex_turn(), codex_count(0, None, None)]
    running: dict[str, int] = {}
    for n in range(count):
        last = codex_usage(n)
        running = {name: running.get(name, 0) + value for name, value in last.items()}
        summary = {"timestamp": iso(n), "type": "response_item", "payload": {"type": "message", "content": CANARY}}
        lines += [summary, codex_count(n, last, running, tag), codex_count(n, last, running, tag)]
    return write_log(root / "sessions" / "2026" / "03" / "01" / f"rollout-{tag}.jsonl", *lines)


def gemini_cli(root: Path, tag: str, count: int) -> Path:
    """Gemini CLI's."""
    lines: list[dict[str, Any]] = [{"sessionId": f"session-{tag}", "projectHash": "f00", "kind": "main"}]
    for n in range(count):
        tokens = {"input": 30 + n, "output": 35, "cached": 20, "thoughts": 5, "tool": 0, "total": 70 + n}
        summary = {"id": f"{tag}-{n}", "timestamp": iso(n), "type": "gemini", "content": CANARY}
        lines += [
            {"id": f"{tag}-{n}-asked", "timestamp": iso(n), "type": "user", "content": [{"text": CANARY}]},
            {**summary, "tokens": tokens, "model": "gemini-3-flash-preview"},
            {"$set": {"lastUpdated": iso(n)}},
            {**summary, "tokens": tokens, "model": "gemini-3-flash-preview", "toolCalls": [{"args": CANARY}]},
        ]
    return write_log(root / "rocket" / "chats" / f"session-{tag}.jsonl", *lines)


def opencode_message(message_id: str, session: str, number: int, **reported: Any) -> dict[str, Any]:
    """A message as OpenCode keeps it."""
    message = {
        "id": message_id,
        "sessionID": session,
        "role": "assistant",
        "providerID": "anthropic",
        "modelID": "claude-sonnet-4-5",
        "path": {"cwd": f"/home/{CANARY}/rocket", "root": "/"},
        "time": {"created": milliseconds(number), "completed": milliseconds(number) + 900},
        "tokens": {"input": 10 + number, "output": 40, "reasoning": 5, "cache": {"read": 20, "write": 30}},
        "cost": 0,
        "summary": {"title": CANARY},
    }
    return {**message, **reported}


def opencode(name: str) -> Callable[[Path, str, int], Path]:
    def write(root: Path, tag: str, count: int) -> Path:
        rows = [
            {"id": f"{tag}-asked", "session_id": f"session-{tag}", "data": json.dumps({"role": "user", "t": CANARY})}
        ]
        for n in range(count):
            created = milliseconds(n) + ord(tag[0]) - ord("a")
            message = opencode_message(f"msg-{tag}-{n}", f"session-{tag}", n, time={"created": created})
            own = {key: value for key, value in message.items() if key not in {"id", "sessionID"}}
            rows.append({"id": message["id"], "session_id": f"session-{tag}", "data": json.dumps(own)})
        return write_rows(root / name, "message", rows)

    return write


def amp_answer(number: int, **reported: Any) -> dict[str, Any]:
    """A message of an Amp thread."""
    usage = {
        "model": "claude-sonnet-4-5",
        "inputTokens": 10 + number,
        "outputTokens": 40,
        "cacheReadInputTokens": 20,
        "cacheCreationInputTokens": 30,
        "timestamp": iso(number),
        **reported,
    }
    return {"role": "assistant", "messageId": number, "content": [{"text": CANARY}], "usage": usage}


def amp(root: Path, tag: str, count: int) -> Path:
    """Amp's, with usage alongside the messages."""
    messages = [{"role": "user", "content": CANARY}, *(amp_answer(n, timestamp=iso(n, tag)) for n in range(count))]
    return write_json(root / "threads" / f"T-{tag}.json", {"id": f"session-{tag}", "messages": messages})


def copilot_span(trace: str, span: str, number: int, **attributes: Any) -> dict[str, Any]:
    """A span of a chat with a model."""
    reported = {
        "gen_ai.operation.name": "chat",
        "gen_ai.request.model": "claude-sonnet-4.5",
        "gen_ai.conversation.id": "session-a",
        "gen_ai.usage.input_tokens": 60 + number,
        "gen_ai.usage.output_tokens": 40,
        "gen_ai.usage.cache_read.input_tokens": 20,
        "gen_ai.usage.cache_creation.input_tokens": 30,
        "gen_ai.usage.reasoning.output_tokens": 5,
        "gen_ai.input.messages": CANARY,
    }
    seconds = int(moment(number).timestamp())
    times = {"startTime": [seconds - 3, 0], "endTime": [seconds, 0]}
    name = "chat claude-sonnet-4.5"
    return {
        "type": "span",
        "traceId": trace,
        "spanId": span,
        "name": name,
        **times,
        "attributes": reported | attributes,
    }


def copilot_cli(root: Path, tag: str, count: int) -> Path:
    """GitHub Copilot CLI's; the span of the whole run reports the tokens once more."""
    session = {"gen_ai.conversation.id": f"session-{tag}"}
    spans = [copilot_span(f"trace-{tag}", f"span-{n}", n, **session) for n in range(count)]
    run = copilot_span(f"trace-{tag}", "run", 0, **{**session, "gen_ai.operation.name": "invoke_agent"})
    return write_log(root / "otel" / f"{tag}.jsonl", *spans, run)


def droid(root: Path, tag: str, count: int) -> Path:
    """Droid's."""
    usage = {
        "inputTokens": sum(10 + n for n in range(count)),
        "outputTokens": 40 * count,
        "cacheReadTokens": 20 * count,
        "cacheCreationTokens": 30 * count,
        "thinkingTokens": 5 * count,
    }
    reported = {"model": "claude-sonnet-4-5", "providerLock": "anthropic", "providerLockTimestamp": iso(0), "t": CANARY}
    return write_json(root / "-rocket" / f"session-{tag}.settings.json", {**reported, "tokenUsage": usage})


def goose(root: Path, tag: str, count: int) -> Path:
    """Goose's."""
    row = {
        "id": f"session-{tag}",
        "description": CANARY,
        "model_config_json": json.dumps({"model_name": "claude-sonnet-4-5"}),
        "provider_name": "anthropic",
        "created_at": f"{moment(0):%Y-%m-%d %H:%M:%S}",
        "input_tokens": 9,
        "output_tokens": 9,
        "accumulated_input_tokens": sum(10 + n for n in range(count)),
        "accumulated_output_tokens": 40 * count,
    }
    return write_rows(root / "sessions" / "sessions.db", "sessions", [row])


def hermes(root: Path, tag: str, count: int) -> Path:
    """Hermes'."""
    row = {
        "id": f"session-{tag}",
        "title": CANARY,
        "model": "claude-sonnet-4-5",
        "billing_provider": "anthropic",
        "started_at": moment(0).timestamp(),
        "message_count": 2 * count,
        "input_tokens": sum(10 + n for n in range(count)),
        "output_tokens": 40 * count,
        "cache_read_tokens": 20 * count,
        "cache_write_tokens": 30 * count,
    }
    return write_rows(root / "state.db", "sessions", [row])


def kimi(root: Path, tag: str, count: int) -> Path:
    """Kimi CLI's."""
    lines: list[dict[str, Any]] = [{"type": "metadata", "protocol_version": "1"}]
    for n in range(count):
        usage = {"input_other": 10 + n, "input_cache_read": 20, "input_cache_creation": 30, "output": 40}
        update = {"type": "StatusUpdate", "payload": {"message_id": f"{tag}-{n}", "token_usage": usage}}
        summary = {"type": "TextPart", "payload": {"text": CANARY}}
        at = moment(n).timestamp()
        lines += [{"timestamp": at, "message": summary}, {"timestamp": at, "message": update}]
    return write_log(root / "sessions" / "f00" / f"session-{tag}" / "wire.jsonl", *lines)


def qwen_code(root: Path, tag: str, count: int) -> Path:
    """Qwen Code's."""
    lines: list[dict[str, Any]] = [{"type": "user", "message": {"parts": [{"text": CANARY}]}}]
    for n in range(count):
        usage = {"promptTokenCount": 30 + n, "candidatesTokenCount": 35, "thoughtsTokenCount": 5}
        usage |= {"cachedContentTokenCount": 20, "totalTokenCount": 70 + n}
        record = {"uuid": f"{tag}-{n}", "sessionId": f"session-{tag}", "timestamp": iso(n), "type": "assistant"}
        lines.append({**record, "cwd": f"/home/{CANARY}/rocket", "model": "qwen3-coder-plus", "usageMetadata": usage})
    return write_log(root / "projects" / "-rocket" / "chats" / f"{tag}.jsonl", *lines)


def pi_answer(number: int, tag: str = "a", model: str | None = "claude-sonnet-4-5", **reported: Any) -> dict[str, Any]:
    """An answer as pi writes it, and what is built on it."""
    usage = {"input": 10 + number, "output": 40, "cacheRead": 20, "cacheWrite": 30, "cost": {"total": 0.5}, **reported}
    message = {"role": "assistant", "provider": "anthropic", "model": model, "content": CANARY, "usage": usage}
    return {"type": "message", "id": f"{number:08x}", "timestamp": iso(number, tag), "message": message}


def pi(root: Path, tag: str, count: int) -> Path:
    """pi's."""
    header = {"type": "session", "version": 3, "id": f"session-{tag}", "cwd": f"/home/{CANARY}/rocket"}
    return write_log(
        root / "--rocket--" / f"2026_session-{tag}.jsonl", header, *(pi_answer(n, tag) for n in range(count))
    )


def openclaw(root: Path, tag: str, count: int) -> Path:
    """OpenClaw's."""
    return write_log(
        root / "agents" / "main" / "sessions" / f"session-{tag}.jsonl", *(pi_answer(n, tag) for n in range(count))
    )
