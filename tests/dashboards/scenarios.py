"""Builds a report may have to show: eighteen months of a company, one person's logs, invoices, nothing, an attack."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from dashboards.open_alerts import OpenAlert
from pipelines.presentation.messages import LINES_UNUSED
from tests.dashboards import statements
from tests.dashboards.events import contributor, event
from tests.dashboards.published import AS_OF, TODAY, Published, manual, row

UNUSABLE = (f"3 lines {LINES_UNUSED} s.jsonl:7: the line is not JSON",)


def fresh(
    source_kind: str,
    source: str,
    feed: str,
    last_day: date,
    *,
    status: str = "current",
    message: str | None = None,
    findings: tuple[str, ...] = (),
) -> tuple[Any, ...]:
    """A feed that began 18 months ago."""
    return (
        source_kind,
        source,
        feed,
        date(2025, 5, 23),
        last_day,
        548,
        9120,
        AS_OF,
        AS_OF - timedelta(minutes=30),
        status,
        message,
        0,
        list(findings),
        24,
    )


def alert(alert_id: str, headline: str, **given: Any) -> OpenAlert:
    """A warning of today that nobody has answered unless said otherwise."""
    usual = {"severity": "warning", "state": "open", "opened_on": TODAY}
    return OpenAlert(alert_id=alert_id, headline=headline, **usual | given)


def hour(local_hour: str, tokens: int, **given: Any) -> dict[str, Any]:
    """A row of fct_hourly_usage."""
    return {"local_hour": local_hour, "total_tokens": tokens, **given}


COMPANY_MODELS: Sequence[tuple[str, str, str, float]] = [
    ("anthropic", "acme-research", "opus-large-4.5", 150.0),
    ("anthropic", "acme-research", "sonnet-mid-4.5", 90.0),
    ("anthropic", "acme-support", "haiku-small-4.5", 22.0),
    ("openai", "acme-product", "gpt-next-5.2", 105.0),
    ("openai", "acme-product", "gpt-next-5.2-mini", 28.0),
    ("openai", "acme-product", "o-deep-research", 17.0),
    ("openai", "acme-product", "embedding-3-large", 4.0),
    ("google", "acme-vertex", "gemini-next-pro", 52.0),
    ("google", "acme-vertex", "gemini-next-flash", 20.0),
]


def company_rows(
    days: int = 549, models: Sequence[tuple[str, str, str, float]] = COMPANY_MODELS
) -> list[dict[str, Any]]:
    """Eighteen believable months, the same every time: weekdays, growth, a few spikes, manual entries, logs."""
    chance = random.Random(7)  # noqa: S311 - figures, not secrets
    projects = ["code-review-bot", "document-search", "support-assistant", None]
    rows = []
    for back in range(days - 1, -1, -1):
        day = TODAY - timedelta(days=back)
        week = 0.42 if day.weekday() > 4 else 1.0
        growth = 0.62 + 0.38 * (days - back) / days
        part_of_day = 0.4 if back == 0 else 1.0
        for place, (provider, account, model, a_day) in enumerate(models):
            spike = 2.9 if (back == 11 and place == 0) or (back == 36 and place == 3) else 1.0
            tokens = int(a_day * 90_000 * week * growth * part_of_day * spike * chance.uniform(0.8, 1.2))
            key = {"api_key_id": f"key_{place % 3}", "api_key_name": ["batch", "chat", None][place % 3]}
            rows.append(_metered(day, (provider, account, model), tokens, projects[place % 4]) | key)
        if week == 1.0 or back % 3 == 0:
            rows.append(_local(day, int(9_000_000 * growth * chance.uniform(0.4, 1.6))))
        rows += _entries(day)
    return rows


def _metered(day: date, named: tuple[str, str, str], tokens: int, project: str | None) -> dict[str, Any]:
    provider, account, model = named
    cached, output = tokens // 3, tokens // 6
    quantities = {
        "requests": tokens // 4000,
        "input_tokens": tokens - cached - output,
        "cached_tokens": cached,
        "output_tokens": output,
        "total_tokens": tokens,
    }
    amount = Decimal(tokens) * Decimal("0.00001125")
    return row(day, str(amount), provider=provider, account_name=account, model_id=model, project=project, **quantities)


def _local(day: date, tokens: int) -> dict[str, Any]:
    given = _metered(day, ("anthropic", "claude-code", "opus-large-4.5"), tokens, "/srv/atlas")
    return given | {
        "source_kind": "local",
        "host": "laptop-7",
        "cost_kind": "list_price_value",
        "cost_basis": "notional",
        "cost_amount": Decimal(tokens) * Decimal("0.0000018750"),
    }


def _entries(day: date) -> list[dict[str, Any]]:
    if day.day == 1:
        return [manual(day, "240.00", provider="openai", account_name="acme-finance")]
    if day.day in {9, 10, 11} and day.month == 10:
        return [manual(day, "88.333333", provider="google", account_name="acme-vertex", model_id="gemini-next-pro")]
    if day.day == 16:
        return [manual(day, "120.50", provider="mistral", account_name="acme-finance")]
    return []


def spend_this_month(rows: Iterable[dict[str, Any]]) -> Decimal:
    """What a budget over everything would have counted."""
    month = TODAY.replace(day=1)
    return sum(
        (
            entry["cost_amount"]
            for entry in rows
            if entry["cost_kind"] == "spend" and entry["cost_date"] >= month and entry["cost_amount"]
        ),
        Decimal(0),
    )


def company() -> Published:
    """The full picture: three metered providers, manual entries, logs, budgets, forecasts, anomalies."""
    rows = company_rows()
    rows.append(manual(date(2026, 10, 3), "120.00", provider="hosting", account_name="acme-finance", currency="EUR"))
    rows.append(
        row(
            date(2026, 11, 5),
            None,
            model_id="unheard-of-1",
            unpriced_tokens=52_000,
            total_tokens=52_000,
            input_tokens=50_000,
            cached_tokens=0,
            output_tokens=2_000,
            cost_basis="none",
            currency=None,
        )
    )
    spent = spend_this_month(rows)
    return Published(
        daily=rows,
        budgets=[
            ("everything", "everything", "14600.00", "USD", str(spent)),
            ("research", "account acme-research", "6900.00", "USD", "6420.00"),
            ("support", "account acme-support", "400.00", "USD", "448.10"),
        ],
        forecasts=[
            ("spend", "total", "total", 478.0),
            ("spend", "provider", "anthropic", 255.0),
            ("spend", "provider", "openai", 150.0),
            ("list_price_value", "total", "total", 15.0),
        ],
        anomalies=[
            event("00000001", "anthropic", date(2026, 11, 12), (430.4, 190.2)),
            event("00000002", "openai", date(2026, 10, 18), (171.0, 66.0), verdict="confirmed", note="A test."),
            event("00000003", "total", date(2026, 11, 3), (2.0, 16.0), cost_kind="list_price_value", kind="drop"),
        ],
        contributors=[
            contributor("00000001", "provider", "anthropic"),
            contributor("00000001", "model_id", "opus-large-4.5", 0.9),
            contributor("00000001", "project", "research", 0.4),
        ],
        freshness=[
            fresh("api", "anthropic-usage", "acme-research", TODAY),
            fresh("api", "openai-costs", "acme-product", TODAY),
            fresh(
                "api",
                "vertex-billing",
                "acme-vertex",
                date(2026, 11, 21),
                status="late",
                message="The export of 22 November has not appeared yet.",
            ),
            fresh("local", "claude-code", "laptop-7", TODAY, status="incomplete", findings=UNUSABLE),
            fresh("manual", "manual", "entries.csv", date(2026, 11, 16)),
        ],
        reconciliation=statements.company_reconciliation(),
        candidates=statements.company_candidates(),
        statement=statements.company_statement(),
        converted=[statements.charged("USD", "9657", "9657"), statements.charged("EUR", "70", "75.894")],
        prepaid=[statements.balance("acme-router", "80", "120.5"), statements.balance("acme-labs", "42", "-7")],
        hourly=[hour("2026-11-18 10:00", 5_200_000), hour("2026-11-21 23:00", 800), hour("2026-11-18 09:00", 900)],
        people=[{"person": "maya@acme.example", "converted_amount": 240}, {"person": None, "converted_amount": 9}],
        alerts=[
            alert("5a6b7c8d", "google is late", state="acknowledged", opened_on=date(2026, 11, 21)),
            alert("1a2b3c4d", "support: 112 % of the November budget is spent", severity="critical"),
            alert("9e8d7c6b", "research: 93 % of the November budget is spent", opened_on=date(2026, 11, 20)),
        ],
    )


def list_price_only() -> Published:
    """One person with logs of a coding agent, all on subscription, and nothing in this month."""
    rows = [
        entry
        for entry in company_rows(200)
        if entry["source_kind"] == "local" and entry["cost_date"] < date(2026, 10, 20)
    ]
    return Published(
        daily=rows,
        organisation=None,
        waiting=["list_price_value"],
        freshness=[fresh("local", "claude-code", "laptop-7", date(2026, 10, 19))],
    )


def manual_only() -> Published:
    """Invoices entered manually, one of them a credit."""
    rows = [entry for entry in company_rows() if entry["source_kind"] == "manual"]
    rows.append(manual(date(2026, 11, 6), "-75.25", provider="openai", account_name="acme-finance"))
    return Published(daily=rows, freshness=[fresh("manual", "manual", "entries.csv", date(2026, 11, 16))])


def empty() -> Published:
    """A first build that found nothing."""
    return Published(organisation=None)


def one_day() -> Published:
    """The first day of use, the day of the build itself."""
    rows = [row(TODAY, "3.21"), row(TODAY, "0.0042", provider="openai", model_id="gpt-next-5.2-mini")]
    return Published(daily=rows, waiting=["spend"], freshness=[fresh("api", "anthropic-usage", "acme-research", TODAY)])


def credited() -> Published:
    """A month in which a credit is more than all that was spent, against a budget."""
    days = [TODAY - timedelta(days=back) for back in range(54)]
    rows = [row(day, "13.25", provider="openai", model_id=model) for day in days for model in ("gpt-5", "gpt-5-mini")]
    rows.append(manual(date(2026, 11, 6), "-700.00", provider="openai", account_name="main"))
    spent = str(spend_this_month(rows))
    return Published(
        daily=rows,
        budgets=[("all", "everything", "300.00", "USD", spent)],
        forecasts=[("spend", "total", "total", 26.5)],
        freshness=[fresh("api", "openai-costs", "main", TODAY)],
    )


HOSTILE = [
    "</script><img src=x onerror=window.hit=1>",
    "<script>window.hit=1</script>",
    '=HYPERLINK("https://example.invalid")',
    'line\u2028separator\u2029and "quotes", commas',
    "{{ 7 * 7 }} & <svg onload=window.hit=1>",
]


def hostile() -> Published:
    """Names that would run, break out or compute, wherever a name can stand."""
    rows = [
        row(TODAY - timedelta(days=back), "4.75", provider=name, account_name=name, model_id=name, project=name)
        for name in HOSTILE
        for back in range(1, 90)
    ]
    attack = HOSTILE[0]
    rows.append(row(date(2026, 11, 2), "1", provider=attack, cost_kind="list_price_value", source_kind="local"))
    return replace(
        Published(daily=rows, organisation=attack),
        budgets=[(attack, attack, "100.00", "USD", "20.00")],
        forecasts=[("spend", "total", "total", 23.0), ("spend", "provider", attack, 4.0)],
        anomalies=[event("00000001", attack, date(2026, 11, 12), (9.0, 4.0), confidence="early", note=attack)],
        contributors=[contributor("00000001", "model_id", attack)],
        freshness=[fresh("local", attack, attack, TODAY, status="late", message=attack)],
        reconciliation=[
            statements.reconciled(statements.NOVEMBER, attack, "3", "3"),
            statements.reconciled(statements.NOVEMBER, "b", "3", "3"),
        ],
        candidates=[statements.candidate("local", attack, "3", attack, account_name=attack, host=attack)],
        statement=[statements.borne(statements.NOVEMBER, attack, attack, "3")],
        converted=[statements.charged("EUR", "1", None)],
        prepaid=[statements.balance(attack, "1", "2", provider=attack)],
        hourly=[hour("2026-11-18 10:00", 5_200_000, source=attack)],
        people=[{"person": attack, "converted_amount": 3}],
        alerts=[alert("1a2b3c4d", attack)],
    )


LONG_MESSAGE = f"/srv/agents/{'x' * 400} cannot be read: give its reader the right to, then run again."


def crowded() -> Published:
    """A large organisation after six weeks: many models, and more than thirty feeds with trouble among them."""
    providers = ("anthropic", "openai", "google", "mistral", "groq")
    models = [
        (providers[place % 5], f"acme-team-{place % 6}", f"model-{place:02}", 140 * 0.9**place) for place in range(45)
    ]
    feeds = [fresh("local", "claude-code", f"laptop-{place:02}", TODAY) for place in range(34)]
    feeds[3] = fresh("local", "claude-code", "laptop-03", TODAY, status="failed", message=LONG_MESSAGE)
    feeds[12] = fresh("local", "claude-code", "laptop-12", TODAY, status="late")
    feeds[20] = fresh("local", "claude-code", "laptop-20", TODAY, status="incomplete", findings=UNUSABLE)
    feeds[33] = fresh("api", "openai-costs", "acme-product", TODAY, status="refused", message="the key was refused")
    return Published(daily=company_rows(42, models), freshness=feeds)


def sample() -> Published:
    """The same company, as the sample a first run shows."""
    return replace(company(), is_sample=True, organisation="Northwind Labs (sample)")


def newcomer() -> Published:
    """Four providers, of which one is recorded from Oct 28 on and one was last read on Nov 10."""
    days = [TODAY - timedelta(days=back) for back in range(1, 84)]
    daily = [row(day, "11.00" if day.month == TODAY.month else "10.00") for day in days]
    daily += [row(day, "0.50", provider="tiny", model_id="nano") for day in days]
    daily += [row(day, "2.00", provider="router", model_id="mix") for day in days if day >= date(2026, 10, 28)]
    daily += [row(day, "1.00", provider="groq", model_id="fast") for day in days if day <= date(2026, 11, 10)]
    recorded = {"router": (date(2026, 10, 28), None), "groq": (None, date(2026, 11, 10))}
    return Published(daily=daily, recorded=recorded)


def currencies() -> Published:
    """Forty days in euros, in dollars at 0.92, and, on the last five, in yen without a rate."""

    def days(count: int, amount: str, rate: str | None, **given: Any) -> list[dict[str, Any]]:
        converted = None if rate is None else Decimal(amount) * Decimal(rate)
        found = [TODAY - timedelta(days=back) for back in range(1, count + 1)]
        return [manual(day, amount, **{"converted_amount": converted, **given}) for day in found]

    return Published(
        daily=[
            *days(40, "10.00", "1", provider="mistral", currency="EUR"),
            *days(40, "25.00", "0.92", provider="openai", model_id="gpt-5"),
            *days(5, "5000", None, provider="sakana", currency="JPY"),
        ],
        currency="EUR",
        budgets=[("everything", "everything", "800", "EUR", "726")],
        forecasts=[("spend", "total", "total", 33.0)],
        converted=[
            statements.charged("EUR", "220", "220", conversion_status="same"),
            statements.charged("USD", "550", "506", conversion_status="converted", rate=Decimal("0.92")),
            statements.charged("JPY", "25000", None),
        ],
    )


SCENARIOS = {
    "currencies": currencies,
    "sample": sample,
    "company": company,
    "list_price_only": list_price_only,
    "manual_only": manual_only,
    "empty": empty,
    "one_day": one_day,
    "credited": credited,
    "crowded": crowded,
    "hostile": hostile,
    "newcomer": newcomer,
}
