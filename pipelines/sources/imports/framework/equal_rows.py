"""Rows of one table that are the same in every cell: pasted twice, or two charges that look alike.

Belongs here: finding them in little memory, since a file may have millions of rows. Does not: whether they count (they
do: only a person knows whether both are meant).
"""

from __future__ import annotations

from array import array
from hashlib import blake2b

import numpy as np
import orjson

from pipelines.presentation.messages import SAME_LINE
from pipelines.presentation.wording import counted
from pipelines.sources.imports.framework.table_file import Cells

SHOWN = 5
ADVICE = "both count: remove one, or set allow_equal_rows: true in the mapping if both are meant"


class EqualRows:
    """The rows of one account in one table, as a hash of their cells and a line: 16 bytes a row."""

    def __init__(self) -> None:
        self._hashes = array("Q")
        self._lines = array("Q")

    def add(self, line: int, cells: Cells) -> None:
        """Take in the cells of a row; spaces around them make no difference."""
        content = orjson.dumps([cell.strip() for cell in cells])
        self._hashes.append(int.from_bytes(blake2b(content, digest_size=8).digest(), "big"))
        self._lines.append(line)

    def findings(self) -> list[str]:
        """A sentence for each of the first rows that are the same as an earlier one, and how many more there are."""
        hashes = np.array(self._hashes, dtype=np.uint64)
        # A stable sort leaves equal rows in the order of their lines, so that the first of them begins its group.
        order = np.argsort(hashes, kind="stable")
        is_repeat = np.zeros(len(order), dtype=bool)
        is_repeat[1:] = hashes[order][1:] == hashes[order][:-1]
        begins = np.maximum.accumulate(np.where(is_repeat, 0, np.arange(len(order))))
        lines = np.array(self._lines, dtype=np.uint64)[order]
        repeats, firsts = lines[is_repeat], lines[begins][is_repeat]
        shown = np.argsort(repeats)[:SHOWN]
        found = [f"line {repeats[index]} {SAME_LINE} {firsts[index]}, and {ADVICE}" for index in shown]
        more = len(repeats) - len(shown)
        return [
            *found,
            *([f"{counted(more, 'more line is', 'more lines are')} the same as earlier ones"] if more else []),
        ]
