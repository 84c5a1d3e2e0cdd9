"""Counts with their nouns, lists, and remarks cut to a length that is read.

Belongs here: how words are put together. Does not: money and days (formats.py), or what a room has to say.
"""

from __future__ import annotations

from collections.abc import Sequence

LONGEST = 1000
"""Characters of one message."""
LONGEST_REMARK = 200
"""Characters of a remark on the report, which a line or two hold."""


def counted(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun: "1 row", "1,200 rows"; `many` where the plural is not formed with an s."""
    return f"1 {one}" if number == 1 else f"{number:,} {many or f'{one}s'}"


def first_of(lines: Sequence[str], most: int, *, of: int | None = None) -> list[str]:
    """The first `most` lines, and a line with how many more there are, of `of` lines or of these."""
    left_out = (len(lines) if of is None else of) - min(most, len(lines))
    return [*lines[:most], *([f"and {left_out:,} more"] if left_out > 0 else [])]


def shortened(text: str, longest: int = LONGEST) -> str:
    """`text`, or its beginning where it is longer than anyone reads: a file may hold a cell of any length."""
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"


def sentence(text: str) -> str:
    """A remark as a separate sentence: a capital at its start, a full stop at its end."""
    return text[0].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")


def listed(names: Sequence[str]) -> str:
    """Names one after the other: "a", "a and b", "a, b and c"."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
