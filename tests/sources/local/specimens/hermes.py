"""A log of hermes."""

from __future__ import annotations

from tests.sources.local import agent_logs as logs
from tests.sources.local.specimens import Specimen

SPECIMEN = Specimen(
    "hermes",
    "state.db",
    logs.hermes,
    "claude-sonnet-4-5",
    "anthropic",
    totals=True,
    counts=("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens"),
)
