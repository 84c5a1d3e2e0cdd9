"""What a manifest says: which immutable file holds each day of a feed, with its hash and control totals.

It proves itself by a hash of its content, and contains the hash of the generation before.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.domain.meters import TOKEN_METERS
from pipelines.domain.money import AMOUNT_SCALE
from pipelines.domain.source_kinds import SourceKind
from pipelines.errors import LandingError
from pipelines.landing.layouts import FIRST_LAYOUT
from pipelines.landing.sealed import DAMAGE, HASH, sealed, strict_json, without_hash
from pipelines.presentation.messages import CHANGED

SCHEMA_VERSION = 3
WITHOUT_LAYOUTS = 2
"""The version before named no layouts, because there was one; it is read, and the next write makes one of version 3."""
UNSEALED_VERSION = 1
"""The version before that had no hash either."""
COUNTED_COLUMNS = ("requests", *TOKEN_METERS, "unsplit_tokens")
"""Integer columns whose sums a manifest keeps as control totals, where they are not 0."""
WIDE_COUNT, WIDE_AMOUNT = pa.decimal128(38, 0), pa.decimal256(76, AMOUNT_SCALE)


@dataclass(frozen=True, order=True)
class Feed:
    """One connection that lands data: an API account, the agent logs of one machine, or one manual file."""

    source_kind: SourceKind
    source: str
    name: str

    @property
    def folder(self) -> str:
        """The feed's folder under the landing root. Outside text reaches a file name only as a slug and a hash."""
        slug = re.sub(r"[^a-z0-9]+", "-", self.name.lower()).strip("-")[:40] or "feed"
        digest = hashlib.sha256(f"{self.source_kind}\0{self.source}\0{self.name}".encode()).hexdigest()
        return f"{self.source}/{slug}-{digest[:10]}"

    def __str__(self) -> str:
        return f"{self.source} of {self.name}"


@dataclass(frozen=True)
class Partition:
    """One UTC day of a feed. `row_count` 0 means asked and empty; a day never asked has no partition.

    `layout` says which columns its file has (`layouts.layout_of`).
    """

    day: date
    file: str
    sha256: str
    row_count: int
    counts: Mapping[str, int]
    amounts: Mapping[str, Decimal]
    observed_at: datetime
    layout: str = FIRST_LAYOUT

    def to_json(self) -> dict[str, Any]:
        """The partition as a manifest writes it; amounts are text, so that no reader rounds them."""
        return {
            "file": self.file,
            "sha256": self.sha256,
            "row_count": self.row_count,
            "counts": dict(self.counts),
            "amounts": {currency: str(amount) for currency, amount in self.amounts.items()},
            "observed_at": self.observed_at.isoformat(),
            **({} if self.layout == FIRST_LAYOUT else {"layout": self.layout}),
        }

    @classmethod
    def from_json(cls, day: str, value: Mapping[str, Any]) -> Partition:
        """The partition a manifest applies to `day`.

        Raises:
            ValueError: its file is not named after its day and hash.
        """
        if value["file"] != file_of(date.fromisoformat(day), value["sha256"]):
            raise ValueError(f"the file of {day} is not named after its day and hash")
        return cls(
            day=date.fromisoformat(day),
            file=value["file"],
            sha256=value["sha256"],
            row_count=value["row_count"],
            counts={name: count for name, count in value["counts"].items() if count},
            amounts={currency: Decimal(amount) for currency, amount in value["amounts"].items()},
            observed_at=datetime.fromisoformat(value["observed_at"]),
            layout=value.get("layout", FIRST_LAYOUT),
        )


@dataclass(frozen=True)
class Manifest:
    """All days of one feed that are in effect, and the position its source will go on from.

    `account` is what the provider calls the account that the figures are of, where it says so: labels may change.
    `previous_sha256` is the hash of the file of the generation before; None for the first.
    `cursor_is_lost`: its file was damaged or removed, so that the source reads everything again.
    """

    feed: Feed
    generation: int
    observed_at: datetime
    partitions: Mapping[date, Partition]
    cursor_file: str | None = None
    cursor: Mapping[str, Any] = field(default_factory=dict)
    cursor_is_lost: bool = False
    account: str | None = None
    previous_sha256: str | None = None
    schema_version: int = SCHEMA_VERSION

    @property
    def days(self) -> tuple[date, ...]:
        """The covered days, in order."""
        return tuple(sorted(self.partitions))

    def to_bytes(self) -> bytes:
        """The manifest as its file holds it. The cursor has a separate file, which this names."""
        return sealed(
            {
                "schema_version": SCHEMA_VERSION,
                "source_kind": self.feed.source_kind,
                "source": self.feed.source,
                "feed": self.feed.name,
                "generation": self.generation,
                "previous_sha256": self.previous_sha256,
                "observed_at": self.observed_at.isoformat(),
                "cursor_file": self.cursor_file,
                **({} if self.account is None else {"account": self.account}),
                "partitions": {day.isoformat(): self.partitions[day].to_json() for day in self.days},
            }
        )

    @classmethod
    @lru_cache(maxsize=32)
    def from_bytes(cls, content: bytes, where: str) -> Manifest:
        """The manifest in `content`, without its cursor. One of years is read often in a run, and changes seldom.

        Raises:
            ValueError: it was changed after it was written, or is not a manifest.
            LandingError: a newer version of this project wrote it.
        """
        try:
            value = strict_json(content)
            if HASH in value or value["schema_version"] != UNSEALED_VERSION:
                value = without_hash(value)
            version = value["schema_version"]
            if version not in {SCHEMA_VERSION, WITHOUT_LAYOUTS, UNSEALED_VERSION}:
                raise LandingError(
                    f"{where} has schema version {version}, this version reads {SCHEMA_VERSION}: "
                    "use the version of ai-cost-tracker that wrote it, or a newer one"
                )
            partitions = [Partition.from_json(day, partition) for day, partition in value["partitions"].items()]
            return cls(
                feed=Feed(SourceKind(value["source_kind"]), value["source"], value["feed"]),
                generation=value["generation"],
                observed_at=datetime.fromisoformat(value["observed_at"]),
                partitions={partition.day: partition for partition in partitions},
                cursor_file=value["cursor_file"],
                account=value.get("account"),
                previous_sha256=None if version == UNSEALED_VERSION else value["previous_sha256"],
                schema_version=version,
            )
        except DAMAGE as error:
            raise ValueError(f"{where} {CHANGED}: {error}") from error


def file_of(day: date, sha256: str) -> str:
    """The path of a day's file below its feed's folder, named by day and content hash."""
    return f"days/{day}-{sha256[:16]}.parquet"


def control_totals(table: pa.Table) -> tuple[dict[str, int], dict[str, Decimal]]:
    """Exact sums of the counted columns that have any, and of cost_amount per currency, over a landing table."""
    # Arrow's sums of integers and of 38 digits wrap around without an error, so both are added in wider types.
    # Most columns of a day are empty, and asking a column how many nulls it has costs a fortieth of adding it.
    there = set(table.column_names)
    sums = {
        name: int(pc.sum(column.cast(WIDE_COUNT)).as_py())
        for name in COUNTED_COLUMNS
        if name in there and (column := table[name]).null_count < len(column)
    }
    counts = {name: count for name, count in sums.items() if count}
    if table["cost_amount"].null_count == table.num_rows:
        return counts, {}
    reported = table.select(["currency", "cost_amount"]).filter(pc.is_valid(table["cost_amount"]))
    amounts = pa.table({"currency": reported["currency"], "amount": reported["cost_amount"].cast(WIDE_AMOUNT)})
    by_currency = amounts.group_by("currency").aggregate([("amount", "sum")]).sort_by("currency").to_pylist()
    return counts, {row["currency"]: row["amount_sum"] for row in by_currency}
