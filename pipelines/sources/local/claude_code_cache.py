"""What a usage of Claude Code's logs states of cache writes: for 5 minutes, for 1 hour, for another time, or for none.

`cache_creation_input_tokens` is the total, which logs of the first versions and some gateways have alone;
`cache_creation` has its parts by duration. A total that is greater than its parts has a rest whose duration is not
stated. Belongs here: counting them. Does not: the rows they land in.
"""

from __future__ import annotations

from typing import Any

from pipelines.sources.local.framework.log_values import UnusableRecordError, count, is_above_0, mapping, text

TOTAL, PARTS = "cache_creation_input_tokens", "cache_creation"
DURATIONS = ("ephemeral_5m_input_tokens", "ephemeral_1h_input_tokens")
"""The parts that have a column."""


def cache_writes(usage: dict[str, Any]) -> tuple[int, int, int | None]:
    """Tokens written for 5 minutes and for 1 hour, and those of which nothing says for how long.

    Logs without parts knew only the first.

    Raises:
        UnusableRecordError: a number is not a plausible count, or no reader knows the form of the parts.
    """
    parts, total, others = mapping(usage, PARTS), count(usage, TOTAL), sum(other_durations(usage).values())
    if not parts:
        return total, 0, None
    write_5m, write_1h = (count(parts, name) for name in DURATIONS)
    rest = total - write_5m - write_1h - others
    return write_5m, write_1h, rest if rest > 0 else None


def other_durations(usage: dict[str, Any]) -> dict[str, int]:
    """Tokens by the names of parts that have no column. Where the others make up the total, numbers are details.

    Raises:
        UnusableRecordError: as `cache_writes`.
    """
    parts, total = mapping(usage, PARTS), count(usage, TOTAL)
    if not total:
        _refuse_unknown_forms(usage.get(PARTS))
    is_accounted_for = 0 < total <= sum(count(parts, name) for name in DURATIONS)
    return {
        text(name) or "an unnamed time": count(parts, name)
        for name, value in parts.items()
        if name not in DURATIONS
        and type(value) in {int, float}
        and value
        and (_speaks_of_tokens(name) or not is_accounted_for)
    }


def _refuse_unknown_forms(reported: Any) -> None:
    """Refuse parts that may be tokens and are not numbers, where no total says how many there are."""
    for name, value in reported.items() if isinstance(reported, dict) else [("", [reported])]:
        is_unclear = isinstance(value, dict | list) or (isinstance(value, str) and _speaks_of_tokens(name))
        if is_unclear and is_above_0(value):
            raise UnusableRecordError(f"{PARTS} has a form that is not known")


def _speaks_of_tokens(name: str) -> bool:
    return "token" in name.lower()
