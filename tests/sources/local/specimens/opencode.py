"""A log of opencode."""

from __future__ import annotations

from tests.sources.local import agent_logs as logs
from tests.sources.local.specimens import Specimen

SPECIMEN = Specimen(
    "opencode",
    "opencode.db",
    logs.opencode("opencode.db"),
    "claude-sonnet-4-5",
    "anthropic",
    reasons=True,
    project="rocket",
    copied_to="opencode-beta.db",
    apart=True,
    counts=("input", "output", "reasoning", "cache", "read", "write"),
)
