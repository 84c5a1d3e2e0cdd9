"""The lines of a text for `csv.reader`, none of whose rows may grow without end.

Belongs here: how long a row may be. Does not: delimiters, columns and cells.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TextIO

LONGEST_ROW = 1_000_000
"""Characters of a row, which is one line, or several where a cell holds ends of lines."""


class RowTooLongError(ValueError):
    """A row is longer than any that people or programs write."""

    def __init__(self) -> None:
        super().__init__(f"the row is longer than {LONGEST_ROW:,} characters: this is not a table of costs")


class BoundedRows(Iterator[str]):
    """The lines of `text`, ends included. Whoever reads rows from them calls `row_ends` after each."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self._left = LONGEST_ROW

    def __next__(self) -> str:
        """The next line.

        Raises:
            RowTooLongError: the lines since the last row ended are longer than `LONGEST_ROW` together.
        """
        line = self._text.readline(self._left + 1)
        if not line:
            raise StopIteration
        self._left -= len(line)
        if self._left < 0:
            raise RowTooLongError
        return line

    def row_ends(self) -> None:
        """What was read since the last call was one row."""
        self._left = LONGEST_ROW
