"""From bytes to rows of cells: encoding, delimiter, quotes. Nothing is guessed without being asked about."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import chain

from pipelines.errors import Problems
from pipelines.reading.rows import BoundedRows, RowTooLongError

REQUIRED = ("provider", "account", "amount", "currency")
PERIOD = ("date", "period_start", "period_end")
OPTIONAL = ("model", "project", "category", "tokens", "requests", "note", "entry_id", "replaces_source")
COLUMNS = (*PERIOD, *REQUIRED, *OPTIONAL)
"""Every column an entry file may have; with `REQUIRED`, either date or both ends of a period must be there."""

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs"}
LARGEST_CELL = 32_768
MOST_COLUMNS = 100
"""Of an entry file: a table with more is something else, and its columns are not looked at one by one."""
LONGEST_NAME = 60
"""Characters of a column's name, as far as it is shown and compared."""
BLOCK = 1 << 20
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
"""Those that turn the direction of text too: what is seen would not be what is stored."""
_SEPARATOR = re.compile(r'"?sep=(.)"?', flags=re.IGNORECASE)


@dataclass(frozen=True)
class Row:
    """One line of an entry file: where it starts, and its cells by column name."""

    line: int
    cells: dict[str, str]
    positions: dict[str, int]


class CsvError(ValueError):
    """The file as a whole cannot be read; each of the first reasons is `line:column: text`, `count` is of all."""

    def __init__(self, *reasons: str, count: int | None = None) -> None:
        self.reasons = list(reasons)
        self.count = len(reasons) if count is None else count
        super().__init__("; ".join(reasons))


def lines_of(content: bytes) -> BoundedRows:
    """The lines of a UTF-8 file, with or without a byte order mark.

    Raises:
        CsvError: another encoding, with a guess at which, or a control character.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise CsvError("1:1: the file is UTF-16: save it as UTF-8 (in Excel: CSV UTF-8)")
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    # In blocks: the text of a large file takes up to four times its bytes as one.
    for start in range(0, len(content) + 1, BLOCK):
        block = content[start : start + BLOCK]
        try:
            text = decoder.decode(block, final=len(block) < BLOCK)
        except UnicodeDecodeError as error:
            raise _not_utf8(content, start + error.start + len(block) - len(error.object)) from error
        control = _CONTROL.search(text)
        if control:
            line = content.count(b"\n", 0, start) + text.count("\n", 0, control.start()) + 1
            raise CsvError(f"{line}:1: the line contains the control character {control.group()!r}: remove it")
    return BoundedRows(io.TextIOWrapper(io.BytesIO(content), encoding="utf-8-sig", newline=""))


def _not_utf8(content: bytes, place: int) -> CsvError:
    line = content.count(b"\n", 0, place) + 1
    guess = content[place : place + 12].decode("cp1252", "replace")
    return CsvError(
        f"{line}:1: byte {content[place]:#04x} is not UTF-8; in Windows-1252 it would read {guess!r}: save the file as "
        "UTF-8"
    )


def rows(content: bytes) -> Iterator[Row]:
    """The rows below the header that have its cells.

    Raises:
        CsvError: no header, or unknown or missing columns; after the last row: ragged rows and open quotes.
    """
    lines = lines_of(content)
    started = above = 0
    names: list[str] | None = None
    ragged = Problems()
    try:
        above, delimiter, first = _beginning(lines)
        started = above
        reader = csv.reader(chain(first, lines), delimiter=delimiter, strict=True)
        for cells in reader:
            lines.row_ends()
            line, started = started + 1, above + reader.line_num
            if not any(cell.strip() for cell in cells):
                continue
            if names is None:
                names = _header(cells, line)
                positions = {name: index for index, name in enumerate(names, 1)}
                continue
            if len(cells) > len(names) and not any(cell.strip() for cell in cells[len(names) :]):
                del cells[len(names) :]
            problem = _shape(cells, len(names))
            if problem:
                ragged.add(f"{line}:{problem}")
                continue
            yield Row(line, {name: cell.strip() for name, cell in zip(names, cells, strict=True)}, positions)
    except csv.Error as error:
        raise CsvError(f"{started + 1}:1: {error}: a quote is not closed, or is inside a cell") from error
    except RowTooLongError as error:
        raise CsvError(f"{started + 1}:1: {error}") from error
    if ragged:
        raise CsvError(*ragged.texts, count=ragged.count)


def _beginning(lines: BoundedRows) -> tuple[int, str, list[str]]:
    """How many lines are above the header, the delimiter, which Excel's line `sep=;` may name, and the header."""
    for index, line in enumerate(lines):
        lines.row_ends()
        if line.strip():
            named = _SEPARATOR.fullmatch(line.strip())
            return (index + 1, named[1], []) if named else (index, _delimiter(line.rstrip("\r\n")), [line])
    raise CsvError("1:1: the file is empty: its first line must name the columns")


def _shape(cells: list[str], width: int) -> str | None:
    """What is wrong with the number or length of a line's cells, as `column: text`."""
    if len(cells) == width:
        too_long = (index for index, cell in enumerate(cells, 1) if len(cell) > LARGEST_CELL)
        return next((f"{index}: the cell is longer than {LARGEST_CELL} characters" for index in too_long), None)
    if cells[0].lstrip().startswith("#"):
        return "1: the line is a comment, which a file of entries cannot have: remove it, or use the column note"
    return (
        f"{min(len(cells), width) + 1}: the line has {len(cells)} cells, the header {width}: quote a cell that "
        "contains the delimiter, or add what is missing"
    )


def is_of_entries(columns: Sequence[str]) -> bool:
    """Whether most of these columns are those of entries, and most that an entry needs are among them."""
    names = [_name(column) for column in columns]
    has_needed = 2 * sum(name in names for name in REQUIRED) > len(REQUIRED)
    return has_needed and 2 * sum(name in COLUMNS for name in names) > len(columns)


def _delimiter(header: str) -> str:
    found = [sign for sign in DELIMITERS if sign in header]
    if len(found) < 2:  # noqa: PLR2004 - one, or a file of one column
        return found[0] if found else ","
    fitting = [sign for sign in found if all(_name(cell) in COLUMNS for cell in header.split(sign))]
    if len(fitting) == 1:
        return fitting[0]
    words = " and ".join(DELIMITERS[sign] for sign in found)
    raise CsvError(f"1:1: the header contains {words}: use only the one that separates the columns")


def _name(cell: str) -> str:
    return re.sub(r"[\s-]+", "_", cell.strip().strip('"').lower())


def _meant(name: str) -> str:
    """Which column a name may mean; the search takes the square of a name's length."""
    close = get_close_matches(name, COLUMNS, 1) if len(name) <= LONGEST_NAME else []
    return f"did you mean {close[0]}?" if close else f"columns are: {', '.join(COLUMNS)}"


def _header(cells: list[str], line: int) -> list[str]:
    while not cells[-1].strip():
        cells.pop()
    if len(cells) > MOST_COLUMNS:
        known = f"an entry has {len(COLUMNS)} at most: {', '.join(COLUMNS)}"
        raise CsvError(f"{line}:{MOST_COLUMNS + 1}: the header has {len(cells):,} columns; {known}")
    names = [_name(cell) for cell in cells]
    reasons = []
    for index, name in enumerate(names, 1):
        if name not in COLUMNS:
            reasons.append(
                f"{line}:{index}: there is no column {cells[index - 1].strip()[:LONGEST_NAME]!r}; {_meant(name)}"
            )
        elif name in names[: index - 1]:
            reasons.append(f"{line}:{index}: the column {name} appears twice")
    reasons += [f"{line}:1: the column {name} is missing" for name in REQUIRED if name not in names]
    if "date" not in names and not {"period_start", "period_end"} <= set(names):
        reasons.append(f"{line}:1: the column date is missing, or period_start and period_end instead of it")
    if reasons:
        raise CsvError(*reasons)
    return names
