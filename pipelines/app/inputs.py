"""What a run reads: where agents keep their logs, the accounts it may ask, and the rules for the files of the inbox.

Belongs here: what follows of it from the settings, and what the sample company has instead. Does not: reading any of it
(refresh.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.app.home import Home
from pipelines.config import Settings
from pipelines.sample import sample_api_providers, sample_codex_roots, sample_log_roots, sample_provider
from pipelines.sources.api.framework.source import ApiAccount
from pipelines.sources.imports.framework.rules import ImportRules
from pipelines.sources.local.framework.agent import LocalAgent, Machine

SAMPLE_LOGS = {"claude_code": sample_log_roots, "codex": sample_codex_roots}
"""The agents of which the sample company has logs."""


def machine_of(settings: Settings) -> Machine:
    """Where agents keep their logs on this computer."""
    return Machine(settings.user_home, settings.environ)


def log_roots(home: Home, agent: LocalAgent) -> list[tuple[str, Path]]:
    """(host, folder) of every place `agent` may have logged to."""
    if home.is_sample:
        made = SAMPLE_LOGS.get(agent.name)
        return made(home.folders.home) if made else []
    return [(home.settings.host, root) for root in agent.roots(machine_of(home.settings))]


def log_roots_by_host(home: Home, agent: LocalAgent) -> dict[str, list[Path]]:
    """Host -> the places `agent` may have logged to there."""
    by_host: dict[str, list[Path]] = {}
    for host, root in log_roots(home, agent):
        by_host.setdefault(host, []).append(root)
    return by_host


def asks_accounts(home: Home) -> bool:
    """Whether this run may ask the configured accounts; the sample company's are answered on this computer."""
    return home.uses_network or home.is_sample


def api_providers(home: Home) -> set[str]:
    """The providers of the configured accounts."""
    if home.is_sample:
        return sample_api_providers()
    return {account.provider for account in home.settings.configuration.accounts if not account.closed}


@contextmanager
def api_accounts(home: Home) -> Iterator[list[ApiAccount]]:
    """The configured accounts with their keys; one whose variable is not set has an empty key."""
    if home.is_sample:
        with sample_provider(home.folders.home, home.clock()) as accounts:
            yield accounts
        return
    settings = home.settings
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


def import_rules(home: Home) -> ImportRules:
    """What is configured of the files of the inbox."""
    configuration = home.settings.configuration
    return ImportRules(configuration.imports, configuration.accounts, home.clock().date())
