"""A log of kimi."""

from __future__ import annotations

from tests.sources.local import agent_logs as logs
from tests.sources.local.specimens import Specimen

SPECIMEN = Specimen(
    "kimi",
    "sessions/f00/session-{tag}/wire.jsonl",
    logs.kimi,
    None,
    "moonshotai",
    copied_to="sessions/old/session-a/wire.jsonl",
    counts=("input_other", "input_cache_read", "input_cache_creation", "output"),
)
