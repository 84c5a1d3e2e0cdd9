"""A log of codex."""

from __future__ import annotations

from tests.sources.local import agent_logs as logs
from tests.sources.local.specimens import Specimen

SPECIMEN = Specimen(
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
    counts=("input_tokens", "cached_input_tokens", "output_tokens"),
)
