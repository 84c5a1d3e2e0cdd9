"""A log of amp."""

from __future__ import annotations

from tests.sources.local import agent_logs as logs
from tests.sources.local.specimens import Specimen

SPECIMEN = Specimen(
    "amp",
    "threads/T-{tag}.json",
    logs.amp,
    "claude-sonnet-4-5",
    "anthropic",
    apart=True,
    counts=("inputTokens", "outputTokens", "cacheReadInputTokens", "cacheCreationInputTokens"),
)
