"""The one normalised row every source lands: its columns, their types, their grain and the row's identity.

Grain: source x account x period x dimensions x meter. Token columns are disjoint, so total tokens are their
sum. Money is Decimal in the major unit of its currency. A column that a source does not state is None, which
is not zero. Nothing here holds prompt text, and no identity column contains a quantity or money, so that a
restated figure replaces its row instead of standing alongside it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, make_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from itertools import pairwise, repeat
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import orjson
import pyarrow as pa

from pipelines.domain.meters import BY_NAME, METERS
from pipelines.domain.money import AMOUNT_SCALE
from pipelines.domain.periods import utc_day
from pipelines.domain.source_kinds import SourceKind


class RecordKind(StrEnum):
    """What a row states: quantities, money, or both."""

    USAGE = "usage"
    COST = "cost"
    USAGE_COST = "usage_cost"


class ChargeCategory(StrEnum):
    """FOCUS 1.2 ChargeCategory."""

    USAGE = "Usage"
    PURCHASE = "Purchase"
    TAX = "Tax"
    CREDIT = "Credit"
    ADJUSTMENT = "Adjustment"


class CostBasis(StrEnum):
    """How a source knows the amount it states."""

    PROVIDER_REPORTED = "provider_reported"
    """the provider charges it"""
    PROVIDER_ESTIMATE = "provider_estimate"
    """the provider or a gateway estimated it from usage and its prices"""


CACHE_WRITES_FOR = "cache writes for "
"""How the service tier begins of a row of cache writes whose duration has no column, and no known price."""

IDENTITY_COLUMNS = (
    "source",
    "record_kind",
    "account_name",
    "provider",
    "host",
    "period_start",
    "period_end",
    "project",
    "api_key_id",
    "user_id",
    "service",
    "model_raw",
    "service_tier",
    "is_batch",
    "speed",
    "context_window",
    "inference_geo",
    "meter",
    "line_item",
    "session_id",
    "message_id",
    "request_id",
    "entry_id",
    "row_ordinal",
)
"""What makes two rows the same row. Restating a quantity or an amount leaves all of these as they are."""

_AMOUNT = pa.decimal128(38, AMOUNT_SCALE)
_MOMENT = pa.timestamp("us", tz="UTC")

LANDING_SCHEMA = pa.schema(
    [
        pa.field("record_key", pa.string(), nullable=False),
        pa.field("source_kind", pa.string(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("record_kind", pa.string(), nullable=False),
        pa.field("account_name", pa.string(), nullable=False),
        pa.field("provider", pa.string(), nullable=False),
        pa.field("host", pa.string()),
        pa.field("period_start", _MOMENT, nullable=False),
        pa.field("period_end", _MOMENT, nullable=False),
        pa.field("grain", pa.string(), nullable=False),
        pa.field("project", pa.string()),
        pa.field("project_name", pa.string()),
        pa.field("api_key_id", pa.string()),
        pa.field("api_key_name", pa.string()),
        pa.field("user_id", pa.string()),
        pa.field("service", pa.string()),
        pa.field("model_raw", pa.string()),
        pa.field("service_tier", pa.string()),
        pa.field("is_batch", pa.bool_()),
        pa.field("speed", pa.string()),
        pa.field("context_window", pa.string()),
        pa.field("inference_geo", pa.string()),
        pa.field("meter", pa.string()),
        pa.field("line_item", pa.string()),
        pa.field("session_id", pa.string()),
        pa.field("message_id", pa.string()),
        pa.field("request_id", pa.string()),
        pa.field("is_sidechain", pa.bool_()),
        pa.field("entry_id", pa.string()),
        pa.field("row_ordinal", pa.int64(), nullable=False),
        pa.field("requests", pa.int64()),
        *(pa.field(meter.name, _AMOUNT if meter.is_fractional else pa.int64()) for meter in METERS),
        pa.field("quantity", _AMOUNT),
        pa.field("quantity_unit", pa.string()),
        pa.field("cost_amount", _AMOUNT),
        pa.field("list_cost_amount", _AMOUNT),
        pa.field("currency", pa.string()),
        pa.field("cost_basis", pa.string()),
        pa.field("is_billable", pa.bool_()),
        pa.field("charge_category", pa.string(), nullable=False),
        pa.field("entry_category", pa.string()),
        pa.field("replaces_source", pa.bool_(), nullable=False),
        pa.field("note", pa.string()),
        pa.field("tags", pa.string()),
        pa.field("extra", pa.string()),
        pa.field("source_file", pa.string()),
    ]
)
"""The columns and types of a landing file, in order."""


if TYPE_CHECKING:

    class _Counted:
        """What a record counts: one attribute for each meter, None where the source does not state it."""

        def __getattr__(self, name: str) -> Any: ...

else:
    _Counted = make_dataclass("_Counted", [(name, "Any", None) for name in BY_NAME], frozen=True, kw_only=True)


@dataclass(frozen=True, kw_only=True)
class UsageRecord(_Counted):
    """One normalised row. Times are UTC and half-open; money is in major units.

    What is counted is an attribute named by its meter, such as `output_tokens=120`; None is not reported.

    `account_name` is the label of the configured account, the tool that wrote a log, or the account a person
    named. `host` is the machine a log was written on. `grain` is event, 1h, 1d, 1mo or period. `project` is
    the provider's project or the folder a coding agent worked in. `unsplit_tokens` are tokens a person entered
    without saying of which kind. `replaces_source` marks a manual row that replaces what was fetched
    for its provider and account over its period. `source_file` is the name of the file a row was read from.

    `project` and `api_key_id` are the provider's ids, `project_name` and `api_key_name` what people call them at
    the time of reading. `quantity` counts what is not tokens, in `quantity_unit` (images, characters, seconds,
    credits). `cost_amount` is what is charged, `list_cost_amount` the price before discount, if the source states
    it. `cost_basis` says how the source knows its amount; None: it states none, or a person entered it.
    `is_billable` is False where the source reports that nobody is charged (an included quota, a key of the user).
    `tags` is a JSON object of text to text; `extra` a JSON object of what the source states and no column holds.
    """

    source_kind: SourceKind
    source: str
    record_kind: RecordKind
    account_name: str
    provider: str
    period_start: datetime
    period_end: datetime
    grain: str
    host: str | None = None
    project: str | None = None
    project_name: str | None = None
    api_key_id: str | None = None
    api_key_name: str | None = None
    user_id: str | None = None
    service: str | None = None
    model_raw: str | None = None
    service_tier: str | None = None
    is_batch: bool | None = None
    speed: str | None = None
    context_window: str | None = None
    inference_geo: str | None = None
    meter: str | None = None
    line_item: str | None = None
    session_id: str | None = None
    message_id: str | None = None
    request_id: str | None = None
    is_sidechain: bool | None = None
    entry_id: str | None = None
    row_ordinal: int = 0
    requests: int | None = None
    quantity: Decimal | None = None
    quantity_unit: str | None = None
    cost_amount: Decimal | None = None
    list_cost_amount: Decimal | None = None
    currency: str | None = None
    cost_basis: CostBasis | None = None
    is_billable: bool | None = None
    charge_category: ChargeCategory = ChargeCategory.USAGE
    entry_category: str | None = None
    replaces_source: bool = False
    note: str | None = None
    tags: str | None = None
    extra: str | None = None
    source_file: str | None = None

    @property
    def day(self) -> date:
        """The UTC day this record is landed under: the one its period starts on."""
        return utc_day(self.period_start)

    @cached_property
    def record_key(self) -> str:
        """What makes two rows the same row, as one hash."""
        return _key_of(_identity(self))


_FIELDS = tuple(field.name for field in fields(UsageRecord))
_DEFAULTS = {field.name: field.default for field in fields(UsageRecord) if field.default is not MISSING}
_identity = attrgetter(*IDENTITY_COLUMNS)
_values = attrgetter(*_FIELDS)


def to_table(records: Iterable[UsageRecord]) -> pa.Table:
    """The records as one table of `LANDING_SCHEMA`. Raises as `table_of`."""
    rows = list(map(_values, records))
    columns = dict(zip(_FIELDS, zip(*rows, strict=True), strict=True)) if rows else {}
    empty = {name: None for name, values in columns.items() if not any(value is not None for value in values)}
    return table_of(len(rows), {name: values for name, values in columns.items() if name not in empty}, empty)


def table_of(count: int, columns: Mapping[str, Sequence[Any]], constants: Mapping[str, Any]) -> pa.Table:
    """`count` rows by column as a table of `LANDING_SCHEMA`, ordered by record_key: equal rows give equal bytes.

    Args:
        count: the number of rows.
        columns: the values of the columns in which rows differ, as attributes of a `UsageRecord` have them.
        constants: the one value of other columns; what is in neither has the value that a record has by default.

    Raises:
        ValueError: two records share a key, a period is not UTC and half-open, or money lacks its currency.
    """
    if not count:
        return LANDING_SCHEMA.empty_table()
    same = {**_DEFAULTS, **constants}

    def values(name: str) -> Iterable[Any]:
        return columns[name] if name in columns else repeat(same[name], count)

    keys = [_key_of(row) for row in zip(*map(values, IDENTITY_COLUMNS), strict=True)]
    order = sorted(range(count), key=keys.__getitem__)
    source = next(iter(values("source")))
    _check([keys[index] for index in order], values, source)
    every = {**columns, "record_key": keys}
    arrays = [_array(field, count, every, same) for field in LANDING_SCHEMA]
    return pa.Table.from_arrays(arrays, schema=LANDING_SCHEMA).take(pa.array(order))


def _array(field: pa.Field, count: int, columns: Mapping[str, Sequence[Any]], constants: Mapping[str, Any]) -> pa.Array:
    """One column. A day has few rows, and Arrow makes empty columns fastest as nulls."""
    if field.name in columns:
        return pa.array(columns[field.name], type=field.type)
    if constants[field.name] is None:
        return pa.nulls(count, type=field.type)
    return pa.repeat(pa.scalar(constants[field.name], type=field.type), count)


def _check(ordered_keys: Sequence[str], values: Callable[[str], Iterable[Any]], source: str) -> None:
    for earlier, later in pairwise(ordered_keys):
        if earlier == later:
            files = sorted({str(file) for file in values("source_file")})
            raise ValueError(f"two records of {source} share the key {later}: {', '.join(files)}")
    for start, end in zip(values("period_start"), values("period_end"), strict=True):
        if start.tzinfo is not UTC or end.tzinfo is not UTC:
            raise ValueError(f"the period of a {source} record is not in UTC")
        if end <= start:
            raise ValueError(f"the period of a {source} record ends before it starts")
    for amount, currency in zip(values("cost_amount"), values("currency"), strict=True):
        if amount is not None and currency is None:
            raise ValueError(f"an amount of {source} has no currency")


def _key_of(identity: tuple[Any, ...]) -> str:
    """sha256 over the values of `IDENTITY_COLUMNS` as canonical JSON, null kept as null."""
    return hashlib.sha256(orjson.dumps(identity, option=orjson.OPT_UTC_Z)).hexdigest()


def from_table(table: pa.Table) -> list[UsageRecord]:
    """The records of a table that `to_table` made."""
    rows = table.select(_FIELDS).to_pylist()
    return [_from_row(row) for row in rows]


def _from_row(row: dict[str, object]) -> UsageRecord:
    moments = {name: row[name].replace(tzinfo=UTC) for name in ("period_start", "period_end")}  # type: ignore[attr-defined]
    basis = row["cost_basis"]
    kinds = {
        "cost_basis": None if basis is None else CostBasis(str(basis)),
        "source_kind": SourceKind(str(row["source_kind"])),
        "record_kind": RecordKind(str(row["record_kind"])),
        "charge_category": ChargeCategory(str(row["charge_category"])),
    }
    return UsageRecord(**{**row, **moments, **kinds})
