"""Reading what the projects and keys of all accounts are called, after their figures.

Belongs here: who is asked, and what is reported of it. Does not: when an account is due (sources/api/naming.py), or
where names are stored (landing/names.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime

from pipelines.landing import LandingStore
from pipelines.sources.api import api_sources, name_sources
from pipelines.sources.api.framework import naming
from pipelines.sources.api.framework.naming import NameSource
from pipelines.sources.api.framework.reachability import Reachability
from pipelines.sources.api.framework.source import ApiAccount
from pipelines.sources.outcomes import Outcome, Status


def refresh_names(
    landing: LandingStore,
    accounts: Sequence[ApiAccount],
    now: datetime,
    *,
    network: Reachability,
    pool: ThreadPoolExecutor,
) -> dict[str, str]:
    """Read the names of `accounts` that are due, at the same time in `pool`; what there is to say, by account.

    No figure depends on it: whatever goes wrong is a note, and the last known names hold.
    """
    aside = [
        f"a damaged file of names is set aside as landing/names/{path.name}"
        for path in landing.names.set_damaged_aside()
    ]

    def ask(names: NameSource, account: ApiAccount) -> str | None:
        feeds = [source.feed(account) for source in api_sources() if source.asks(account)]
        try:
            return naming.refresh(names, account, feeds, landing, now, network=network)
        except Exception as error:  # noqa: BLE001 - a name must not stop the figures
            return f"names could not be read ({type(error).__name__}), so the last known names are used"

    asked = {
        account.name: pool.submit(ask, names, account)
        for account in accounts
        for names in name_sources()
        if names.provider == account.provider and account.key
    }
    remark = {account: [note for note in (future.result(), *aside) if note] for account, future in asked.items()}
    return {account: "; ".join(notes) for account, notes in remark.items() if notes}


def with_notes(outcomes: Sequence[Outcome], notes: Mapping[str, str]) -> list[Outcome]:
    """`outcomes` with what there is to say of an account's names, once: at the first of its sources that ended well."""
    left = dict(notes)

    def with_note(outcome: Outcome) -> Outcome:
        note = left.pop(outcome.feed.name, None) if outcome.status is Status.OK else None
        return replace(outcome, message="; ".join(filter(None, [outcome.message, note]))) if note else outcome

    return [with_note(outcome) for outcome in outcomes]
