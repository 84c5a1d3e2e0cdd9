"""What one report shows: the build it is of, its currency, and the kinds of cost it can be read in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final, NamedTuple

from dashboards.errors import ReportError

if TYPE_CHECKING:
    import duckdb

SPEND: Final = "spend"
LIST_PRICE_VALUE: Final = "list_price_value"


@dataclass(frozen=True)
class CostView:
    """One kind of cost the page can be read in. Two kinds are never added together."""

    cost_kind: str
    label: str
    """as a control or a title says it: "Spend" """
    noun: str
    """within a sentence: "spend" """


COST_VIEWS: Final[Mapping[str, CostView]] = {
    SPEND: CostView(SPEND, "Spend", "spend"),
    LIST_PRICE_VALUE: CostView(LIST_PRICE_VALUE, "List-price value", "list-price value"),
}


class Recorded(NamedTuple):
    """Since when and up to when is recorded what one account, seen by one kind of source, costs in a currency."""

    currency: str
    cost_kind: str
    provider: str
    account: str
    source_kind: str
    name: str
    """the shortest that tells the source apart"""
    first_day: date
    last_day: date | None
    """None: nothing is missing after it"""


@dataclass(frozen=True)
class ReportContext:
    """The build a report shows. Amounts count in `currency` where they have a rate; others are named apart."""

    build_id: str
    as_of: datetime
    currency: str
    is_sample: bool
    organisation: str | None
    app_version: str
    first_day: date | None
    last_day: date | None
    cost_views: tuple[CostView, ...]
    """those with rows, spend first; never empty"""
    recorded: tuple[Recorded, ...] = ()
    """since when and up to when the costs of each source are recorded; empty in an older file"""
    billing_currencies: tuple[str, ...] = ()
    """what is billed in; more than one, or another than `currency`, can be looked at alone"""

    @property
    def today(self) -> date:
        """The UTC day the build was made on, which is not complete yet."""
        return self.as_of.date()

    @property
    def this_month(self) -> date:
        """The first day of the month of `today`."""
        return self.today.replace(day=1)


_BUILD = """
select build_id, as_of, currency, is_sample, organisation, app_version, first_day, last_day from rpt_build
"""

_RECORDED = """
select currency, cost_kind, provider, account_name, source_kind, source_name, recorded_from, recorded_through
from rpt_cost_coverage
order by all
"""

_BILLING_CURRENCIES = """
select distinct currency from rpt_daily_costs where currency is not null order by currency
"""

_COVERAGE_IS_KNOWN = """
select count(*) > 0 from information_schema.tables where table_name = 'rpt_comparison_sources'
"""

_IS_OF_THIS_VERSION = """
select count(*) = 3 from information_schema.columns
where table_name = 'rpt_daily_costs' and column_name in ('converted_amount', 'is_spread', 'api_key_id')
"""

_COST_KINDS = """
select distinct cost_kind from rpt_daily_costs
"""


def read_context(connection: duckdb.DuckDBPyConnection) -> ReportContext:
    """The context of the open build.

    Raises:
        ReportError: the database does not hold exactly one build, or one of an earlier version.
    """
    builds = connection.execute(_BUILD).fetchall()
    if len(builds) != 1:
        raise ReportError(f"rpt_build has {len(builds)} rows, expected 1: publish a build first (ai-costs run)")
    build_id, as_of, currency, is_sample, organisation, app_version, first_day, last_day = builds[0]
    ((is_current,),) = connection.execute(_IS_OF_THIS_VERSION).fetchall()
    if not is_current:
        raise ReportError("the published build is of an earlier version: build again with `ai-costs run`")
    ((is_known,),) = connection.execute(_COVERAGE_IS_KNOWN).fetchall()
    recorded = connection.execute(_RECORDED).fetchall() if is_known else []
    billing_currencies = connection.execute(_BILLING_CURRENCIES).fetchall()
    present = {kind for (kind,) in connection.execute(_COST_KINDS).fetchall()}
    return ReportContext(
        build_id=build_id,
        as_of=as_of.astimezone(UTC),
        currency=currency,
        is_sample=bool(is_sample),
        organisation=organisation or None,
        app_version=app_version,
        first_day=first_day,
        last_day=last_day,
        cost_views=tuple(cost_view for kind, cost_view in COST_VIEWS.items() if kind in present)
        or (COST_VIEWS[SPEND],),
        recorded=tuple(Recorded(*row) for row in recorded),
        billing_currencies=tuple(currency for (currency,) in billing_currencies),
    )
