"""From text to one table of cells: where the names of the columns are, what separates them, and every row below.

Belongs here: delimiters, lines above the columns, ragged rows. Does not: packed files (`table_file`), or what a column
means.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from pipelines.reading.rows import BoundedRows, RowTooLongError
from pipelines.sources.imports.framework.file_kinds import refuse_by_text
from pipelines.sources.imports.framework.table_error import TableError

DELIMITERS = (",", ";", "\t", "|")
MOST_COLUMNS = 2000
LARGEST_CELL = 131_072
LONGEST_HEADER = 50 * MOST_COLUMNS
"""Characters: each line at the start of a file is split to see whether it names columns."""
LINES_LOOKED_AT = 60
"""Of the start of a file, to find the names of the columns: consoles put an invoice's head above them."""
_QUOTED = re.compile(r'"[^"]*"')
_SEPARATOR = re.compile(r'"?sep=(.)"?', flags=re.IGNORECASE)
_NAME = re.compile(r"[^\W\d_]{2}")
_FIGURE = re.compile(r"[-+]?[\d.,:/ -]*\d[\d.,:/ -]*")

Cells = Sequence[str]
IsHeader = Callable[[Cells], bool]


@dataclass(frozen=True)
class Layout:
    """How a file may begin: `is_header` knows the names of some format; a person may know how many lines are above."""

    is_header: IsHeader = lambda _: False
    skip_lines: int = 0


@dataclass(frozen=True)
class Table:
    """One table of a file.

    `name` is its name in problems, `columns` are its column names, `rows` are (line, cells) of each row below them, and
    `above` the cells of each line over them, such as an invoice's head.
    """

    name: str
    columns: tuple[str, ...]
    rows: Iterator[tuple[int, Cells]]
    above: tuple[Cells, ...] = ()


def csv_table(stream: io.RawIOBase, name: str, layout: Layout) -> Table:
    """The table of a CSV.

    Raises:
        TableError: it is none, or damaged; also while rows are read.
    """
    text = io.TextIOWrapper(io.BufferedReader(stream, 1 << 16), encoding="utf-8-sig", newline="")
    rows = _Lines(text, layout)
    for line, cells in rows:
        if len(cells) > MOST_COLUMNS:
            raise TableError(f"{line}:{MOST_COLUMNS}: the header has {len(cells)} columns: it is not an export")
        columns = tuple(cell.strip() for cell in cells)
        return Table(name, columns, _of_one_width(rows, len(cells), line), rows.above)
    raise TableError("1:1: the file is empty: its first line must name the columns")


class _Lines(Iterator[tuple[int, list[str]]]):
    """(line, cells) of every line that is not empty, from the names of the columns on."""

    def __init__(self, text: io.TextIOWrapper, layout: Layout) -> None:
        self._lines = BoundedRows(text)
        self._layout = layout
        self._rows: Iterator[tuple[int, list[str]]] | None = None
        self.above: tuple[Cells, ...] = ()
        self._started = 0

    def __next__(self) -> tuple[int, list[str]]:
        try:
            if self._rows is None:
                self._rows = self._open()
            return next(self._rows)
        except (csv.Error, UnicodeDecodeError, RowTooLongError) as error:
            raise TableError(f"{self._started + 1}:1: {_explained(error)}") from error

    def _open(self) -> Iterator[tuple[int, list[str]]]:
        head = []
        for line in islice(self._lines, LINES_LOOKED_AT):
            head.append(line)
            self._lines.row_ends()
        if any("\x00" in line for line in head[:1]):
            raise TableError("1:1: the file is UTF-16 or no text at all: save it as CSV UTF-8, or as Parquet")
        delimiter, first = _begin(head)
        if first < len(head):
            refuse_by_text(head[first])
        start = _header_line(head, first, delimiter, self._layout)
        if start < len(head):
            delimiter = delimiter or _delimiter(head[start])
            self.above = tuple(
                cells for line in head[first:start] for cells in _cells(line, delimiter or _delimiter(line))
            )
        return self._from(start, chain(head[start:], self._lines), delimiter or ",")

    def _from(self, start: int, lines: Iterator[str], delimiter: str) -> Iterator[tuple[int, list[str]]]:
        self._started = start
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        for cells in reader:
            self._lines.row_ends()
            line, self._started = self._started + 1, start + reader.line_num
            if any(cells):
                yield line, cells


def _explained(error: csv.Error | UnicodeDecodeError | RowTooLongError) -> str:
    if isinstance(error, RowTooLongError):
        return str(error)
    if isinstance(error, UnicodeDecodeError):
        byte = error.object[error.start : error.start + 1]
        near = error.object[error.start : error.start + 12].decode("cp1252", "replace")
        return (
            f"from here on a byte {byte!r} is not UTF-8; in Windows-1252 it would read {near!r}: save the file as CSV "
            "UTF-8"
        )
    return f"{error}: a quote is opened and not closed, or a cell is longer than {LARGEST_CELL}"


def _begin(head: list[str]) -> tuple[str | None, int]:
    """The delimiter that Excel's line `sep=;` names, if there is one, and the first line with something in it."""
    first = next((index for index, line in enumerate(head) if line.strip()), len(head))
    named = _SEPARATOR.fullmatch(head[first].strip()) if first < len(head) else None
    return (named[1], first + 1) if named else (None, first)


def _header_line(head: list[str], first: int, delimiter: str | None, layout: Layout) -> int:
    """The line that names the columns: where a person says, where a format knows it, else the widest one of names."""
    if layout.skip_lines:
        return layout.skip_lines
    for index in range(first, len(head)):
        for cells in _cells(head[index], delimiter):
            if layout.is_header([cell.strip() for cell in cells]):
                return index
    return _widest_names(head, first, delimiter)


def _widest_names(head: list[str], first: int, delimiter: str | None) -> int:
    """The first of the widest lines, if it has only names: what is above it is something else. Else the first line."""
    rows = {index: cells for index in range(first, len(head)) for cells in _cells(head[index], delimiter)}
    widths = [len(cells) for cells in rows.values() if any(cells)]
    widest = max((width for width in widths if widths.count(width) > 1), default=0)
    for index, cells in rows.items():
        if len(cells) == widest:
            are_names = sum(bool(_NAME.search(cell)) for cell in cells) > len(cells) / 2
            return index if are_names and not any(_FIGURE.fullmatch(cell.strip()) for cell in cells) else first
    return first


def _cells(line: str, delimiter: str | None) -> Iterator[list[str]]:
    """The cells of one line by itself; none where a quote goes on in the next, or no columns are so long."""
    if len(line) > LONGEST_HEADER:
        return
    try:
        yield next(csv.reader([line], delimiter=delimiter or _delimiter(line), strict=True), [])
    except csv.Error:
        return


def _delimiter(header: str) -> str:
    """The sign that separates most columns; signs inside quotes do not count."""
    bare = _QUOTED.sub("", header)
    return max(DELIMITERS, key=bare.count)


def _of_one_width(rows: Iterator[tuple[int, list[str]]], width: int, header: int) -> Iterator[tuple[int, Cells]]:
    """Rows with as many cells as there are columns; a delimiter too many at the end of a line is none."""
    for line, cells in rows:
        if len(cells) > width and not any(cells[width:]):
            del cells[width:]
        if len(cells) != width:
            place = f"{line}:{min(len(cells), width) + 1}"
            if cells[0].lstrip().startswith("#"):
                raise TableError(f"{line}:1: the line is a comment, which is not a row of the table: remove it")
            problem = f"the line has {len(cells)} cells, the header {width}"
            if len(cells) > width and line < header + LINES_LOOKED_AT:
                raise TableError(
                    f"{place}: {problem}: if the column names are further down, set skip_lines in a mapping; "
                    "else the file was changed: export it again"
                )
            raise TableError(f"{place}: {problem}: the file is cut off or was changed: export it again")
        yield line, cells
