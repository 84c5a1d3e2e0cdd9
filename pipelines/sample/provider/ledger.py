"""The ledger of truth: what was used, by whom, and what was charged for it, whatever wire it travels over.

Belongs here: rows and their sums. Does not: any provider's format, and what made the rows.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cached_property

from pipelines.domain.money import exact_sum
from pipelines.domain.periods import Window

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class LedgerAccount:
    """An organization at a provider, and the key that may read its figures.

    `ordinary_key` is known to the provider and may not: a key for inference.
    """

    name: str
    provider: str
    key: str = field(repr=False)
    ordinary_key: str = field(default="", repr=False)
    organization: str | None = None


@dataclass(frozen=True, kw_only=True)
class Use:
    """What one key did with one model in one hour. Keep dimensions in the provider's words.

    `quantities` counts by meter: the token columns of a record, or images, characters, seconds and the like.
    `charges` is US dollars by meter. `service` is the part of the API that was used. `known_from` is the moment
    from which the provider reports it, at the end of its hour unless it came late. `charged_elsewhere` is what the
    caller's key at another provider was charged. `details` holds dimensions that only one provider has.
    """

    account: str
    hour: datetime
    quantities: Mapping[str, int] = field(default_factory=dict)
    charges: Mapping[str, Decimal] = field(default_factory=dict)
    requests: int = 0
    reasoning_tokens: int = 0
    service: str = "completions"
    project: str | None = None
    key: str | None = None
    user: str | None = None
    model: str | None = None
    service_tier: str | None = None
    is_batch: bool = False
    context_window: str | None = None
    charged_elsewhere: Decimal = Decimal(0)
    details: Mapping[str, str] = field(default_factory=dict)
    known_from: datetime | None = None

    @property
    def day(self) -> date:
        """The UTC day it happened on."""
        return self.hour.astimezone(UTC).date()

    @property
    def amount(self) -> Decimal:
        """US dollars charged for all its meters."""
        return sum(self.charges.values(), Decimal(0))

    def is_known(self, moment: datetime) -> bool:
        """Whether the provider reports it at `moment`."""
        return (self.known_from or self.hour + HOUR) <= moment


@dataclass
class Sums:
    """What several uses come to."""

    requests: int = 0
    reasoning_tokens: int = 0
    quantities: Counter[str] = field(default_factory=Counter)
    charges: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    charged_elsewhere: Decimal = Decimal(0)

    @property
    def amount(self) -> Decimal:
        """US dollars charged for all meters."""
        return sum(self.charges.values(), Decimal(0))

    def add(self, use: Use) -> None:
        """Count `use` in."""
        self.requests += use.requests
        self.reasoning_tokens += use.reasoning_tokens
        self.charged_elsewhere += use.charged_elsewhere
        self.quantities.update(use.quantities)
        for meter, amount in use.charges.items():
            self.charges[meter] += amount


@dataclass(frozen=True)
class Ledger:
    """All accounts and all their uses; `names` gives what people call a project or a key, by its id."""

    accounts: tuple[LedgerAccount, ...]
    uses: tuple[Use, ...]
    names: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def _by_account_and_day(self) -> Mapping[tuple[str, date], list[Use]]:
        found = defaultdict(list)
        for use in self.uses:
            found[use.account, use.day].append(use)
        return dict(found)

    def between(self, account: str, start: datetime, end: datetime, at: datetime) -> Iterator[Use]:
        """The uses of `account` in hours that start in [start, end), as far as they are known at `at`."""
        for day in Window(start.date(), end.date() + timedelta(days=1)).days():
            for use in self._by_account_and_day.get((account, day), ()):
                if start <= use.hour < end and use.is_known(at):
                    yield use

    def total(self, account: str, window: Window | None = None, at: datetime | None = None) -> Decimal:
        """US dollars charged to `account`: ever or in a window, as far as known at `at`."""
        return exact_sum(
            [
                use.amount
                for use in self.uses
                if use.account == account
                and (window is None or window.start <= use.day < window.end)
                and (at is None or use.is_known(at))
            ]
        )

    def quantities(self, account: str, window: Window | None = None) -> Counter[str]:
        """How much of each meter `account` used: ever or in a window."""
        found: Counter[str] = Counter()
        for use in self.uses:
            if use.account == account and (window is None or window.start <= use.day < window.end):
                found.update(use.quantities)
        return found

    def with_uses(self, *uses: Use) -> Ledger:
        """This ledger and some more uses."""
        return replace(self, uses=(*self.uses, *uses))

    def without_day(self, day: date) -> Ledger:
        """This ledger as if nothing had happened on `day`."""
        return replace(self, uses=tuple(use for use in self.uses if use.day != day))

    def restated(self, day: date, factor: Decimal) -> Ledger:
        """This ledger with every charge of `day` multiplied by `factor`."""
        return replace(
            self,
            uses=tuple(
                replace(use, charges={meter: amount * factor for meter, amount in use.charges.items()})
                if use.day == day
                else use
                for use in self.uses
            ),
        )


def grouped(uses: Iterable[Use], names: Iterable[str]) -> list[tuple[dict[str, object], Sums]]:
    """The sums of `uses` by the attributes (else details) in `names`, in a stable order."""
    wanted = tuple(names)
    found: dict[tuple[object, ...], Sums] = defaultdict(Sums)
    for use in uses:
        key = tuple(getattr(use, name) if hasattr(use, name) else use.details.get(name) for name in wanted)
        found[key].add(use)
    ordered = sorted(found.items(), key=lambda item: tuple(str(part) for part in item[0]))
    return [(dict(zip(wanted, key, strict=True)), sums) for key, sums in ordered]
