"""The one normalised row every source lands: its columns, their types, their grain and the row's identity.

Grain: source x account x period x dimensions x meter. Token columns are disjoint, so total tokens are their
sum. Money is Decimal in the major unit of its currency. A column that a source does not state is None, which
is not zero. Nothing here holds prompt text, and no identity column holds a quantity or money, so that a
restated figure replaces its row instead of standing beside it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from operator import attrgetter

import orjson
import pyarrow as pa

from pipelines.domain.meters import METERS, TOKEN_METERS
from pipelines.domain.money import AMOUNT_SCALE
from pipelines.domain.periods import utc_day


class SourceKind(StrEnum):
    """Where a figure came from; part of every key, fact, export and badge."""

    API = "api"
    """fetched from the provider"""
    MANUAL = "manual"
    """entered by a person"""
    IMPORT = "import"
    """a provider's own export or invoice file"""
    LOCAL = "local"
    """a log on a machine"""
    RATES = "rates"
    """exchange rates, which are no costs: only how fresh they are is shown under this kind"""


COST_SOURCE_KINDS = tuple(kind for kind in SourceKind if kind is not SourceKind.RATES)
"""The kinds of sources that costs and usage come from."""


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
    """the provider or a gateway reckoned it from usage and a price of its own"""


TOKEN_COLUMNS = TOKEN_METERS
"""Disjoint: a row's total tokens are the sum of these. Subset columns (reasoning) are never added."""

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
        *(pa.field(meter.name, meter.arrow_type) for meter in METERS),
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


@dataclass(frozen=True, kw_only=True)
class UsageRecord:
    """One normalised row. Times are UTC and half-open; tokens and requests are counts; money is in major units.

    `account_name` is the label of the configured account, the tool that wrote a log, or the account a person
    named. `host` is the machine a log was written on. `grain` is event, 1h, 1d, 1mo or period. `project` is
    the provider's project or the folder a coding agent worked in. `unsplit_tokens` are tokens a person entered
    without saying of which kind. `replaces_source` marks a manual row that stands instead of what was fetched
    for its provider and account over its period. `source_file` is the name of the file a row was read from.

    `project` and `api_key_id` are the provider's ids, `project_name` and `api_key_name` what people call them at
    the time of reading. `quantity` counts what is not tokens, in `quantity_unit` (images, characters, seconds,
    credits). `cost_amount` is what is charged, `list_cost_amount` the price before discount, if the source states
    it. `cost_basis` says how the source knows its amount; None: it states none, or a person entered it.
    `is_billable` is False where the source states that nobody is charged (an included quota, a key of one's own).
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
    input_uncached_tokens: int | None = None
    cache_read_tokens: int | None = None
    cache_write_5m_tokens: int | None = None
    cache_write_1h_tokens: int | None = None
    cache_write_other_tokens: int | None = None
    output_tokens: int | None = None
    reasoning_tokens: int | None = None
    unsplit_tokens: int | None = None
    web_search_requests: int | None = None
    cache_write_30m_tokens: int | None = None
    input_audio_tokens: int | None = None
    input_image_tokens: int | None = None
    input_video_tokens: int | None = None
    cache_read_audio_tokens: int | None = None
    cache_read_image_tokens: int | None = None
    cache_read_video_tokens: int | None = None
    output_audio_tokens: int | None = None
    output_image_tokens: int | None = None
    output_video_tokens: int | None = None
    file_search_requests: int | None = None
    images: int | None = None
    characters: int | None = None
    audio_seconds: Decimal | None = None
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
        """sha256 over the identity columns as canonical JSON, null kept as null."""
        return hashlib.sha256(orjson.dumps(_identity(self), option=orjson.OPT_UTC_Z)).hexdigest()


_identity = attrgetter(*IDENTITY_COLUMNS)
_landed = attrgetter(*LANDING_SCHEMA.names)
_FIELDS = tuple(field.name for field in fields(UsageRecord))


def to_table(records: Iterable[UsageRecord]) -> pa.Table:
    """The records as one table of `LANDING_SCHEMA`, ordered by record_key so that equal records give equal bytes.

    Raises:
        ValueError: two records share a key, a period is not UTC and half-open, or money lacks its currency.
    """
    ordered = sorted(records, key=lambda record: record.record_key)
    for earlier, later in pairwise(ordered):
        if earlier.record_key == later.record_key:
            raise ValueError(f"two records of {later.source} share the key {later.record_key}: {later.source_file}")
    for record in ordered:
        if record.period_start.tzinfo is not UTC or record.period_end.tzinfo is not UTC:
            raise ValueError(f"the period of a {record.source} record is not in UTC")
        if record.period_end <= record.period_start:
            raise ValueError(f"the period of a {record.source} record ends before it starts")
        if record.cost_amount is not None and record.currency is None:
            raise ValueError(f"an amount of {record.source} has no currency")
    if not ordered:
        return LANDING_SCHEMA.empty_table()
    values = zip(*map(_landed, ordered), strict=True)
    columns = [pa.array(column, type=field.type) for field, column in zip(LANDING_SCHEMA, values, strict=True)]
    return pa.Table.from_arrays(columns, schema=LANDING_SCHEMA)


def layout_of(schema: pa.Schema) -> str:
    """A short digest of a file's columns and their types; files of one layout are read together."""
    stated = ", ".join(f"{field.name} {field.type}" for field in schema)
    return hashlib.sha256(stated.encode()).hexdigest()[:8]


LAYOUT = layout_of(LANDING_SCHEMA)
"""The layout that is written."""
FIRST_LAYOUT = "first"
"""That of version 1, which manifests do not name: it has no columns for the meters that came later."""


def widened(table: pa.Table, schema: pa.Schema = LANDING_SCHEMA) -> pa.Table:
    """`table` with all columns of `schema`, in its order: a meter that the file's version did not know is null."""
    columns = [
        table[field.name] if field.name in table.column_names else pa.nulls(table.num_rows, field.type)
        for field in schema
    ]
    return pa.Table.from_arrays(columns, schema=schema)


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
