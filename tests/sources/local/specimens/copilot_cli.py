"""A log of copilot_cli."""

from __future__ import annotations

from tests.sources.local import agent_logs as logs
from tests.sources.local.specimens import Specimen

SPECIMEN = Specimen(
    "copilot_cli",
    "otel/{tag}.jsonl",
    logs.copilot_cli,
    "claude-sonnet-4.5",
    "anthropic",
    reasons=True,
    copied_to="otel/copy.jsonl",
    counts=(
        "gen_ai.usage.input_tokens",
        "gen_ai.usage.output_tokens",
        "gen_ai.usage.cache_read.input_tokens",
        "gen_ai.usage.cache_creation.input_tokens",
    ),
)
