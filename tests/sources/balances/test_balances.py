"""What accounts have left, in the units of each provider, kept by day, and told where it cannot be read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipelines.app import diagnosis
from pipelines.app.balances import read_balances
from pipelines.app.home import Home
from pipelines.errors import HomeError, SourceError
from pipelines.presentation.messages import CHANGED, KEY_REFUSED
from pipelines.sources.api.framework.client import Limits
from pipelines.sources.api.framework.source import ApiAccount
from pipelines.sources.balances import Balance, balance_sources
from pipelines.sources.balances.log import BalanceLog
from pipelines.sources.outcomes import Status
from tests.home.homes import home_at
from tests.sources.api.canned import KEY, Asked, Provider, provider

NOW = datetime(2026, 3, 20, 12, 30, tzinfo=UTC)
QUICK = Limits(attempts=1)
ANSWERS = {
    "openrouter": ("/credits", {"data": {"total_credits": 100.5, "total_usage": 25.75}}),
    "vercel": ("/v1/credits", {"balance": "95.50", "total_used": "4.50"}),
    "xai": ("/v1/billing/teams/team-1/prepaid/balance", {"changes": [], "total": {"val": "-1250"}}),
    "deepseek": (
        "/user/balance",
        {
            "is_available": True,
            "balance_infos": [
                {
                    "currency": "CNY",
                    "total_balance": "110.00",
                    "granted_balance": "10.00",
                    "topped_up_balance": "100.00",
                },
                {"currency": "USD", "total_balance": "-0.25"},
            ],
        },
    ),
}
LEFT = {
    "openrouter": {"USD": Decimal("74.75")},
    "vercel": {"USD": Decimal("95.5")},
    "xai": {"USD": Decimal("12.5")},
    "deepseek": {"CNY": Decimal(110), "USD": Decimal("-0.25")},
}


def answering(name: str) -> Any:
    path, answer = ANSWERS[name]
    return lambda asked: answer if asked.path == path else (404, {"error": "Not Found"})


def read(name: str, url: str, key: str = KEY) -> list[Balance]:
    account = ApiAccount("acme", name, key, base_url=url, organization="team-1")
    return balance_sources()[name].balances(account, NOW, QUICK)


@pytest.mark.parametrize("name", sorted(ANSWERS))
def test_what_is_left_is_read_in_major_units_with_its_sign(name: str):
    with provider(answering(name)) as served:
        found = read(name, served.url)
    assert {balance.currency: balance.amount for balance in found} == LEFT[name]
    assert {(balance.provider, balance.account_name, balance.observed_at) for balance in found} == {(name, "acme", NOW)}
    assert KEY in served.asked[0].headers["authorization"]


def test_every_provider_that_tells_a_balance_has_an_answer_here():
    assert balance_sources().keys() == ANSWERS.keys()


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("openrouter", ("data", "total_credits")),
        ("openrouter", ("data", "total_usage")),
        ("vercel", ("balance",)),
        ("xai", ("total", "val")),
        ("deepseek", ("balance_infos", 0, "total_balance")),
        ("deepseek", ("balance_infos", 0, "currency")),
    ],
)
def test_a_balance_without_one_of_its_parts_is_refused(name: str, path: tuple[Any, ...]):
    answer = json.loads(json.dumps(ANSWERS[name][1]))
    holder = answer
    for step in path[:-1]:
        holder = holder[step]
    del holder[path[-1]]
    with provider(lambda _: answer) as served, pytest.raises(SourceError, match=f"{path[-1]} is missing"):
        read(name, served.url)


def test_the_last_balance_of_a_day_stays_in_the_log(tmp_path: Path):
    log = BalanceLog(tmp_path / "balances" / "balances.json")
    morning = Balance("xai", "acme", "USD", Decimal("12.500000000001"), NOW)
    log.record([morning])
    same = log.digest()
    log.record([replace(morning, observed_at=NOW + timedelta(hours=1))])
    assert log.digest() == same, "the hour alone is not a reason to build again"
    evening = replace(morning, amount=Decimal(9), observed_at=NOW + timedelta(hours=6))
    other_day = replace(morning, amount=Decimal(7), observed_at=NOW + timedelta(days=1))
    log.record([other_day, evening])
    assert log.all() == [evening, other_day]
    assert log.digest() != same


def test_a_damaged_log_is_named(tmp_path: Path):
    (tmp_path / "balances.json").write_text("[{")
    with pytest.raises(HomeError, match=rf"balances\.json {CHANGED}"):
        BalanceLog(tmp_path / "balances.json").all()


@contextmanager
def accounts(person: Path, **answers: Any) -> Iterator[tuple[Home, dict[str, Provider]]]:
    """A home with an account at each provider, named as it, whose answers are given."""
    with ExitStack() as stack:
        served = {name: stack.enter_context(provider(answer)) for name, answer in answers.items()}
        listed = [
            f"  - {{name: my-{name}, provider: {name}, key: THE_KEY, base_url: '{at.url}', organization: team-1}}"
            for name, at in served.items()
        ]
        yield home_at(person, "\n".join(["accounts:", *listed]) + "\n", THE_KEY=KEY), served


def test_a_run_takes_every_balance_and_tells_those_that_cannot_be_read(tmp_path: Path):
    def refusing(_: Asked) -> Any:
        return 401, {"error": f"no such key {KEY}"}

    answers = {"xai": answering("xai"), "deepseek": refusing, "vercel": lambda _: (404, {}), "openai": refusing}
    with accounts(tmp_path, **answers) as (home, served):
        outcomes = read_balances(home)
        findings = {finding.subject: finding for finding in diagnosis._balances(home)}
    assert [(b.provider, b.account_name, b.amount) for b in BalanceLog(home.folders.balances).all()] == [
        ("xai", "my-xai", Decimal("12.5"))
    ]
    (outcome,) = outcomes
    assert (outcome.feed.source, outcome.feed.name, outcome.status) == (
        "deepseek_balance",
        "my-deepseek",
        Status.FAILED,
    )
    assert (outcome.message or "").startswith(f"the balance could not be read: 127.0.0.1 {KEY_REFUSED} (401)")
    assert KEY not in str(outcome)
    assert [asked.path for asked in served["openai"].asked] == []
    assert findings["balance of my-xai"].found == "12.5 USD left, as reported by the provider"
    assert not findings["balance of my-deepseek"].ok
    assert findings.keys() == {"balance of my-xai", "balance of my-deepseek"}
