"""A log of goose."""

from __future__ import annotations

from tests.sources.local import agent_logs as logs
from tests.sources.local.specimens import Specimen

SPECIMEN = Specimen(
    "goose",
    "sessions/sessions.db",
    logs.goose,
    "claude-sonnet-4-5",
    "anthropic",
    (),
    totals=True,
    counts=("accumulated_input_tokens", "accumulated_output_tokens"),
)
