"""The balances that providers stated, the last of each day, in one file of the home: no provider tells an old one.

Belongs here: that file. Does not: asking, or what the balances are compared with (dbt_project/).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import orjson
from filelock import FileLock

from pipelines.domain.periods import utc_day
from pipelines.errors import HomeError
from pipelines.landing.files import write_atomically
from pipelines.landing.sealed import DAMAGE, sealed, strict_json, unsealed
from pipelines.sources.balances.source import Balance


class BalanceLog:
    """The balances of one home, in one JSON file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def all(self) -> list[Balance]:
        """The last balance of each day, account and currency, in order of time.

        Raises:
            HomeError: the file is damaged.
        """
        try:
            content = self.path.read_bytes()
        except FileNotFoundError:
            return []
        try:
            # Earlier versions wrote a list, without a hash.
            rows = strict_json(content) if content.startswith(b"[") else unsealed(content)["balances"]
            return [_from_json(value) for value in rows]
        except DAMAGE as error:
            raise HomeError(
                f"{self.path} was changed after it was written ({error}): put back a copy from a backup, or remove it, "
                "and the balances of earlier days are not known any more"
            ) from error

    def record(self, balances: Iterable[Balance]) -> None:
        """Put these in the place of earlier ones of the same day."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(self.path.with_suffix(".lock")):
            last = {_place(balance): balance for balance in [*self.all(), *balances]}
            rows = [
                {**asdict(balance), "amount": f"{balance.amount:f}", "observed_at": balance.observed_at.isoformat()}
                for balance in sorted(last.values(), key=lambda balance: (balance.observed_at, *_place(balance)[1:]))
            ]
            write_atomically(self.path, sealed({"balances": rows}))

    def digest(self) -> str:
        """A hash over what each day's last balances are, whatever the hour."""
        stated = [(*map(str, _place(balance)), str(balance.amount)) for balance in self.all()]
        return hashlib.sha256(orjson.dumps(sorted(stated))).hexdigest()


def _place(balance: Balance) -> tuple[date, str, str, str]:
    return utc_day(balance.observed_at), balance.provider, balance.account_name, balance.currency


def _from_json(value: dict[str, str]) -> Balance:
    return Balance(
        provider=value["provider"],
        account_name=value["account_name"],
        currency=value["currency"],
        amount=Decimal(value["amount"]),
        observed_at=datetime.fromisoformat(value["observed_at"]),
    )
