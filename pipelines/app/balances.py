"""Asking the configured accounts what they have left, where their provider reports it.

A balance is not a figure of spend: without one, nothing that is counted becomes smaller. What the provider does not
have at its address is left out; any other failure is reported.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus

from pipelines.app.home import Home
from pipelines.app.inputs import api_accounts, asks_accounts
from pipelines.domain.source_kinds import SourceKind
from pipelines.errors import SourceError
from pipelines.landing import Feed
from pipelines.sources.api.framework.client import Limits, RefusedError
from pipelines.sources.api.framework.source import ApiAccount
from pipelines.sources.balances import Balance, balance_sources
from pipelines.sources.balances.log import BalanceLog
from pipelines.sources.outcomes import Outcome, OutcomeLog, Status

MAX_CONCURRENT = 8
PATIENCE = Limits(page_seconds=15, source_seconds=45, attempts=2, read_seconds=10)
"""The next run asks again."""


def balance_feed(account: ApiAccount) -> Feed:
    """Under which name the balance of `account` is reported."""
    return Feed(SourceKind.API, f"{account.provider}_balance", account.name)


def ask_balances(home: Home) -> list[tuple[ApiAccount, list[Balance] | SourceError]]:
    """What each account has left, or why that cannot be read; nothing of those whose provider has no balance there."""
    now = home.clock()

    def ask(account: ApiAccount) -> list[Balance] | SourceError:
        source = balance_sources()[account.provider]
        try:
            return source.balances(account, now, PATIENCE)
        except RefusedError as error:
            return [] if error.status == HTTPStatus.NOT_FOUND else error
        except SourceError as error:
            return error

    with api_accounts(home) as accounts, ThreadPoolExecutor(MAX_CONCURRENT, "balances") as pool:
        asked = [account for account in accounts if _is_asked(account)]
        return list(zip(asked, pool.map(ask, asked), strict=True))


def read_balances(home: Home) -> list[Outcome]:
    """Take every account's balance into the log; give an outcome for each that failed.

    Asking the accounts for figures forgets the failures of the run before, so that only what fails now is reported.
    Without a network nobody is asked.
    """
    if not asks_accounts(home):
        return []
    answers = ask_balances(home)
    BalanceLog(home.folders.balances).record(
        balance for _, answer in answers if isinstance(answer, list) for balance in answer
    )
    outcomes = [
        Outcome(balance_feed(account), Status.FAILED, home.clock(), f"the balance could not be read: {answer}")
        for account, answer in answers
        if isinstance(answer, SourceError)
    ]
    OutcomeLog(home.folders.outcomes).record(outcomes)
    return outcomes


def _is_asked(account: ApiAccount) -> bool:
    """An account that lacks its organization is reported by the source of its figures."""
    source = balance_sources().get(account.provider)
    return source is not None and (account.organization is not None or not source.needs_organization)
