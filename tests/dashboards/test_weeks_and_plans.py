"""Projects by their names, hours of the week, what plans are worth, and when budgets are passed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from dashboards.context import ReportContext
from dashboards.panels.budget import burn_up, prepare
from tests.dashboards import scenarios
from tests.dashboards.published import AS_OF, Published, manual, row

Values = Callable[[str, Published], dict[str, Any] | None]


def test_a_project_of_several_ids_is_one_line_under_its_name(values: Values):
    day = date(2026, 11, 3)
    daily = [
        row(day, "3", project="proj_vision", project_name="vision-lab"),
        row(day, "5", project="wrkspc_vision", project_name="vision-lab", provider="openai"),
        row(day, "2", project="website"),
        row(day, "6.5", currency="EUR"),
        manual(day, "10"),
    ]
    shown = values("projects", Published(daily=daily))
    assert shown is not None
    ((table,),) = (shown["tables"],)
    assert [(line["name"], line["cost"], line["share"]) for line in table["lines"]] == [
        ("vision-lab", "$8.00", "40%"),
        ("website", "$2.00", "10%"),
        ("No project named", "$10.00", "50%"),
    ]
    assert values("projects", Published(daily=[row(day)])) is None


def test_a_person_is_named_where_a_source_names_one(values: Values):
    october = {"month": date(2026, 10, 1)}
    people = [
        {"person": "maya", "converted_amount": Decimal(40)},
        {"person": "li", "converted_amount": Decimal(50)},
        {"person": None, "converted_amount": Decimal(10)},
        october | {"person": "maya", "converted_amount": Decimal(7)},
        {"month": date(2026, 8, 1), "person": "old", "converted_amount": Decimal(7)},
    ]
    shown = values("people", Published(daily=[row(date(2026, 11, 3))], people=people))
    assert shown is not None
    (table,) = shown["tables"]
    assert table["finding"] == "November so far: 2 people, li most with 50% of spend; of 10% no person is known."
    assert table["months"] == ["October", "November so far"]
    assert [(line["name"], *line["amounts"], line["share"]) for line in table["lines"]] == [
        ("li", "–", "$50.00", "50%"),  # noqa: RUF001 - an en dash
        ("maya", "$7.00", "$40.00", "40%"),
        ("No person named", "–", "$10.00", "10%"),  # noqa: RUF001 - an en dash
    ]
    refund = [*people, {"person": "zoe", "converted_amount": Decimal(-90)}]
    credited = values("people", Published(daily=[row(date(2026, 11, 3))], people=refund))
    assert credited is not None
    assert credited["tables"][0]["finding"] == "November so far: 3 people, li most."
    assert values("people", Published(people=people[2:3])) is None


def test_hours_say_when_use_is_and_when_it_is_not(values: Values):
    hourly = [
        scenarios.hour("2026-11-18 10:00", 5_200_000),
        scenarios.hour("2026-11-18 09:00", 900, source="codex"),
        scenarios.hour("2026-11-21 23:00", 2_000_000),
        scenarios.hour("2026-11-11 10:00", 800_000),
        scenarios.hour("2026-08-01 03:00", 9_000_000_000),
    ]
    shown = values("hours", Published(hourly=hourly))
    assert shown is not None
    assert shown["finding"] == "Wednesdays are busiest; the peak is Wednesday at 10:00"
    assert shown["subtitle"].startswith(
        "Tokens by hour since Nov 11, 2026, in Europe/Berlin, of claude_code and codex; others report days."
    )
    used = {
        (line["name"], hour): tokens
        for line in shown["lines"]
        for hour, tokens in enumerate(line["tokens"])
        if tokens != "0"
    }
    assert used == {("Wednesday", 9): "900", ("Wednesday", 10): "6.00M", ("Saturday", 23): "2.00M"}
    assert [path.count("M") for path in shown["paths"]] == [7 * 24 - 3, 1, 1, 0, 1, 0]
    assert shown["paths"][4] == "M10.03 2.5h.94"


def test_what_a_plan_is_worth_is_against_what_is_paid_for_it(values: Values):
    seat = {"account_name": "seats", "charge_category": "Purchase", "is_spread": True}
    worth = {"cost_kind": "list_price_value", "source_kind": "local"}
    october, november = date(2026, 10, 5), date(2026, 11, 5)
    daily = [
        manual(october, "200", **seat),
        manual(november, "150", **seat),
        manual(november, "90", provider="cursor", **seat),
        row(october, "770", **worth),
        row(october, "11", provider="openai", **worth),
        row(november, "30", **worth),
        row(november, "12", provider="openai", **worth),
        row(october, "999"),
    ]
    shown = values("plans", Published(daily=daily))
    assert shown is not None
    assert shown["finding"] == "You paid $200 for plans in October; the use is worth $770"
    assert shown["months"] == ["October", "November so far"]
    assert [
        (line["name"], [(cell["worth"], cell["paid"], cell["times"]) for cell in line["cells"]])
        for line in shown["lines"]
    ] == [
        ("Anthropic", [("$770", "$200", "3.8×"), ("$30.00", "$150", "0.2×")]),  # noqa: RUF001 - a multiplication sign
        ("OpenAI", [("$11.00", "–", ""), ("$12.00", "–", "")]),  # noqa: RUF001 - en dashes
    ]
    assert shown["lacks_plan"]
    bare = values("plans", Published(daily=[row(november, "30", **worth)]))
    assert bare is not None
    assert bare["finding"] == "Use under plans is worth $30.00 in November so far; no plan is entered"


CONTEXT = ReportContext("b", AS_OF, "USD", False, None, "0", None, None, ())  # noqa: FBT003 - no sample


@pytest.mark.parametrize(
    ("spent", "forecast", "line"),
    [
        (["10", "100"], None, {"spent": "0,31 6.25,29.12 25,12.25 75,12.25", "limit": "1", "zero": "31"}),
        (["100", "-60"], 20.0, {"spent": "0,22.82 6.25,9.182 25,31 75,31", "ahead": "75,31 100,20.09", "limit": "1"}),
    ],
)
def test_a_burn_up_is_within_its_field(spent: list[str], forecast: float | None, line: dict[str, str]):
    first = date(2026, 11, 12)
    days = [{"cost_date": date(2026, 11, 12 + 3 * at), "amount": Decimal(each)} for at, each in enumerate(spent)]
    given = {
        "period_start": first,
        "period_end": date(2026, 11, 28),
        "amount": Decimal(160),
        "spent_days": days,
        "forecast_amount": forecast,
    }
    found = burn_up(given, CONTEXT)
    assert found is not None
    assert found | line == found


@pytest.mark.parametrize(
    ("crosses_on", "remaining", "finding", "said"),
    [
        (None, "40", "75% of the lab budget used", None),
        (date(2026, 11, 30), "40", "lab is on course to pass its budget on Nov 30", "on course to pass it on Nov 30"),
        (date(2027, 1, 4), "40", "lab is on course to pass its budget on Jan 4, 2027", None),
        (date(2026, 11, 9), "-8", "lab is over budget", "passed on Nov 9"),
    ],
)
def test_a_budget_says_by_when_it_is_passed(crosses_on: date | None, remaining: str, finding: str, said: str | None):
    amount, left = Decimal(160), Decimal(remaining)
    budget = {
        "budget": "lab",
        "scope": "project lab",
        "period": "week",
        "currency": "USD",
        "period_start": date(2026, 11, 12),
        "period_end": date(2026, 11, 28),
        "amount": amount,
        "rollover_amount": Decimal(0),
        "spent_amount": amount - left,
        "remaining_amount": left,
        "level_reached": None,
        "spent_days": [],
        "forecast_amount": None,
        "crosses_on": crosses_on,
    }
    values = prepare([budget], CONTEXT).values
    assert values["finding"] == finding
    if said is not None:
        assert values["budgets"][0]["detail"].endswith(said)
