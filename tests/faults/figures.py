"""Ten days of a made-up company's costs at OpenAI, and what one extraction of them came to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from pipelines.domain.money import exact_sum
from pipelines.domain.periods import Window, day_start
from pipelines.landing import LandingStore
from pipelines.sample.provider import Ledger, LedgerAccount, ScriptedProvider, Use
from pipelines.sources.api.framework.client import Limits
from pipelines.sources.api.framework.extraction import extract
from pipelines.sources.api.framework.source import ApiAccount
from pipelines.sources.api.openai_costs import SOURCE
from pipelines.sources.outcomes import Outcome

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
FIRST, LAST = date(2026, 11, 14), date(2026, 11, 23)
KEY, ORDINARY_KEY = "sk-admin-canary-7f3a", "sk-proj-canary-7f3a"
COSTS = "/openai/v1/organization/costs"
LONGEST_PAGE = 4
"""Days: so that ten days have three pages."""

QUICK = Limits(
    page_seconds=0.4,
    source_seconds=20,
    attempts=6,
    backoff_seconds=0.001,
    longest_backoff_seconds=0.01,
    read_seconds=0.4,
)
"""The framework's limits, with waits too short to be noticed."""


def use(day: date, amount: str, *, project: str | None = "proj_a", meter: str = "output_tokens") -> Use:
    return Use(
        account="labs",
        hour=day_start(day) + timedelta(hours=9),
        project=project,
        key="key_a",
        model="gpt-5",
        requests=1,
        quantities={meter: 100},
        charges={meter: Decimal(amount)},
    )


LEDGER = Ledger(
    (LedgerAccount("labs", "openai", KEY, ORDINARY_KEY),),
    tuple(
        use(day, amount, project=project, meter=meter)
        for number, day in enumerate(Window(FIRST, LAST + timedelta(days=1)).days())
        for project, meter, amount in (
            ("proj_a", "output_tokens", f"1.{number}00000000007"),
            ("proj_a", "input_uncached_tokens", f"0.{number}3"),
            ("proj_b", "output_tokens", f"20.{number}1"),
        )
    ),
)


@dataclass
class Reader:
    """One account that is read from a provider into a separate landing store."""

    provider: ScriptedProvider
    landing: LandingStore
    note: Callable[[str], None]
    account: ApiAccount = field(init=False)

    def __post_init__(self) -> None:
        self.account = ApiAccount(
            "labs", "openai", KEY, "OPENAI_ADMIN_KEY", self.provider.base_url("openai"), since=FIRST
        )

    def read(
        self, *, limits: Limits = QUICK, hours_later: float = 0, again_from: date | None = None, **account: Any
    ) -> Outcome:
        """Extract once, and note what came of it for the table of faults."""
        asked_before = self.asked()
        now = self.provider.now() + timedelta(hours=hours_later)
        changed = replace(self.account, **account)
        outcome = extract(SOURCE, changed, self.landing, now, again_from=again_from, limits=limits)
        asked = self.asked() - asked_before
        requests = "1 request" if asked == 1 else f"{asked} requests"
        self.note(f"{outcome.status}, {requests}, {self.state()}" + (f": {outcome.message}" if outcome.message else ""))
        return outcome

    def asked(self) -> int:
        """How often the provider was asked for costs."""
        return sum(asked.path == COSTS for asked in self.provider.requests)

    def state(self) -> str:
        """How much of the truth is landed."""
        landed, true = self.landed(), self.provider.ledger.total("labs")
        return f"landed {landed.normalize():f} of {true.normalize():f} USD"

    def landed(self, day: date | None = None) -> Decimal:
        """The sum of what is in effect, of one day or of all."""
        table = self.landing.read(SOURCE.feed(self.account), None if day is None else [day], ["cost_amount"])
        return exact_sum(table.column("cost_amount").to_pylist())

    def days(self) -> list[date]:
        """The days that are covered."""
        manifest = self.landing.manifest(SOURCE.feed(self.account))
        return list(manifest.days) if manifest else []

    def is_true(self, *, until: timedelta = timedelta(days=1)) -> bool:
        """Whether exactly what the ledger holds until so long after today's start is landed, and every day covered."""
        since = self.account.since or FIRST
        asked = Window(since, self.provider.now().date() + until)
        return self.landed() == self.provider.ledger.total("labs", asked) and self.days() == list(asked.days())


def landing_in(folder: Path) -> LandingStore:
    return LandingStore(folder / "landing")
