"""A log of droid."""

from __future__ import annotations

from tests.sources.local import agent_logs as logs
from tests.sources.local.specimens import Specimen

SPECIMEN = Specimen(
    "droid",
    "-rocket/session-{tag}.settings.json",
    logs.droid,
    "claude-sonnet-4-5",
    "anthropic",
    project="rocket",
    totals=True,
    copied_to="-else/session-a.settings.json",
    counts=("inputTokens", "outputTokens", "cacheReadTokens", "cacheCreationTokens"),
)
