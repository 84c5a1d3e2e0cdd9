"""The CSV of people's verdicts on anomalies: event_id, verdict, note, noted_on. The last line of an event counts."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from filelock import FileLock

from pipelines.errors import EntryFileError, Problems
from pipelines.landing.files import write_atomically
from pipelines.reading.files import content_of, is_there
from pipelines.reading.rows import RowTooLongError
from pipelines.sources.manual import values
from pipelines.sources.manual.csv_entries import LARGEST_FILE, read_content
from pipelines.sources.manual.csv_file import CsvError, lines_of

COLUMNS = ("event_id", "verdict", "note", "noted_on")
NEEDED = ("event_id", "verdict")
VERDICTS = ("confirmed", "dismissed", "expected")
EVENT_ID = re.compile(r"[0-9a-f]{8}")
LONGEST_NOTE = 1000


@dataclass(frozen=True)
class AnomalyFeedback:
    """A person's verdict on one event, its reason and its day."""

    event_id: str
    verdict: str
    note: str | None = None
    noted_on: date | None = None


class FeedbackFile:
    """The file of one home; it need not be there."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def all(self) -> list[AnomalyFeedback]:
        """The last word on each event, by event.

        Raises:
            EntryFileError: the file is not such a table; with every problem as file:line:column.
        """
        if not is_there(self.path):
            return []
        last = {each.event_id: each for each in _parsed(read_content(self.path), self.path.name)}
        return [last[event_id] for event_id in sorted(last)]

    def add(self, feedback: AnomalyFeedback) -> None:
        """Put `feedback` below what is there; no line is changed.

        Raises:
            EntryFileError: the file is not such a table.
            HomeError: it cannot be written.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(self.path.with_suffix(".lock")):
            earlier = _parsed(read_content(self.path), self.path.name) if is_there(self.path) else []
            written = io.StringIO()
            lines = csv.writer(written, lineterminator="\n")
            lines.writerow(COLUMNS)
            for each in [*earlier, feedback]:
                lines.writerow([each.event_id, each.verdict, each.note or "", each.noted_on or ""])
            write_atomically(self.path, written.getvalue().encode())

    def digest(self) -> str:
        """A hash over the file, be it valid or not: whoever reads it says what is wrong with it."""
        try:
            content = content_of(self.path, largest=LARGEST_FILE)
        except OSError as error:
            content = type(error).__name__.encode()
        return hashlib.sha256(content).hexdigest()


def _parsed(content: bytes, name: str) -> list[AnomalyFeedback]:
    problems = Problems()
    found: list[AnomalyFeedback] = []
    try:
        for line, cells in _lines(content, problems):
            feedback = _feedback(line, cells, problems)
            if feedback is not None:
                found.append(feedback)
    except CsvError as error:
        problems.add(*error.reasons)
    if problems:
        raise EntryFileError(name, [f"{name}:{problem}" for problem in problems.texts], problems.count)
    return found


def _lines(content: bytes, problems: Problems) -> Iterator[tuple[int, dict[str, str]]]:
    lines = lines_of(content)
    reader = csv.reader(lines, strict=True)
    names: list[str] | None = None
    try:
        for cells in reader:
            lines.row_ends()
            if not any(cell.strip() for cell in cells):
                continue
            if names is None:
                names = _header(cells, reader.line_num)
            elif len(cells) != len(names):
                problems.add(f"{reader.line_num}:1: the line has {len(cells)} cells, the header {len(names)}")
            else:
                yield reader.line_num, dict(zip(names, (cell.strip() for cell in cells), strict=True))
    except csv.Error as error:
        raise CsvError(f"{reader.line_num}:1: {error}: a quote is opened and not closed") from error
    except RowTooLongError as error:
        raise CsvError(f"{reader.line_num + 1}:1: {error}") from error
    if names is None:
        raise CsvError(f"1:1: the file is empty: the first line must be {','.join(COLUMNS)}")


def _header(cells: list[str], line: int) -> list[str]:
    names = [cell.strip().lower() for cell in cells]
    if len(set(names)) != len(names) or not set(NEEDED) <= set(names) <= set(COLUMNS):
        known = ",".join(COLUMNS)
        raise CsvError(f"{line}:1: the first line must be {known}, not {','.join(names)[:80]}")
    return names


def _feedback(line: int, cells: dict[str, str], problems: Problems) -> AnomalyFeedback | None:
    event_id, verdict, note = cells["event_id"].lower(), cells["verdict"].lower(), cells.get("note", "")
    reasons = []
    if not EVENT_ID.fullmatch(event_id):
        reasons.append(f"event_id: {event_id[:20]!r} is not an id, as `ai-costs anomalies list` shows them")
    if verdict not in VERDICTS:
        reasons.append(f"verdict: {verdict[:20]!r} is not one of {', '.join(VERDICTS)}")
    if len(note) > LONGEST_NOTE:
        reasons.append(f"note: it is longer than {LONGEST_NOTE:,} characters")
    noted_on = None
    if cells.get("noted_on"):
        try:
            noted_on = values.day(cells["noted_on"])
        except ValueError as error:
            reasons.append(f"noted_on: {error}")
    problems.add(*(f"{line}:1: {reason}" for reason in reasons))
    return None if reasons else AnomalyFeedback(event_id, verdict, note or None, noted_on)
