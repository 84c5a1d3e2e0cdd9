"""Google Cloud's cost table (Billing, Cost table, Download CSV): the lines of an invoice by project and SKU.

An invoice's head is above the columns and names the currency; the sign in the columns, ($), does not, because a
table in Australian dollars has the same. Where the head is missing, `imports` says the currency. The unrounded cost
counts: the other column is rounded line by line, so that small lines are 0. The row of totals is left out.
"""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

from pipelines.domain.records import ChargeCategory, CostBasis, RecordKind
from pipelines.sources.imports.framework import values
from pipelines.sources.imports.framework.folding import ParsedRow
from pipelines.sources.imports.framework.format import OF_A_BILL, ExcludedRow, File, ImportFormat, of_days
from pipelines.sources.imports.framework.row import Row
from pipelines.sources.statements import StatementKind

CATEGORIES = {
    "usage": ChargeCategory.USAGE,
    "tax": ChargeCategory.TAX,
    "adjustment": ChargeCategory.ADJUSTMENT,
    "rounding error": ChargeCategory.ADJUSTMENT,
}
"""Cost type -> FOCUS 1.2 ChargeCategory; a line with a credit type is a credit."""
TOTAL = re.compile(r"(sub|filtered )?total", re.IGNORECASE)
_THOUSANDS = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?", flags=re.ASCII)


def _read(row: Row, file: File) -> ParsedRow | ExcludedRow | None:
    if row.optional("Service description") is None and TOTAL.fullmatch(row.optional("Cost type") or ""):
        return None
    account, start = row.text("Billing account ID"), row.moment("Usage start date")
    end = row.moment("Usage end date") + timedelta(days=1)
    service, charged = row.text("Service description"), row.amount("Unrounded Cost")
    currency = _currency(row, file)
    if not file.services.take(service, row.optional("SKU description")):
        return ExcludedRow(file.account_of(account), start.date(), charged, currency, service)
    credit = row.optional("Credit type")
    kind = (row.optional("Cost type") or "usage").lower()
    return file.record(
        account=account,
        record_kind=RecordKind.COST,
        provider="google",
        **of_days(start, max(end, start + timedelta(days=1))),
        project=row.optional("Project ID", "Project name"),
        project_name=row.optional("Project name"),
        service=service,
        meter=row.optional("SKU description"),
        line_item=credit,
        quantity=_quantity(row),
        quantity_unit=row.optional("Usage unit"),
        cost_amount=charged,
        currency=currency,
        cost_basis=CostBasis.PROVIDER_REPORTED,
        charge_category=ChargeCategory.CREDIT if credit else CATEGORIES.get(kind, ChargeCategory.ADJUSTMENT),
    )


def _currency(row: Row, file: File) -> str:
    """What the invoice's head says, else `imports`."""
    found = next((cells[1] for cells in file.above if len(cells) > 1 and cells[0].strip().lower() == "currency"), None)
    reported = found or row.optional("Currency") or file.currency
    if reported is None:
        row.refuse(
            "Unrounded Cost",
            "the table does not name its currency, and ($) may be any dollar: export it with the invoice's head, or "
            "say the currency of the file in imports: files:",
        )
    try:
        return values.currency(reported.strip())
    except ValueError as error:
        row.refuse("Unrounded Cost", str(error))


def _quantity(row: Row) -> Decimal | None:
    """An amount that the console writes with commas between thousands, always."""
    text = row.optional("Usage amount")
    if text is None:
        return None
    bare = text.replace(",", "") if _THOUSANDS.fullmatch(text) else text
    nothing: Decimal | None = None
    return row.read("Usage amount", bare, values.amount, nothing)


FORMAT = ImportFormat(
    name="google_cost_table",
    title="Google Cloud cost table",
    forms="with or without the invoice's head",
    account="`Billing account ID`",
    lands="unrounded cost; the currency of the head, or `currency:` in `imports`",
    layouts=(
        (
            "Billing account ID",
            "Service description",
            "SKU description",
            "Cost type",
            "Usage start date",
            "Usage end date",
            "Unrounded Cost",
        ),
    ),
    read=_read,
    statement="cloud bill of the reseller",
    statement_kind=StatementKind.CLOUD_BILL,
    final_after=3,
    precedence=33,
    unused=OF_A_BILL,
)
