"""A log of kilo."""

from __future__ import annotations

from tests.sources.local import agent_logs as logs
from tests.sources.local.specimens import Specimen

SPECIMEN = Specimen(
    "kilo",
    "kilo.db",
    logs.opencode("kilo.db"),
    "claude-sonnet-4-5",
    "anthropic",
    reasons=True,
    project="rocket",
    apart=True,
    counts=("input", "output", "reasoning", "cache", "read", "write"),
)
