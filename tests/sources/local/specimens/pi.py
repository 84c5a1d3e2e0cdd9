"""A log of pi."""

from __future__ import annotations

from tests.sources.local import agent_logs as logs
from tests.sources.local.specimens import Specimen

SPECIMEN = Specimen(
    "pi",
    "--rocket--/2026_session-{tag}.jsonl",
    logs.pi,
    "claude-sonnet-4-5",
    "anthropic",
    project="rocket",
    copied_to="--rocket--/2027_session-a.jsonl",
    apart=True,
    counts=("input", "output", "cacheRead", "cacheWrite"),
)
