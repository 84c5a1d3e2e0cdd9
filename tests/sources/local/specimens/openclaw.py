"""A log of openclaw."""

from __future__ import annotations

from tests.sources.local import agent_logs as logs
from tests.sources.local.specimens import Specimen

SPECIMEN = Specimen(
    "openclaw",
    "agents/main/sessions/session-{tag}.jsonl",
    logs.openclaw,
    "claude-sonnet-4-5",
    "anthropic",
    copied_to="agents/main/sessions/session-a.jsonl.deleted.1",
    apart=True,
    counts=("input", "output", "cacheRead", "cacheWrite"),
)
