"""A log of qwen_code."""

from __future__ import annotations

from tests.sources.local import agent_logs as logs
from tests.sources.local.specimens import Specimen

SPECIMEN = Specimen(
    "qwen_code",
    "projects/-rocket/chats/{tag}.jsonl",
    logs.qwen_code,
    "qwen3-coder-plus",
    "alibaba",
    ("cache_read_tokens",),
    reasons=True,
    project="rocket",
    copied_to="projects/-rocket/chats/copy.jsonl",
    counts=("promptTokenCount", "candidatesTokenCount", "cachedContentTokenCount", "thoughtsTokenCount"),
)
