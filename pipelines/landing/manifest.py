"""What a manifest says: which immutable file holds each day of a feed, with its hash and control totals."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import orjson
import pyarrow as pa

from pipelines.domain.money import exact_sum
from pipelines.domain.records import TOKEN_COLUMNS, SourceKind
from pipelines.errors import LandingError

SCHEMA_VERSION = 1
COUNTED_COLUMNS = ("requests", *TOKEN_COLUMNS, "unsplit_tokens")
"""Integer columns whose sums a manifest keeps as control totals."""


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
    """One UTC day of a feed. `row_count` 0 means asked and empty; a day never asked has no partition."""

    day: date
    file: str
    sha256: str
    row_count: int
    counts: Mapping[str, int]
    amounts: Mapping[str, Decimal]
    observed_at: datetime

    def to_json(self) -> dict[str, Any]:
        """The partition as a manifest writes it; amounts are text, so that no reader rounds them."""
        return {
            "file": self.file,
            "sha256": self.sha256,
            "row_count": self.row_count,
            "counts": dict(self.counts),
            "amounts": {currency: str(amount) for currency, amount in self.amounts.items()},
            "observed_at": self.observed_at.isoformat(),
        }

    @classmethod
    def from_json(cls, day: str, value: Mapping[str, Any]) -> Partition:
        """The partition a manifest holds for `day`."""
        return cls(
            day=date.fromisoformat(day),
            file=value["file"],
            sha256=value["sha256"],
            row_count=value["row_count"],
            counts=value["counts"],
            amounts={currency: Decimal(amount) for currency, amount in value["amounts"].items()},
            observed_at=datetime.fromisoformat(value["observed_at"]),
        )


@dataclass(frozen=True)
class Manifest:
    """All days of one feed that are in force, and the position its source will go on from.

    `account` is what the provider calls the account that the figures are of, where it says so: labels may change.
    """

    feed: Feed
    generation: int
    observed_at: datetime
    partitions: Mapping[date, Partition]
    cursor_file: str | None = None
    cursor: Mapping[str, Any] = field(default_factory=dict)
    account: str | None = None

    @property
    def days(self) -> tuple[date, ...]:
        """The covered days, in order."""
        return tuple(sorted(self.partitions))

    def to_bytes(self) -> bytes:
        """The manifest as its file holds it. The cursor has a file of its own, which this names."""
        return orjson.dumps(
            {
                "schema_version": SCHEMA_VERSION,
                "source_kind": self.feed.source_kind,
                "source": self.feed.source,
                "feed": self.feed.name,
                "generation": self.generation,
                "observed_at": self.observed_at.isoformat(),
                "cursor_file": self.cursor_file,
                **({} if self.account is None else {"account": self.account}),
                "partitions": {day.isoformat(): self.partitions[day].to_json() for day in self.days},
            },
            option=orjson.OPT_INDENT_2,
        )

    @classmethod
    def from_bytes(cls, content: bytes, where: str) -> Manifest:
        """The manifest in `content`, without its cursor.

        Raises:
            LandingError: it cannot be read, or a newer version of this project wrote it.
        """
        try:
            value = orjson.loads(content)
            version = value["schema_version"]
            if version != SCHEMA_VERSION:
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
            )
        except (ValueError, KeyError, TypeError, ArithmeticError) as error:
            raise LandingError(
                f"{where} is not a readable manifest ({type(error).__name__}): put back the newest file of the "
                "generations folder beside it, or a copy from a backup"
            ) from error


def control_totals(table: pa.Table) -> tuple[dict[str, int], dict[str, Decimal]]:
    """Sums of the counted columns, and exact sums of cost_amount per currency, over a landing table."""
    counts = {name: sum(value for value in table[name].to_pylist() if value is not None) for name in COUNTED_COLUMNS}
    by_currency: dict[str, list[Decimal]] = {}
    for currency, value in zip(table["currency"].to_pylist(), table["cost_amount"].to_pylist(), strict=True):
        if value is not None:
            by_currency.setdefault(currency, []).append(value)
    return counts, {currency: exact_sum(values) for currency, values in sorted(by_currency.items())}
