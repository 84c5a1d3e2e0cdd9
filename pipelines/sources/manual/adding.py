"""Adding one entry to the file of `ai-costs add`."""

from __future__ import annotations

import csv
import io
import uuid
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from pipelines.landing.files import write_atomically
from pipelines.reading.files import is_there
from pipelines.sources.manual.csv_entries import parse_entries, read_content
from pipelines.sources.manual.csv_file import COLUMNS

FILE_NAME = "entries.csv"


def append_entry(folder: Path, cells: Mapping[str, str], today: date) -> str:
    """Add a row to entries.csv, checked by the same rules as any file; give the entry's id.

    Args:
        folder: the folder of entry files.
        cells: text by column name; a column that is left out stays empty.
        today: the day to judge dates against.

    Raises:
        EntryFileError: the file would be refused with the new row, or is refused already; it is left as it is.
    """
    path = folder / FILE_NAME
    entry_id = cells.get("entry_id") or f"{today}-{uuid.uuid4().hex[:8]}"
    before = read_content(path) if is_there(path) else _line(list(COLUMNS))
    parse_entries(before, FILE_NAME, today)
    header = next(csv.reader(io.StringIO(before.decode("utf-8-sig"))))
    row = {**cells, "entry_id": entry_id}
    content = before if before.endswith(b"\n") else before + b"\n"
    content += _line([row.get(name.strip().lower(), "") for name in header])
    parse_entries(content, FILE_NAME, today)
    write_atomically(path, content)
    return entry_id


def _line(cells: list[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue().encode()
