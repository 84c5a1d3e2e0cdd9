"""A log of claude_code."""

from __future__ import annotations

from tests.sources.local import agent_logs as logs
from tests.sources.local.specimens import Specimen

SPECIMEN = Specimen(
    "claude_code",
    "projects/rocket/{tag}.jsonl",
    logs.claude_code,
    "claude-sonnet-4-5",
    "anthropic",
    ("cache_read_tokens", "cache_write_5m_tokens", "cache_write_1h_tokens"),
    project="rocket",
    copied_to="projects/rocket/fork.jsonl",
    counts=("input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens"),
)
