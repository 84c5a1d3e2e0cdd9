"""Files that are known by their columns and not taken: own exports, counted already, and those that say too little.

Belongs here: how such a file is known, and what to do instead. Does not: formats that are read (one file each).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.domain.meters import BY_NAME
from pipelines.sources.imports.framework.row import Header, plain
from pipelines.sources.imports.framework.table_error import TableError

EXPORT_SIGNATURES = (
    ("x_CostId", "x_CostKind"),
    ("x_CostKind", "x_SourceKind"),
    ("cost_id", "cost_date", "cost_kind"),
    ("source_kind", "cost_kind"),
    ("cost_center", "cost_kind"),
)
"""Columns that only an export of this project has together: FOCUS's ones, and those of its other formats."""
EXPORT_COLUMNS = frozenset(
    {
        *(
            "cost_id",
            "cost_date",
            "period_start",
            "period_end",
            "source_kind",
            "source",
            "feed",
            "account_name",
            "host",
        ),
        *("provider", "model_id", "project", "project_name", "charge_category", "entry_category", "cost_amount"),
        *("currency", "cost_kind", "cost_basis", "price_status", "price_version", "requests"),
        *BY_NAME,
        *("total_tokens", "entry_id", "note", "source_file", "is_prepaid"),
        *("is_provisional", "is_sample", "observed_at", "cost_center", "tags", "rule", "is_shared"),
        *("api_key_id", "api_key_name", "service", "list_cost_amount", "quantity", "quantity_unit"),
    }
)
"""Every column of those formats: an export may hold only some."""
OUR_EXPORT = (
    "1:1: this is an export of AI Cost Tracker itself: its costs are counted in the home that wrote it, and are not "
    "taken again, there or in another home. To bring them to another home, copy the folders of landing/"
)


@dataclass(frozen=True)
class KnownFile:
    """A file that is known and not read: its columns, what it is, and what helps."""

    columns: tuple[str, ...]
    title: str
    advice: str


BY_MAPPING = "describe it by a mapping: `ai-costs import --preview FILE` proposes one"
NOT_READ = (
    KnownFile(
        ("Service description", "Unrounded subtotal"),
        "Google Cloud's billing report, which names neither the billing account nor the currency",
        f"export the cost table of an invoice instead, or group the report by day and {BY_MAPPING}",
    ),
    KnownFile(
        ("request_id", "spend", "startTime", "custom_llm_provider"),
        "LiteLLM's spend logs, which are estimates",
        f"list the proxy under accounts to have it read, or {BY_MAPPING}",
    ),
    KnownFile(
        ("response_id", "request_created_at", "cost_usd"),
        "Helicone's requests, with estimated cost",
        f"take the bill of the provider, or {BY_MAPPING}",
    ),
    KnownFile(
        ("traceId", "totalCost", "model"),
        "Langfuse's observations, with estimated cost",
        f"take the bill of the provider, or {BY_MAPPING}",
    ),
    KnownFile(
        ("UsageDate", "Cost", "CostUSD", "Currency"),
        "Azure's cost analysis, which does not say whether it is actual or amortized cost",
        f"export the cost details (actual cost) instead, or {BY_MAPPING}",
    ),
    KnownFile(
        ("lineItem/referenceNo", "cost/myCost"),
        "Oracle's cost report in its native format",
        f"export Oracle's FOCUS report instead, or {BY_MAPPING}",
    ),
)


def is_project_export(columns: Sequence[str]) -> bool:
    """Whether these are the columns of an export of this project, all or some of them."""
    header = Header(tuple(columns))
    export_columns = {plain(name) for name in EXPORT_COLUMNS}
    is_part = {"cost_amount", "cost_kind"} & set(columns) and all(plain(name) in export_columns for name in columns)
    return bool(is_part) or any(header.has(*signs) for signs in EXPORT_SIGNATURES)


def reject_project_export(columns: Sequence[str]) -> None:
    """Refuse an export of this project, whole or of some columns.

    Raises:
        TableError: it is one.
    """
    if is_project_export(columns):
        raise TableError(OUR_EXPORT)


def advice_on(columns: Sequence[str]) -> str | None:
    """What a file with these columns is and what to do instead; None if it is not known."""
    header = Header(tuple(columns))
    if columns and plain(columns[0]) == "service" and any(name.endswith("($)") for name in columns[1:]):
        return "this is AWS Cost Explorer's table, whose services are columns: export a CUR or FOCUS instead"
    found = next((known for known in NOT_READ if header.has(*known.columns)), None)
    return None if found is None else f"this is {found.title}: {found.advice}"
