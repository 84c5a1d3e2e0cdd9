"""The cost export of Anthropic's Console: dollars (the interface states cents) by day, model, key and kind of token.

Models have the names of the page, such as "Claude Sonnet 4.5"; older files lack the last columns.
"""

from __future__ import annotations

import re

from pipelines.domain.records import ChargeCategory, CostBasis, RecordKind
from pipelines.sources.imports.framework.folding import ParsedRow
from pipelines.sources.imports.framework.format import File, ImportFormat, of_day
from pipelines.sources.imports.framework.row import NOTHING, Row
from pipelines.sources.statements import StatementKind

_DAY = re.compile(r"(20\d\d)-(\d\d)-(\d\d)$", flags=re.ASCII)
EMPTY_VALUES = NOTHING | {"--", "not_available"}


def model_id(name: str) -> str:
    """The id of a model by its name on the page: `Claude Sonnet 4.5` is `claude-sonnet-4-5`.

    Those of 2024 had their day: `Claude 3.5 Sonnet 2024-10-22` is `claude-3-5-sonnet-20241022`.
    """
    return _DAY.sub(r"\1\2\3", re.sub(r"[\s.]+", "-", name.lower()))


def _read(row: Row, file: File) -> ParsedRow:
    model, kind = row.optional("model"), row.optional("usage_type")
    charged = row.amount("cost_usd")
    return file.record(
        record_kind=RecordKind.COST,
        provider="anthropic",
        **of_day(row.moment("usage_date_utc")),
        project=row.optional("workspace"),
        project_name=row.optional("workspace"),
        api_key_id=row.optional("api_key_id", "api_key"),
        api_key_name=row.optional("api_key"),
        service=row.optional("cost_type"),
        model_raw=model_id(model) if model else None,
        is_batch=None if kind is None else kind == "batch",
        speed=row.optional("speed"),
        context_window=row.optional("context_window"),
        inference_geo=row.optional("inference_geo"),
        meter=row.optional("token_type"),
        cost_amount=charged,
        list_cost_amount=row.optional_amount("list_price_usd"),
        currency="USD",
        charge_category=ChargeCategory.USAGE if charged >= 0 else ChargeCategory.CREDIT,
        cost_basis=CostBasis.PROVIDER_REPORTED,
    )


ALWAYS = ("usage_date_utc", "model", "workspace", "api_key", "token_type", "cost_usd")
"""The columns of every version; files of 2024 have no type of cost."""

FORMAT = ImportFormat(
    name="anthropic_cost_csv",
    title="Anthropic Console costs",
    lands="dollars, list price",
    proven="a published cost file",
    provider="anthropic",
    layouts=(ALWAYS, (*ALWAYS, "cost_type")),
    read=_read,
    nothing=EMPTY_VALUES,
    statement="cost report of the provider, as a file",
    statement_kind=StatementKind.BILL,
    precedence=12,
)
