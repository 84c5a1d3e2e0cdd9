"""What the rows of a month came to, stored under the hashes of the files that were added up.

    <source>/<feed>/sums.index    a line of JSON: of each month a name for what was added up, and how long its sums are;
                                  then the sums, as Arrow streams

Derived from landing and rebuilt when it is lost or damaged. Belongs here: that file. Does not: how rows are added up
(valuation.py).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import accumulate, pairwise
from pathlib import Path
from typing import NamedTuple

import orjson
import pyarrow as pa

from pipelines.landing import derived
from pipelines.landing.sealed import DAMAGE

FILE = "sums.index"
VERSION = 1
"""To be raised when rows are added up otherwise."""


class _Month(NamedTuple):
    """A name for what was added up, and the sums as an Arrow stream."""

    made_of: str
    sums: bytes


class StoredSums:
    """The sums of one feed, by month."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._before = _read(self._path)
        self._asked: dict[date, _Month] = {}

    def of(self, month: date, made_of: str, add_up: Callable[[], pa.Table]) -> pa.Table:
        """The sums of a month: those that are stored, if they were `made_of` the same; else what `add_up` gives."""
        known = self._before.get(month)
        if known is None or known.made_of != made_of:
            known = _Month(made_of, _to_stream(add_up()))
        self._asked[month] = known
        return pa.ipc.open_stream(known.sums).read_all()

    def save(self) -> None:
        """Keep the sums of all months that were asked for, and no others."""
        if self._asked == self._before:
            return
        months = {month.isoformat(): [retained.made_of, len(retained.sums)] for month, retained in self._asked.items()}
        header = orjson.dumps({"version": VERSION, "months": months})
        derived.write(self._path, b"".join([header, b"\n", *(retained.sums for retained in self._asked.values())]))


def _to_stream(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    stream: bytes = sink.getvalue().to_pybytes()
    return stream


def _read(path: Path) -> dict[date, _Month]:
    """What is stored; nothing where that is lost, damaged or of another version."""
    header, _, body = (derived.read(path) or b"").partition(b"\n")
    try:
        value = orjson.loads(header)
        if value["version"] != VERSION:
            return {}
        places = pairwise(accumulate((length for _, length in value["months"].values()), initial=0))
        return {
            date.fromisoformat(month): _Month(made_of, body[start:end])
            for (month, (made_of, _)), (start, end) in zip(value["months"].items(), places, strict=True)
        }
    except DAMAGE:
        return {}
