"""Session logs of Codex CLI in its format, day by day from a seed, since the day the company took it up.

What makes real ones hard is in them: input that includes what was cached, running totals alongside each step, steps
without figures, a broken last line, and sessions that were archived while a copy stayed.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from pipelines.sample.agent_logs import pace

HOST = "maya-laptop"
MODELS = (
    (date(2025, 9, 22), "gpt-5-codex"),
    (date(2025, 11, 17), "gpt-5.1-codex"),
    (date(2026, 1, 19), "gpt-5.2-codex"),
    (date(2026, 2, 9), "gpt-5.3-codex"),
)
"""(from which day, model); before the first the company did not use it."""
STEPS_A_DAY = 7
WINDOW = 258_400
ARCHIVED_EVERY, BROKEN_EVERY = 9, 61
"""In days: how often a session is archived too, and how often one ends in a broken line."""


@dataclass
class CodexTotals:
    """What the logs hold once each step is counted once. `output` includes `reasoning`; the inputs are disjoint."""

    steps: int = 0
    input_uncached: int = 0
    cache_read: int = 0
    output: int = 0
    reasoning: int = 0
    broken_lines: int = 0


def codex_day_files(day: date, first: date, seed: int, totals: CodexTotals) -> Iterator[tuple[str, str]]:
    """(path below Codex's folder, content) of each session of `day`; what they hold is added to `totals`."""
    chance = random.Random(f"{seed}/{day}/codex")  # noqa: S311 - a sample, not a secret
    models = [model for since, model in MODELS if since <= day]
    count = round(STEPS_A_DAY * pace(day, first) * chance.lognormvariate(0, 0.3))
    if not models or count == 0:
        return
    start = datetime(day.year, day.month, day.day, 9, tzinfo=UTC) + timedelta(minutes=chance.randrange(120))
    session = f"{chance.getrandbits(32):08x}-0000-7000-8000-{chance.getrandbits(48):012x}"
    lines = [*_header(start, session, models[-1]), *_steps(chance, start, count, totals)]
    if day.toordinal() % BROKEN_EVERY == 0:
        lines.append('{"timestamp":"')
        totals.broken_lines += 1
    content = "\n".join(lines) + "\n"
    name = f"{day:%Y/%m/%d}/rollout-{start:%Y-%m-%dT%H-%M-%S}-{session}.jsonl"
    yield f"sessions/{name}", content
    if day.toordinal() % ARCHIVED_EVERY == 0 and day.toordinal() % BROKEN_EVERY:
        yield f"archived_sessions/{name}", content


def _header(start: datetime, session: str, model: str) -> Iterator[str]:
    folder = "/home/maya/website"
    meta = {"id": session, "cwd": folder, "cli_version": "0.104.0", "model_provider": "openai"}
    yield _line(start, "session_meta", meta)
    yield _line(start, "turn_context", {"cwd": folder, "model": model, "effort": "medium"})
    yield _line(start, "event_msg", {"type": "token_count", "info": None})


def _steps(chance: random.Random, start: datetime, count: int, totals: CodexTotals) -> Iterator[str]:
    running = dict.fromkeys(("input_tokens", "cached_input_tokens", "output_tokens", "reasoning_output_tokens"), 0)
    running["total_tokens"] = 0
    for step in range(count):
        usage = _usage(chance)
        running = {name: running[name] + value for name, value in usage.items()}
        info = {"total_token_usage": running, "last_token_usage": usage, "model_context_window": WINDOW}
        moment = start + timedelta(seconds=97 * (step + 1), milliseconds=chance.randrange(1000))
        yield _line(moment, "event_msg", {"type": "token_count", "info": info})
        totals.steps += 1
        totals.input_uncached += usage["input_tokens"] - usage["cached_input_tokens"]
        totals.cache_read += usage["cached_input_tokens"]
        totals.output += usage["output_tokens"]
        totals.reasoning += usage["reasoning_output_tokens"]


def _usage(chance: random.Random) -> dict[str, int]:
    whole = min(200_000, int(chance.lognormvariate(10.2, 0.6)) + 1)
    output = int(chance.lognormvariate(6.4, 0.8)) + 1
    return {
        "input_tokens": whole,
        "cached_input_tokens": int(whole * chance.uniform(0.4, 0.95)),
        "output_tokens": output,
        "reasoning_output_tokens": int(output * chance.uniform(0.1, 0.7)),
        "total_tokens": whole + output,
    }


def _line(moment: datetime, kind: str, payload: dict[str, Any]) -> str:
    stamp = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return json.dumps({"timestamp": stamp, "type": kind, "payload": payload}, separators=(",", ":"))
