"""Counts and lists as people say them.

Belongs here: numbers with their nouns. Does not: money, which has its currency.
"""

from __future__ import annotations

from collections.abc import Sequence


def counted(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun: "1 row", "1,200 rows"; `many` where the plural is not formed with an s."""
    return f"1 {one}" if number == 1 else f"{number:,} {many or f'{one}s'}"


def listed(names: Sequence[str]) -> str:
    """Names one after the other: "a", "a and b", "a, b and c"."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
