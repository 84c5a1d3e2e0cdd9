"""What a source of a provider's API is, and what it is handed: one file alongside this defines each.

    SOURCE = ApiSource(name="openai_costs", provider="openai", …, fetch=fetch)

    def fetch(session: Session, window: Window) -> Answer: …

The framework decides which days to ask for, lands what comes back day by day, and says how it ended.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from pipelines.domain.periods import Window
from pipelines.domain.records import UsageRecord
from pipelines.domain.source_kinds import SourceKind
from pipelines.landing import Feed
from pipelines.sources.api.framework.client import ApiClient
from pipelines.sources.api.framework.shape import Answers
from pipelines.sources.statements import StatementKind


@dataclass(frozen=True)
class ApiAccount:
    """One configured account with its key, empty if its variable is not set.

    `organization` is what the provider calls its team, account or org.
    """

    name: str
    provider: str
    key: str = field(repr=False)
    key_variable: str = "the key"
    base_url: str | None = None
    since: date | None = None
    organization: str | None = None


DOCUMENTED = "the documented shape"
"""What a source was tried against, of which no answers were recorded."""


class Asked(StrEnum):
    """Whether a source asks an account, which the kind of its key decides."""

    ALWAYS = "always"
    WHERE_THERE = "where there"
    """refused before it ever gave anything, it is left out"""
    NEVER = "never"


def always(_: ApiAccount) -> Asked:
    """Every account of the provider has this."""
    return Asked.ALWAYS


@dataclass(frozen=True)
class KeyKind:
    """The kind of key a source needs.

    `needed` says in words what it is and which rights it has, `made_at` where one is made, and `prefixes` how it
    begins, where that is known. `variable` is the environment variable that usually holds it.
    """

    needed: str
    made_at: str
    prefixes: tuple[str, ...] = ()
    variable: str = field(kw_only=True)

    @property
    def advice(self) -> str:
        """What to do when the key is refused."""
        return f"This source needs {self.needed}; make one at {self.made_at}"


@dataclass(frozen=True)
class Answer:
    """What a source found in a window. `covered`: the days that the provider answered for, idle ones included."""

    records: Iterable[UsageRecord]
    covered: Iterable[date]


@dataclass
class Session:
    """One extraction of one source for one account.

    `unknown_fields`: the paths of fields that nobody read. `notes`: what changes no figure. `findings`: what the
    figures may lack. `landed`: every text that a column of the days in effect has.
    """

    source: ApiSource
    account: ApiAccount
    client: ApiClient
    now: datetime
    unknown_fields: set[str]
    notes: list[str] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)
    landed: Callable[[str], frozenset[str]] = lambda _: frozenset()
    _found: dict[str, Any] = field(default_factory=dict)

    def record(self, **values: Any) -> UsageRecord:
        """A record of this source and account; `values` are the other columns, `provider` among them if it differs."""
        return UsageRecord(
            source_kind=SourceKind.API,
            source=self.source.name,
            account_name=self.account.name,
            **{"provider": self.source.provider, **values},
        )

    def lacks(self, path: str) -> None:
        """Tell that the field at `path` is missing in one more row, where only its reader knows that it should not."""
        self.client.lacking[path] += 1

    def once(self, name: str, find: Callable[[], Any]) -> Any:
        """What `find` gives, asked for once in this extraction: names of projects and keys."""
        if name not in self._found:
            self._found[name] = find()
        return self._found[name]


@dataclass(frozen=True)
class ApiSource:
    """One kind of figures of one provider's API.

    Args:
        name: the `source` of its records, such as openai_costs.
        provider: the `provider` of an account that this source reads.
        title: what people call it.
        fetched: what is fetched, as the table of providers in docs/sources.md says it.
        docs: where the provider documents it.
        base_url: the provider's address, unless the account has another.
        headers: what carries the key.
        key: the kind of key it needs.
        answers: what the answer at each path must have.
        fetch: asks for a window of days, at most `longest_window` of them.
        longest_window: days.
        restated_for: days after which a day's figures no longer change.
        page_days: days that one request answers for: so many are read again each day, because they cost no more.
        bill: the source of the same account whose first day says how far back this one has to look.
        statement: what its money is, in words, such as cost report of the provider.
        statement_kind: the same as a term; a bill says that a day without an amount costs nothing.
        precedence: the least that reports an amount wins an account's day; None never counts.
        asked: whether an account has this, by the kind of its key.
        begins: the first day that the provider answers for; None: there is no such day.
        history: how many days back the provider still answers for; None: without a known end.
        includes_today: whether the provider answers for the day under way.
        needs_organization: what the account's `organization` names, where the address needs it.
        may_lack_today: whether an answer that has all days but the one under way is intact.
        is_billed: whether the provider bills each question.
        identify: what the provider calls the account of a key, such as its organization's id; None where it says
            that nowhere, or the account's `organization` is it.
        proven: what this source was tried against.
        final_after: of a bill: days after a day's end until a day without an amount is believed to cost nothing.
            Amounts come hours after the use, and no provider promises when.
    """

    name: str
    provider: str
    title: str
    base_url: str
    headers: Callable[[str], Mapping[str, str]]
    key: KeyKind
    answers: Answers
    fetch: Callable[[Session, Window], Answer]
    longest_window: int
    restated_for: int
    page_days: int = 1
    bill: str | None = None
    fetched: str = field(kw_only=True)
    docs: str = field(kw_only=True)
    statement: str = field(kw_only=True)
    statement_kind: StatementKind = field(kw_only=True)
    precedence: int | None = field(kw_only=True)
    asked: Callable[[ApiAccount], Asked] = always
    begins: date | None = None
    history: int | None = None
    includes_today: bool = True
    needs_organization: str | None = None
    may_lack_today: bool = False
    is_billed: bool = False
    identify: Callable[[Session], str | None] | None = None
    proven: str = DOCUMENTED
    final_after: int = 2

    def asks(self, account: ApiAccount) -> bool:
        """Whether `account` is one that this source reads."""
        return self.provider == account.provider and self.asked(account) is not Asked.NEVER

    def feed(self, account: ApiAccount) -> Feed:
        """The feed that this source lands for `account`."""
        return Feed(SourceKind.API, self.name, account.name)
