"""Agents whose forks copy their records as they are, under another session: each reply counts once.

Codex and OpenCode write copies again: `test_codex_forks`, `test_opencode`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.landing import LandingStore
from pipelines.sources.local import local_agents
from pipelines.sources.local.framework.extraction import extract
from tests.sources.local.specimens import SPECIMENS, Specimen

NOW = datetime(2026, 3, 20, tzinfo=UTC)
AGENTS = {agent.name: agent for agent in local_agents()}
FORKING = ("claude_code", "gemini_cli", "kimi", "openclaw", "pi", "qwen_code")
"""Claude Code and Qwen Code fork by /branch, Kimi in its web page, pi and OpenClaw by a command; Gemini CLI writes a
resumed chat on under another session."""


def forked(specimen: Specimen, root: Path) -> tuple[Path, Path]:
    """The log of session a, of 3 replies, and that of its fork b, which begins with a copy of it and took 1 more."""
    parent, own = specimen.write(root, "a", 3), specimen.write(root, "b", 1)
    own.write_bytes(parent.read_bytes().replace(b"session-a", b"session-b") + own.read_bytes())
    return parent, own


@pytest.mark.parametrize("first", [0, 1, None], ids=["parent first", "fork first", "together"])
@pytest.mark.parametrize("specimen", [s for s in SPECIMENS if s.agent in FORKING], ids=lambda specimen: specimen.agent)
def test_a_fork_adds_only_its_own_replies(specimen: Specimen, first: int | None, tmp_path: Path):
    logs, landing = tmp_path / "logs", LandingStore(tmp_path / "landing")
    files = forked(specimen, logs)
    agent = AGENTS[specimen.agent]
    if first is not None:
        later = files[1 - first]
        content = later.read_bytes()
        later.unlink()
        extract(agent, [logs], "laptop", landing, NOW)
        later.write_bytes(content)
    extract(agent, [logs], "laptop", landing, NOW)
    landed = [row["input_uncached_tokens"] for row in landing.read(agent.feed("laptop")).to_pylist()]
    assert sorted(landed) == [10, 10, 11, 12]
