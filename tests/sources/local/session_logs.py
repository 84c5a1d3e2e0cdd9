"""Fictional session logs in Claude Code's format, line by line, for the tests of this folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

SONNET = "claude-sonnet-4-5-20250929"


def usage(**reported: Any) -> dict[str, Any]:
    """A reply's usage: 10 uncached, 20 read, 30 written, 40 put out, and what is reported otherwise."""
    counts = {
        "input_tokens": 10,
        "cache_read_input_tokens": 20,
        "cache_creation_input_tokens": 30,
        "output_tokens": 40,
    }
    return {**counts, **reported}


def reply(message_id: str | None = "msg_1", request_id: str | None = "req_1", **reported: Any) -> dict[str, Any]:
    """An assistant's line; `stated` replaces fields of the line, and `model`, `usage` those of its message."""
    message = {"id": message_id, "role": "assistant", "model": reported.pop("model", SONNET)}
    message["content"] = [{"type": "text", "text": "an answer"}]
    message["usage"] = reported.pop("usage", usage())
    line = {
        "type": "assistant",
        "timestamp": "2026-03-01T10:00:00.000Z",
        "sessionId": "session-a",
        "cwd": "/home/someone/work/rocket",
        "isSidechain": False,
        "requestId": request_id,
        "uuid": f"line-{message_id}",
        "message": message,
    }
    return {**line, **reported}


def progress(nested: dict[str, Any], **reported: Any) -> dict[str, Any]:
    """A progress line of the main thread that wraps a sub-agent's reply, as the tool nests it."""
    inner = {key: nested[key] for key in ("type", "timestamp", "requestId", "uuid", "message")}
    line = {
        "type": "progress",
        "timestamp": "2026-03-01T10:00:59.000Z",
        "sessionId": "session-a",
        "cwd": "/home/someone/work/rocket",
        "isSidechain": False,
        "data": {"type": "agent_progress", "prompt": "look around", "message": inner},
    }
    return {**line, **reported}


def write_log(path: Path, *lines: dict[str, Any] | bytes) -> Path:
    """A log of these lines at `path`, objects as compact JSON and bytes as they are."""
    path.parent.mkdir(parents=True, exist_ok=True)
    encoded = [line if isinstance(line, bytes) else json.dumps(line, separators=(",", ":")).encode() for line in lines]
    path.write_bytes(b"".join(line + b"\n" for line in encoded))
    return path
