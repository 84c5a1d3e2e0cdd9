"""One installation: its settings, and the rooms opened on its folders.

Belongs here: which home a command works in, and what is handed to every asset. Does not: what the rooms do.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import orjson

from notifications.outbox import Outbox
from pipelines.app.known_names import known_names
from pipelines.builds.store import Builds
from pipelines.config import HomeFolders, Settings, ensure_home, ensure_state, load_settings
from pipelines.domain import meters
from pipelines.landing import AccountNames, Accounts, InForce, LandingStore, feeds_in_force
from pipelines.prices.kept import KeptPrices
from pipelines.prices.unit_prices import PriceOverride
from pipelines.rates import OLDEST, KeptRates, Rate
from pipelines.sample import (
    is_sample_home,
    sample_api_providers,
    sample_codex_roots,
    sample_log_roots,
    sample_provider,
    write_sample,
)
from pipelines.sources.api import api_sources
from pipelines.sources.api.framework.source import ApiAccount
from pipelines.sources.balances.log import BalanceLog
from pipelines.sources.catalogue import known_sources
from pipelines.sources.imports import import_formats
from pipelines.sources.imports.framework.reading import inbox_files
from pipelines.sources.imports.framework.rules import ImportRules
from pipelines.sources.local import local_agents
from pipelines.sources.local.framework.agent import LocalAgent, Machine
from pipelines.sources.local.framework.findings import was_used
from pipelines.sources.manual.files import manual_files
from pipelines.sources.outcomes import OutcomeLog, Status
from pipelines.state import run_lock
from pipelines.warehouse.files import Warehouse
from pipelines.warehouse.transform import Transform

SAMPLE_FOLDER = "sample"
SAMPLE_LOGS = {"claude_code": sample_log_roots, "codex": sample_codex_roots}
"""The agents of which the sample company has logs."""


def utc_now() -> datetime:
    """The clock of everything that is not a test."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Home:
    """The settings of one installation and the rooms on its folders.

    `uses_network`: whether this run may ask anyone. `again_from`: the day from which providers are asked for everything
    again.
    `instead_of` are a person's own settings, while the sample company stands in because there is nothing to count.
    """

    settings: Settings
    clock: Callable[[], datetime] = field(default=utc_now)
    uses_network: bool = True
    again_from: date | None = None
    instead_of: Settings | None = None

    @property
    def own_folders(self) -> HomeFolders:
        """Where a person puts files, be it that the sample company still stands in."""
        return (self.instead_of or self.settings).paths

    def now(self) -> Home:
        """This home; or a person's own, as soon as there is something to count in it.

        Raises:
            ConfigError: the configuration that is there by now is wrong.
        """
        if self.instead_of is None:
            return self
        folder, environ = self.instead_of.paths.home, self.instead_of.environ
        settings = load_settings(home=folder, config=None, environ=environ, cwd=Path.cwd(), known=known_names())
        own = Home(settings, self.clock)
        return self if _is_untouched(own) else own

    @property
    def landing(self) -> LandingStore:
        """The system of record."""
        return LandingStore(self.settings.paths.landing)

    @property
    def warehouse(self) -> Warehouse:
        """The working file, and the published one of the build that is shown."""
        return Warehouse(self.settings.paths.working, self.builds.published())

    @property
    def builds(self) -> Builds:
        """The builds, and which of them is shown."""
        return Builds(self.settings.paths.home)

    @property
    def transform(self) -> Transform:
        """The dbt project on the working file."""
        return Transform(self.settings.paths.working.parent, self.settings.paths.dbt)

    @property
    def outcomes(self) -> OutcomeLog:
        """How each feed's last extraction ended."""
        return OutcomeLog(self.settings.paths.state / "extractions.json")

    @property
    def outbox(self) -> Outbox:
        """Alerts, and which channel has each."""
        return Outbox(self.settings.paths.outbox)

    @property
    def kept_prices(self) -> KeptPrices:
        """The prices that closed months were valued at."""
        return KeptPrices(self.settings.paths.prices)

    @property
    def rates(self) -> KeptRates:
        """The exchange rates in force."""
        settings = self.settings
        beside = settings.paths.home if settings.config_file is None else settings.config_file.parent
        return KeptRates(settings.paths.rates, settings.configuration.exchange_rates, beside=beside)

    @property
    def balances(self) -> BalanceLog:
        """What accounts had left, as their providers stated it."""
        return BalanceLog(self.settings.paths.balances)

    @property
    def report(self) -> Path:
        """The report people open."""
        return self.settings.paths.reports / ("SAMPLE-ai-costs.html" if self.is_sample else "ai-costs.html")

    @property
    def is_sample(self) -> bool:
        """Whether this home is the sample company's."""
        return is_sample_home(self.settings.paths.home)

    @property
    def asks_accounts(self) -> bool:
        """Whether this run may ask the configured accounts; the sample company's are answered on this computer."""
        return self.uses_network or self.is_sample

    @property
    def machine(self) -> Machine:
        """Where agents keep their logs on this computer."""
        return Machine(self.settings.user_home, self.settings.environ)

    def log_roots(self, agent: LocalAgent) -> list[tuple[str, Path]]:
        """(host, folder) of every place `agent` may have logged to."""
        if self.is_sample:
            made = SAMPLE_LOGS.get(agent.name)
            return made(self.settings.paths.home) if made else []
        return [(self.settings.host, root) for root in agent.roots(self.machine)]

    def log_roots_by_host(self, agent: LocalAgent) -> dict[str, list[Path]]:
        """Host -> the places `agent` may have logged to there."""
        by_host: dict[str, list[Path]] = {}
        for host, root in self.log_roots(agent):
            by_host.setdefault(host, []).append(root)
        return by_host

    def api_providers(self) -> set[str]:
        """The providers of the configured accounts."""
        if self.is_sample:
            return sample_api_providers()
        return {account.provider for account in self.settings.configuration.accounts if not account.closed}

    @contextmanager
    def api_accounts(self) -> Iterator[list[ApiAccount]]:
        """The configured accounts with their keys; one whose variable is not set has an empty key."""
        if self.is_sample:
            with sample_provider(self.settings.paths.home, self.clock()) as accounts:
                yield accounts
            return
        settings = self.settings
        yield [
            ApiAccount(
                name=account.name,
                provider=account.provider,
                key=settings.environ.get(account.key or "", ""),
                key_variable=account.key or "the key",
                base_url=account.base_url,
                since=account.since,
                organization=account.organization,
            )
            for account in settings.configuration.accounts
            if not account.closed
        ]

    def in_force(self) -> InForce:
        """What of landing counts, by the accounts that are configured now."""
        if self.is_sample:
            return InForce()
        settings = self.settings
        # Of two names of one account, that which is still asked has the newer figures.
        configured = sorted(settings.configuration.accounts, key=lambda account: account.closed)
        named = [AccountNames(account.name, account.provider, account.was) for account in configured]
        provider_of = {source.name: source.provider for source in api_sources()}
        provider_of |= {known.name: known.provider for known in import_formats() if known.provider is not None}
        return feeds_in_force(self.landing, Accounts(tuple(named), provider_of, settings.host))

    def import_rules(self) -> ImportRules:
        """What is configured of the files of the inbox."""
        configuration = self.settings.configuration
        return ImportRules(configuration.imports, configuration.accounts, self.clock().date())

    def price_overrides(self) -> list[PriceOverride]:
        """The prices of ai-costs.yaml, as the prices room reads them."""
        return [
            PriceOverride(price.provider, price.model, price.since, per_million)
            for price, per_million in self.settings.prices_per_million()
        ]

    def exchange_rates(self) -> list[Rate]:
        """The rates of the reporting currency that what is landed can need."""
        days = [manifest.days[0] for manifest in self.landing.manifests() if manifest.days]
        return self.rates.in_force(self.settings.configuration.currency, min(days) - OLDEST) if days else []

    def build_id(self, as_of: datetime) -> str:
        """A name for what a build is made of: landed data, settings, rates, code, outcomes and the hour it stands for.

        The same inputs give the same name, so that a run which changed nothing publishes nothing.
        """
        landed = {str(manifest.feed): manifest.generation for manifest in self.landing.manifests()}
        parts = [
            landed,
            {
                # What went well is told once, and is not a reason to build again.
                str(outcome.feed): [outcome.status, outcome.message if outcome.status != Status.OK else None]
                for outcome in self.outcomes.all()
            },
            self.settings.configuration.model_dump(mode="json"),
            [importlib.metadata.version(name) for name in ("ai-cost-tracker", "genai-prices", "prophet", "duckdb")],
            self.transform.project_digest(),
            [stated.row() for stated in known_sources()],
            meters.rows(),
            self.rates.digest(),
            self.landing.names.digest(),
            self.kept_prices.digest(),
            self.balances.digest(),
            as_of.strftime("%Y-%m-%dT%H"),
        ]
        return hashlib.sha256(orjson.dumps(parts, option=orjson.OPT_SORT_KEYS, default=str)).hexdigest()[:12]

    def is_up_to_date(self) -> bool:
        """Whether the build that is shown is whole and made of what is landed and set now."""
        return self.settings.paths.working.exists() and self.builds.is_whole(self.build_id(self.clock()))


def open_home(
    environ: Mapping[str, str],
    *,
    home: Path | None = None,
    config: Path | None = None,
    cwd: Path | None = None,
    writes: bool = True,
) -> Home:
    """The home a command works in: the configured one, or the sample company's while there is nothing to count.

    Without `writes` nothing is made: not its folders, and not the sample company.

    Raises:
        ConfigError: the configuration is wrong.
        HomeError: its folders cannot be made or written.
    """
    return _opened(_settings(environ, home, config, cwd), environ, writes=writes)


@contextmanager
def hold_home(
    environ: Mapping[str, str],
    waiting: Callable[[str], None],
    *,
    home: Path | None = None,
    config: Path | None = None,
    cwd: Path | None = None,
) -> Iterator[Home]:
    """`open_home` for a run: no other run works there until the block ends.

    The lock is taken before anything is made there: of two first runs, each would find what the other has half made.
    `waiting` is called with a sentence if another run has to end first.

    Raises:
        ConfigError: the configuration is wrong.
        HomeError: its folders cannot be made or written.
        BusyError: another run has not ended in time.
    """
    settings = _settings(environ, home, config, cwd)
    ensure_state(settings.paths)
    with run_lock(settings.paths.state, waiting):
        yield _opened(settings, environ)


def _settings(environ: Mapping[str, str], home: Path | None, config: Path | None, cwd: Path | None) -> Settings:
    return load_settings(home=home, config=config, environ=environ, cwd=cwd or Path.cwd(), known=known_names())


def _opened(settings: Settings, environ: Mapping[str, str], *, writes: bool = True) -> Home:
    if writes:
        ensure_home(settings.paths)
    own = Home(settings)
    if own.is_sample or not _is_untouched(own):
        return own
    sample = settings.paths.home / SAMPLE_FOLDER
    if writes:
        write_sample(sample, own.clock().date())
    sample_settings = load_settings(home=sample, config=None, environ=environ, cwd=sample)
    if writes:
        ensure_home(sample_settings.paths)
    return Home(sample_settings, instead_of=settings)


def _is_untouched(home: Home) -> bool:
    """Nothing configured, nothing entered or imported, nothing landed, and no sign of an agent's use here."""
    if home.settings.config_file is not None or home.landing.feeds():
        return False
    if manual_files(home.settings.paths.manual) or any(inbox_files(home.settings.paths.inbox)):
        return False
    return not any(was_used(agent, [root for _, root in home.log_roots(agent)]) for agent in local_agents())
