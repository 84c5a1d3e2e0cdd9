"""What Codex's logs count: usage objects, how far a session's totals moved, and responses that no count holds.

Belongs here: arithmetic of counts. Does not: which line states them, or which copy of a step counts.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pipelines.sources.local.framework.log_values import count, mapping, none_renamed, reported_count, text

COUNTS = ("input_tokens", "cached_input_tokens", "output_tokens", "reasoning_output_tokens", "total_tokens")
ALWAYS = ("input_tokens", "output_tokens")
CACHE_WRITES = "cache_write_input_tokens"
"""Since gpt-5.6, a part of the input; priced above it."""

Counts = dict[str, int]
"""One usage object; cache writes only where they are reported."""


def counts_of(usage: dict[str, Any]) -> Counts:
    """The counts of one usage object.

    Raises:
        UnusableRecordError: one is not a plausible count.
    """
    none_renamed(usage, ALWAYS, ("cached_input_tokens",), (*COUNTS, CACHE_WRITES))
    written = reported_count(usage, CACHE_WRITES)
    return {name: count(usage, name) for name in COUNTS} | ({} if written is None else {CACHE_WRITES: written})


@dataclass
class Totals:
    """What a session has used so far; `now` is None before its log says.

    `is_whole`: what the last step used is all of its session's first totals, because nothing else is reported.
    """

    now: Counts | None = None
    is_whole: bool = False

    def used(self, info: dict[str, Any]) -> Counts:
        """What a step used, as the log says, else how far the totals moved; nothing if they did not.

        Raises:
            UnusableRecordError: a number is not a plausible count.
        """
        last, total = mapping(info, "last_token_usage"), mapping(info, "total_token_usage")
        reported, self.is_whole = counts_of(last), False
        if not total:
            return reported
        before, now = self.now, counts_of(total)
        self.now, self.is_whole = now, before is None and not last
        if now == before:
            return dict.fromkeys(COUNTS, 0)
        if last:
            return reported
        if before is None:
            return now
        restarted = any(now.get(name, 0) < value for name, value in before.items())
        return now if restarted else {name: now[name] - before.get(name, 0) for name in now}


@dataclass
class Responses:
    """What responses used, each stated alongside the count of its step; what compacting the history took has no count.

    `unclaimed` is the use of those without a count so far, by id; `last` is the last count that no response had.
    """

    unclaimed: dict[str, dict[str, Any]] = field(default_factory=dict)
    last: Counts | None = None

    def take(self, payload: dict[str, Any], written_at: Any) -> None:
        """A response's record."""
        response, usage = text(payload.get("response_id")), mapping(payload, "usage")
        if self.last is not None and _alike(counts_of(usage), self.last):
            self.last = None
        elif response is not None:
            self.unclaimed[response] = {**usage, "written_at": written_at}

    def claim(self, used: Counts) -> None:
        """Take a count for that of the first response that used as much and has none."""
        claimed = next((name for name, usage in self.unclaimed.items() if _alike(counts_of(usage), used)), None)
        self.last = used if claimed is None else None
        self.unclaimed.pop(claimed or "", None)

    def compaction(self, response: str | None) -> tuple[Counts, Any] | None:
        """What the response that compacted the history used, and when, unless a count has stated it."""
        usage = self.unclaimed.pop(response or "", None)
        return None if usage is None else (counts_of(usage), usage["written_at"])


def _alike(usage: Counts, used: Counts) -> bool:
    """Whether a response's use is that of a count; details may be in one of them alone."""
    return all(usage[name] == used[name] for name in ("input_tokens", "output_tokens"))
