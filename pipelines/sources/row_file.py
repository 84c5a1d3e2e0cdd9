"""Rows that every run adds to, in one sealed file of the home: the last statement of each thing.

Belongs here: reading and changing such a file, one writer at a time. Does not: what its rows say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from filelock import FileLock

from pipelines.landing.files import TEMPORARY_PREFIX, write_atomically
from pipelines.landing.sealed import DAMAGE, sealed, strict_json, unsealed
from pipelines.reading.files import content_of
from pipelines.state import set_folder_aside

Row = TypeVar("Row")


@dataclass(frozen=True, kw_only=True)
class RowFile(Generic[Row]):
    """The rows of one kind of a home, in a folder that nothing else writes temporary files into.

    `rows` is the key that they have in the file. `when_damaged` raises, or puts the file out of the way: then there are
    no rows.
    """

    path: Path
    rows: str
    from_json: Callable[[Any], Row]
    to_json: Callable[[Row], dict[str, Any]]
    when_damaged: Callable[[Path, Exception], None]

    def all(self) -> list[Row]:
        """Every row, in the order it was written; none before the first run."""
        try:
            content = content_of(self.path)
            # Earlier versions wrote a list, without a hash.
            values = strict_json(content) if content.startswith(b"[") else unsealed(content)[self.rows]
            return [self.from_json(value) for value in values]
        except FileNotFoundError:
            return []
        except (*DAMAGE, IsADirectoryError) as error:
            self.when_damaged(self.path, error)
            return []

    def change(self, changed: Callable[[list[Row]], Iterable[Row]]) -> None:
        """Write what `changed` makes of the rows; two runs at once would each write what the other had not seen."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        lock = self.path.with_suffix(".lock")
        set_folder_aside(lock, "Nothing else changes.")
        with FileLock(lock):
            for left_over in self.path.parent.glob(f"{TEMPORARY_PREFIX}*"):
                left_over.unlink()
            values = [self.to_json(row) for row in changed(self.all())]
            write_atomically(self.path, sealed({self.rows: values}))
