"""What ai-costs.yaml says of payments, budgets and cost centres: taken as it is meant, or refused with the place."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from pipelines.config import configured_rows
from pipelines.config.yaml_file import read_configuration
from pipelines.errors import ConfigError

ACCOUNTS = """\
accounts:
  - {name: acme-openai, provider: openai, key: OPENAI_ADMIN_KEY}
  - {name: proxy, provider: litellm, key: LITELLM_KEY, pays: acme-openai}
"""
BUDGET = "budgets:\n  - {{name: b, amount: 1, {}}}\n"


def rows_of(folder: Path, text: str, table: str) -> list[dict[str, object]]:
    file = folder / "ai-costs.yaml"
    file.write_text(text)
    return [dict(row) for row in configured_rows(read_configuration(file))[table]]


def test_a_gateway_pays_for_a_provider_and_for_what_it_names_no_provider_of(tmp_path: Path) -> None:
    every = {"account_name": "proxy", "source": None, "host": None, "pays": "acme-openai"}
    assert rows_of(tmp_path, ACCOUNTS, "paid_accounts") == [
        {**every, "provider": "litellm"},
        {**every, "provider": "openai"},
    ]


def test_a_metered_agent_pays_whatever_it_uses(tmp_path: Path) -> None:
    text = ACCOUNTS + "agents:\n  - {agent: claude_code, host: ci, billing: metered, pays: acme-openai}\n"
    assert rows_of(tmp_path, text, "paid_accounts")[2:] == [
        {"account_name": None, "source": "claude_code", "host": "ci", "provider": None, "pays": "acme-openai"}
    ]


def test_a_budget_has_its_period_and_what_it_takes_over(tmp_path: Path) -> None:
    text = """\
budgets:
  - {name: team, amount: 0.10, period: quarter, since: 2026-01-01, rollover: true, rollover_cap: 0.05}
  - {name: fair, amount: 7, period: custom, since: 2026-03-02, until: 2026-03-05, alert_at: [50]}
"""
    whole = {"currency": "USD", "alert_at": [70, 90, 100]}
    assert rows_of(tmp_path, text, "budgets") == [
        {
            **whole,
            "budget": "team",
            "amount": Decimal("0.10"),
            "period": "quarter",
            "since": date(2026, 1, 1),
            "until": None,
            "rollover": True,
            "rollover_cap": Decimal("0.05"),
        },
        {
            **whole,
            "budget": "fair",
            "amount": Decimal(7),
            "period": "custom",
            "since": date(2026, 3, 2),
            "until": date(2026, 3, 5),
            "rollover": False,
            "rollover_cap": None,
            "alert_at": [50],
        },
    ]


def test_a_budget_covers_each_value_once(tmp_path: Path) -> None:
    scope = "{cost_center: [labs, labs], tag: team=core, model: m}"
    text = f"cost_centers: [{{to: labs}}]\nbudgets:\n  - {{name: b, amount: 1, scope: {scope}}}\n"
    assert rows_of(tmp_path, text, "budget_scopes") == [
        {"budget": "b", "dimension": "cost_center", "value": "labs"},
        {"budget": "b", "dimension": "tag", "value": "team=core"},
        {"budget": "b", "dimension": "model", "value": "m"},
    ]


def test_cost_centres_are_numbered_in_order(tmp_path: Path) -> None:
    text = """\
cost_centers:
  - {to: research, match: {project: [atlas, bora]}, since: 2026-01-01}
  - to: {labs: 33.3333, ops: 66.6667}
    match: {tag: team=core}
"""
    rules = rows_of(tmp_path, text, "cost_center_rules")
    assert [(row["rule"], row["cost_center"], row["percent"], str(row["since"])) for row in rules] == [
        (1, "research", Decimal(100), "2026-01-01"),
        (2, "labs", Decimal("33.3333"), "None"),
        (2, "ops", Decimal("66.6667"), "None"),
    ]
    assert rows_of(tmp_path, text, "cost_center_scopes") == [
        {"rule": 1, "dimension": "project", "value": "atlas"},
        {"rule": 1, "dimension": "project", "value": "bora"},
        {"rule": 2, "dimension": "tag", "value": "team=core"},
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (ACCOUNTS.replace("pays: acme-openai", "pays: other"), "accounts[1].pays: 'other' is not one of the accounts"),
        (ACCOUNTS.replace("pays: acme-openai", "pays: proxy"), "'proxy' pays another account itself"),
        (
            ACCOUNTS + "agents:\n  - {agent: claude_code, billing: subscription, pays: acme-openai}\n",
            "only a metered agent spends through an account",
        ),
        ("cost_centers:\n  - to: {a: 50, b: 49.9}\n", "the percentages come to 99.9, not to 100"),
        ("cost_centers:\n  - to: {a: 50.0000001, b: 49.9999999}\n", "more than 6 digits after the point"),
        ("cost_centers:\n  - to: unallocated\n", "'unallocated' is reserved for costs that match no rule"),
        ("cost_centers:\n  - {to: a, since: 2026-02-01, until: 2026-02-01}\n", "a rule ends after it begins"),
        ("cost_centers:\n  - {to: a, match: {tag: core}}\n", "'core' is not of the form name=value"),
        (BUDGET.format("period: custom, since: 2026-01-01"), "a custom one needs since, its first day, and until"),
        (BUDGET.format("since: 2026-02-01, until: 2026-02-01"), "a budget ends after it begins"),
        (
            BUDGET.format("period: custom, since: 2026-01-01, until: 2026-02-01, rollover: true"),
            "a custom period has no next period to roll over to",
        ),
        (BUDGET.format("rollover_cap: 5"), "it needs rollover: true"),
        (BUDGET.format("rollover: true, rollover_cap: 0"), "rollover_cap: this should be greater than 0"),
        (BUDGET.format("scope: {tag: core}"), "scope: the tag 'core' is not of the form name=value"),
        ("reconciliation: {tolerance_percent: -1}\n", "greater than or equal to 0"),
    ],
)
def test_what_cannot_be_meant_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError) as refused:
        rows_of(tmp_path, text, "paid_accounts")
    assert said in str(refused.value)
