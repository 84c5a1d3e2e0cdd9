"""What a format defines about itself, and what the reader of a row knows of its file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from pipelines.config.model import Account
from pipelines.domain.periods import day_start
from pipelines.domain.source_kinds import SourceKind
from pipelines.sources.imports.framework.folding import ParsedRow
from pipelines.sources.imports.framework.row import NOTHING, Header, Row
from pipelines.sources.imports.framework.services import ServiceRules
from pipelines.sources.imports.framework.table_file import Cells, TableError
from pipelines.sources.statements import StatementKind

DEFAULT_ACCOUNT = "default"
"""The account of what names none, as with entries: one for all exports of a provider, so that costs and tokens meet."""


@dataclass(frozen=True)
class EmptyDay:
    """A row that says of a day that there was nothing."""

    account: str
    day: date


@dataclass(frozen=True)
class ExcludedRow:
    """A row of a bill that is not AI spend: it is counted and reported, and its day counts as covered."""

    account: str
    day: date
    amount: Decimal
    currency: str
    service: str


@dataclass(frozen=True)
class File:
    """What is known of a file alongside its rows.

    `account` and `currency` are what `imports` says of it, `above` the cells over its columns. `accounts` are those
    that are configured for the provider of its format: a bill must be under the name that the provider's interface
    has, or the same spend would be two accounts'.
    """

    name: str
    format_name: str
    services: ServiceRules
    account: str | None = None
    accounts: tuple[Account, ...] = ()
    currency: str | None = None
    above: tuple[Cells, ...] = ()

    def account_of(self, reported: str | None) -> str:
        """The account of a row whose column says `stated`.

        Raises:
            TableError: several are configured, and nothing says which it is.
        """
        if self.account is not None:
            return self.account
        if reported is not None:
            same = (account.name for account in self.accounts if account.organization == reported)
            return next(same, reported)
        if len(self.accounts) > 1:
            names = ", ".join(account.name for account in self.accounts)
            raise TableError(f"1:1: it does not say which account it is of ({names}): say so in imports: files:")
        return self.accounts[0].name if self.accounts else DEFAULT_ACCOUNT

    def record(self, *, account: str | None = None, **values: Any) -> ParsedRow:
        """What a row of this file states; `account` is what the row itself says, `values` are those of a record."""
        values["source_kind"] = SourceKind.IMPORT
        values["source"] = self.format_name
        values["account_name"] = self.account_of(account)
        values["source_file"] = self.name
        return ParsedRow.of(values)


Read = Callable[[Row, File], "ParsedRow | ExcludedRow | EmptyDay | None"]


@dataclass(frozen=True)
class ImportFormat:
    """One layout family of export files.

    `name` is the source's name in every row and key; `layouts` are the columns by any of which the format is known,
    the more the surer; `read` makes of a row what it states (None: nothing, not even of its day). `provider` is whose
    console writes it, None where a column says so. `nothing` are cells that say nothing. `statement` says what its
    money is and `statement_kind` is the term for it; of a bill, a day that a file has without an amount costs nothing,
    `final_after` days after its end; until then, and of a cloud's bill as long after the end of its month, amounts are
    provisional. The least `precedence` that reports an amount wins an account's day.
    `unused` are columns, by their plain names, that are left out because others say the same. Any other column of
    quantities is reported as unknown. `end` is asked when all rows of a table were read: it gives findings, or refuses
    the file. With `finds_equal_rows`, rows that are the same in every cell are a finding: those of a console are as it
    wrote them, those of a spreadsheet may be pasted twice.

    The table of files in docs/sources.md shows `forms`, the forms that are read, `account`, the column that says whose
    it is, `lands`, what lands of it, and `proven`, what it was tried on.
    """

    name: str
    title: str
    layouts: tuple[tuple[str, ...], ...]
    read: Read
    statement: str = field(kw_only=True)
    statement_kind: StatementKind = field(kw_only=True)
    precedence: int | None = field(kw_only=True)
    lands: str = field(kw_only=True)
    forms: str = ""
    account: str = ""
    proven: str = "made-up files"
    provider: str | None = None
    nothing: frozenset[str] = NOTHING
    final_after: int = 2
    unused: re.Pattern[str] | None = None
    end: Callable[[], Iterable[str]] = tuple
    finds_equal_rows: bool = False

    def fit(self, header: Header) -> int:
        """How many columns indicate this format; 0: it is another one."""
        return max((len(layout) for layout in self.layouts if header.has(*layout)), default=0)

    def missing(self, header: Header) -> tuple[str, ...]:
        """The columns that the closest layout lacks."""
        lacking = [tuple(name for name in layout if not header.has(name)) for layout in self.layouts]
        shares = [len(lack) / len(layout) for lack, layout in zip(lacking, self.layouts, strict=True)]
        return lacking[shares.index(min(shares))]

    def likeness(self, header: Header) -> float:
        """The share of the closest layout's columns that are there."""
        return max(sum(header.has(name) for name in layout) / len(layout) for layout in self.layouts)


OF_A_BILL = re.compile(r"(?!.*token).*")
"""Columns that a cloud's bill may leave unused: it reports the same cost as listed, contracted, amortized, and so
on."""


@lru_cache(4096)
def _whole(day: date) -> Mapping[str, Any]:
    start = day_start(day)
    return {"period_start": start, "period_end": start + timedelta(days=1), "grain": "1d"}


def of_day(moment: datetime) -> Mapping[str, Any]:
    """The period of what is reported for a moment or hour: its UTC day, the finest that bills are stored by."""
    return _whole(moment.date())


def of_days(start: datetime, end: datetime) -> Mapping[str, Any]:
    """The period of what is reported for a time from `start` up to `end`: the UTC days it touches."""
    first, last = start.date(), (end - timedelta(microseconds=1)).date()
    if last <= first:
        return of_day(start)
    return {"period_start": day_start(first), "period_end": day_start(last + timedelta(days=1)), "grain": "period"}
