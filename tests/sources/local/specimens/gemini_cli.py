"""A log of gemini_cli."""

from __future__ import annotations

from tests.sources.local import agent_logs as logs
from tests.sources.local.specimens import Specimen

SPECIMEN = Specimen(
    "gemini_cli",
    "rocket/chats/session-{tag}.jsonl",
    logs.gemini_cli,
    "gemini-3-flash-preview",
    "google",
    ("cache_read_tokens",),
    reasons=True,
    project="rocket",
    copied_to="rocket/chats/resumed.jsonl",
    counts=("input", "output", "cached", "thoughts"),
)
