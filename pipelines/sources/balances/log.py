"""The balances that providers reported, the last of each day, in one file of the home: no provider tells an old one.

Belongs here: that file. Does not: asking, or what the balances are compared with (dbt_project/).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson

from pipelines.domain.periods import utc_day
from pipelines.errors import HomeError
from pipelines.presentation.messages import CHANGED
from pipelines.sources.balances.source import Balance
from pipelines.sources.row_file import RowFile


class BalanceLog:
    """The balances of one home, in one JSON file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = RowFile(
            path=path,
            rows="balances",
            from_json=_from_json,
            to_json=_to_json,
            when_damaged=_refuse,
        )

    def all(self) -> list[Balance]:
        """The last balance of each day, account and currency, in order of time.

        Raises:
            HomeError: the file is damaged.
        """
        return self._file.all()

    def record(self, balances: Iterable[Balance]) -> None:
        """Put these in the place of earlier ones of the same day."""
        new = {_place(balance): balance for balance in balances}
        self._file.change(
            lambda earlier: sorted(
                ({_place(balance): balance for balance in earlier} | new).values(),
                key=lambda balance: (balance.observed_at, *_place(balance)[1:]),
            )
        )

    def digest(self) -> str:
        """A hash over what each day's last balances are, whatever the hour."""
        reported = [(*map(str, _place(balance)), str(balance.amount)) for balance in self.all()]
        return hashlib.sha256(orjson.dumps(sorted(reported))).hexdigest()


def _refuse(path: Path, error: Exception) -> None:
    raise HomeError(
        f"{path} {CHANGED} ({error}): put back a copy from a backup, or remove it, "
        "and the balances of earlier days are not known any more"
    ) from error


def _place(balance: Balance) -> tuple[date, str, str, str]:
    return utc_day(balance.observed_at), balance.provider, balance.account_name, balance.currency


def _to_json(balance: Balance) -> dict[str, Any]:
    return {**asdict(balance), "amount": f"{balance.amount:f}"}


def _from_json(value: dict[str, str]) -> Balance:
    return Balance(
        provider=value["provider"],
        account_name=value["account_name"],
        currency=value["currency"],
        amount=Decimal(value["amount"]),
        observed_at=datetime.fromisoformat(value["observed_at"]),
    )
