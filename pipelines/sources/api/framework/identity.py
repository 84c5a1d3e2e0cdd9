"""Whose figures an account gives, as its provider says, so that one organisation is never read under two names.

Belongs here: asking for that, and finding accounts that are the same. Does not: what in landing counts
(landing/effective.py), which knows accounts that the provider does not name by what they hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from pipelines.errors import CostTrackerError
from pipelines.landing import LandingStore
from pipelines.presentation.messages import SAME_ACCOUNT
from pipelines.sources.api import api_sources
from pipelines.sources.api.framework.client import Limits
from pipelines.sources.api.framework.extraction import open_session
from pipelines.sources.api.framework.reachability import Reachability
from pipelines.sources.api.framework.source import ApiAccount, ApiSource

PATIENCE = Limits(page_seconds=15, source_seconds=30, attempts=2, read_seconds=10)
"""Without an answer the last one holds, and the figures themselves say the same later."""


def account_ids(
    accounts: Sequence[ApiAccount],
    landing: LandingStore,
    now: datetime,
    pool: ThreadPoolExecutor,
    *,
    network: Reachability | None = None,
) -> dict[str, str | None]:
    """Name of each account -> what its provider calls it, asked at the same time in `pool`; None: it does not say."""
    sources = sorted(api_sources(), key=lambda source: source.identify is None)
    asked = {account: next((source for source in sources if source.asks(account)), None) for account in accounts}
    waiting = {
        account.name: pool.submit(account_id, source, account, landing, now, network=network)
        for account, source in asked.items()
        if source is not None
    }
    return {name: future.result() for name, future in waiting.items()}


def account_id(
    source: ApiSource,
    account: ApiAccount,
    landing: LandingStore,
    now: datetime,
    *,
    network: Reachability | None = None,
) -> str | None:
    """What the provider calls the account; None where it does not say, or cannot be asked now."""
    if source.identify is None:
        return account.organization.lower() if source.needs_organization and account.organization else None
    if not account.key:
        return None
    try:
        with open_session(source, account, now, PATIENCE, landing, network=network) as session:
            return source.identify(session)
    except CostTrackerError:
        return None


def same_accounts(accounts: Iterable[ApiAccount], ids: Mapping[str, str | None]) -> dict[str, str]:
    """Name of each account that is one before it once more -> which, how that is known, and what to do.

    Args:
        accounts: in the order in which they are configured, of which the first keeps its figures.
        ids: what the provider calls each, by name.
    """
    first_by_key: dict[tuple[str | None, ...], str] = {}
    first_by_id: dict[tuple[str, str], str] = {}
    found: dict[str, str] = {}
    for account in accounts:
        name, known = account.name, ids.get(account.name)
        by_key = (account.provider, account.key, account.base_url, account.organization)
        earlier = first_by_key.setdefault(by_key, name) if account.key else name
        if earlier != name:
            found[name] = same_account(earlier, name, "they have one key")
            continue
        earlier = first_by_id.setdefault((account.provider, known), name) if known else name
        if earlier != name:
            found[name] = same_account(earlier, name, f"{account.provider} calls both {known}")
    return found


def same_account(earlier: str, later: str, reason: str) -> str:
    """The sentence on two configured accounts that are one."""
    return (
        f"{later!r} {SAME_ACCOUNT} {earlier!r} ({reason}): everything counts once, under {earlier!r}. Take one "
        "of the two out of ai-costs.yaml and write its name as `was:` at the other; if only the key was the wrong one, "
        f"put in the right one and give {later!r} another name"
    )
