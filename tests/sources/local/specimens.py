"""One log of every coding agent with the rows it lands, for the contract that all of them keep."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.sources.local import agent_logs as logs
from tests.sources.local.agent_logs import moment


@dataclass(frozen=True)
class Specimen:
    """A log of one agent. `write(root, tag, count)` writes the first `count` replies of the log called `tag`.

    `kinds` are the landed token columns it states beside input and output; `totals`: one row for a whole session.
    `copied_to` is where a copy of the log `a` may lie, below the root, None: only in another root. `apart`: replies of
    other logs are some milliseconds apart, because nothing else tells them.
    """

    agent: str
    log: str
    write: Callable[[Path, str, int], Path]
    model: str | None
    provider: str
    kinds: tuple[str, ...] = ("cache_read_tokens", "cache_write_other_tokens")
    reasons: bool = False
    project: str | None = None
    session: str = "session-{tag}"
    totals: bool = False
    copied_to: str | None = None
    apart: bool = False

    def expected(self, tag: str, count: int) -> list[dict[str, Any]]:
        """What the first `count` replies of the log `tag` land, in order."""
        ranges = [range(count)] if self.totals else [range(n, n + 1) for n in range(count)]
        return [self._row(tag, numbers) for numbers in ranges if numbers]

    def _row(self, tag: str, numbers: range) -> dict[str, Any]:
        row: dict[str, Any] = dict.fromkeys(COLUMNS)
        row |= {
            "period_start": moment(numbers[0], tag if self.apart else "a"),
            "model_raw": self.model,
            "provider": self.provider,
        }
        row |= {"project": self.project, "session_id": self.session.format(tag=tag)}
        row |= {"requests": None if self.totals else 1, "input_uncached_tokens": sum(10 + n for n in numbers)}
        row |= {kind: KINDS[kind] * len(numbers) for kind in self.kinds}
        row |= {"output_tokens": 40 * len(numbers)}
        return row | ({"reasoning_tokens": 5 * len(numbers)} if self.reasons else {})


KINDS = {
    "cache_read_tokens": 20,
    "cache_write_5m_tokens": 30,
    "cache_write_1h_tokens": 0,
    "cache_write_other_tokens": 30,
}
COLUMNS = (
    "period_start",
    "model_raw",
    "provider",
    "project",
    "session_id",
    "requests",
    "input_uncached_tokens",
    *KINDS,
    "output_tokens",
    "reasoning_tokens",
)


CLAUDE = "claude-sonnet-4-5"
ALL_KINDS = ("cache_read_tokens", "cache_write_5m_tokens", "cache_write_1h_tokens")
SPECIMENS = [
    Specimen("amp", "threads/T-{tag}.json", logs.amp, CLAUDE, "anthropic", apart=True),
    Specimen(
        "claude_code",
        "projects/rocket/{tag}.jsonl",
        logs.claude_code,
        CLAUDE,
        "anthropic",
        ALL_KINDS,
        project="rocket",
        copied_to="projects/rocket/fork.jsonl",
    ),
    Specimen(
        "codex",
        "sessions/2026/03/01/rollout-{tag}.jsonl",
        logs.codex,
        "gpt-5.3-codex",
        "openai",
        ("cache_read_tokens",),
        reasons=True,
        project="rocket",
        copied_to="archived_sessions/rollout-a.jsonl",
        apart=True,
    ),
    Specimen(
        "copilot_cli",
        "otel/{tag}.jsonl",
        logs.copilot_cli,
        "claude-sonnet-4.5",
        "anthropic",
        reasons=True,
        copied_to="otel/copy.jsonl",
    ),
    Specimen(
        "droid",
        "-rocket/session-{tag}.settings.json",
        logs.droid,
        CLAUDE,
        "anthropic",
        project="rocket",
        totals=True,
        copied_to="-else/session-a.settings.json",
    ),
    Specimen(
        "gemini_cli",
        "rocket/chats/session-{tag}.jsonl",
        logs.gemini_cli,
        "gemini-3-flash-preview",
        "google",
        ("cache_read_tokens",),
        reasons=True,
        project="rocket",
        copied_to="rocket/chats/resumed.jsonl",
    ),
    Specimen("goose", "sessions/sessions.db", logs.goose, CLAUDE, "anthropic", (), totals=True),
    Specimen("hermes", "state.db", logs.hermes, CLAUDE, "anthropic", totals=True),
    Specimen(
        "kilo",
        "kilo.db",
        logs.opencode("kilo.db"),
        CLAUDE,
        "anthropic",
        reasons=True,
        project="rocket",
        apart=True,
    ),
    Specimen(
        "kimi",
        "sessions/f00/session-{tag}/wire.jsonl",
        logs.kimi,
        None,
        "moonshotai",
        copied_to="sessions/old/session-a/wire.jsonl",
    ),
    Specimen(
        "openclaw",
        "agents/main/sessions/session-{tag}.jsonl",
        logs.openclaw,
        CLAUDE,
        "anthropic",
        copied_to="agents/main/sessions/session-a.jsonl.deleted.1",
        apart=True,
    ),
    Specimen(
        "opencode",
        "opencode.db",
        logs.opencode("opencode.db"),
        CLAUDE,
        "anthropic",
        reasons=True,
        project="rocket",
        copied_to="opencode-beta.db",
        apart=True,
    ),
    Specimen(
        "pi",
        "--rocket--/2026_session-{tag}.jsonl",
        logs.pi,
        CLAUDE,
        "anthropic",
        project="rocket",
        copied_to="--rocket--/2027_session-a.jsonl",
        apart=True,
    ),
    Specimen(
        "qwen_code",
        "projects/-rocket/chats/{tag}.jsonl",
        logs.qwen_code,
        "qwen3-coder-plus",
        "alibaba",
        ("cache_read_tokens",),
        reasons=True,
        project="rocket",
        copied_to="projects/-rocket/chats/copy.jsonl",
    ),
]
