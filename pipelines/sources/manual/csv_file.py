"""From bytes to rows of cells: encoding, delimiter, quotes. Nothing is guessed without being asked about."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

REQUIRED = ("provider", "account", "amount", "currency")
PERIOD = ("date", "period_start", "period_end")
OPTIONAL = ("model", "project", "category", "tokens", "requests", "note", "entry_id", "replaces_source")
COLUMNS = (*PERIOD, *REQUIRED, *OPTIONAL)
"""Every column an entry file may have; with `REQUIRED`, either date or both ends of a period must be there."""

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs"}
LARGEST_CELL = 32_768
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
"""Those that turn the direction of text too: what is seen would not be what is kept."""
_SEPARATOR = re.compile(r'"?sep=(.)"?', flags=re.IGNORECASE)


@dataclass(frozen=True)
class Row:
    """One line of an entry file: where it starts, and its cells by column name."""

    line: int
    cells: dict[str, str]
    positions: dict[str, int]


class Unreadable(ValueError):  # noqa: N818 - it says what the file is
    """The file as a whole cannot be read; each reason is `line:column: text`."""

    def __init__(self, *reasons: str) -> None:
        self.reasons = list(reasons)
        super().__init__("; ".join(reasons))


def decode(content: bytes) -> str:
    """The text of a UTF-8 file, with or without a byte order mark.

    Raises:
        Unreadable: another encoding, with a guess at which.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unreadable("1:1: the file is UTF-16: save it as UTF-8 (in Excel: CSV UTF-8)")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        guess = content[error.start : error.start + 12].decode("cp1252", "replace")
        raise Unreadable(
            f"{line}:1: byte {content[error.start]:#04x} is not UTF-8; in Windows-1252 it would read {guess!r}: "
            "save the file as UTF-8"
        ) from error
    control = _CONTROL.search(text)
    if control:
        line = text.count("\n", 0, control.start()) + 1
        raise Unreadable(f"{line}:1: the line holds the control character {control.group()!r}: remove it")
    return text


def rows(content: bytes) -> Iterator[Row]:
    """The rows below the header that have its cells.

    Raises:
        Unreadable: no header, or unknown or missing columns; after the last row: ragged rows and open quotes.
    """
    above, delimiter = _beginning(decode(content))
    # As a stream of lines: the text of a large file takes four times its bytes as one.
    text = io.TextIOWrapper(io.BytesIO(content), encoding="utf-8-sig", newline="")
    lines = itertools.islice(text, above, None)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    names: list[str] | None = None
    reasons: list[str] = []
    started = above
    try:
        for cells in reader:
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
                reasons.append(f"{line}:{problem}")
                continue
            yield Row(line, {name: cell.strip() for name, cell in zip(names, cells, strict=True)}, positions)
    except csv.Error as error:
        raise Unreadable(
            f"{started + 1}:1: {error}: a quote is opened and not closed, or stands inside a cell"
        ) from error
    if reasons:
        raise Unreadable(*reasons)


def _beginning(text: str) -> tuple[int, str]:
    """How many lines stand above the header, and the delimiter: Excel's own line `sep=;` may name it."""
    lines = list(io.StringIO(text[:LARGEST_CELL], newline=""))
    first = next((index for index, line in enumerate(lines) if line.strip()), None)
    if first is None:
        raise Unreadable("1:1: the file is empty: its first line must name the columns")
    named = _SEPARATOR.fullmatch(lines[first].strip())
    return (first + 1, named[1]) if named else (first, _delimiter(lines[first].rstrip("\r\n")))


def _shape(cells: list[str], width: int) -> str | None:
    """What is wrong with the number or length of a line's cells, as `column: text`."""
    if len(cells) == width:
        too_long = (index for index, cell in enumerate(cells, 1) if len(cell) > LARGEST_CELL)
        return next((f"{index}: the cell is longer than {LARGEST_CELL} characters" for index in too_long), None)
    if cells[0].lstrip().startswith("#"):
        return "1: the line is a comment, which a file of entries cannot have: remove it, or use the column note"
    return (
        f"{min(len(cells), width) + 1}: the line has {len(cells)} cells, the header {width}: quote a cell that "
        "holds the delimiter, or add what is missing"
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
    raise Unreadable(f"1:1: the header holds {words}: which one separates the columns? Use only that one in it")


def _name(cell: str) -> str:
    return re.sub(r"[\s-]+", "_", cell.strip().strip('"').lower())


def _header(cells: list[str], line: int) -> list[str]:
    names = [_name(cell) for cell in cells]
    while not names[-1]:
        names.pop()
    reasons = []
    for index, name in enumerate(names, 1):
        if name not in COLUMNS:
            close = get_close_matches(name, COLUMNS, 1)
            hint = f"did you mean {close[0]}?" if close else f"columns are: {', '.join(COLUMNS)}"
            reasons.append(f"{line}:{index}: there is no column {cells[index - 1].strip()!r}; {hint}")
        elif name in names[: index - 1]:
            reasons.append(f"{line}:{index}: the column {name} stands twice")
    reasons += [f"{line}:1: the column {name} is missing" for name in REQUIRED if name not in names]
    if "date" not in names and not {"period_start", "period_end"} <= set(names):
        reasons.append(f"{line}:1: the column date is missing, or period_start and period_end instead of it")
    if reasons:
        raise Unreadable(*reasons)
    return names
