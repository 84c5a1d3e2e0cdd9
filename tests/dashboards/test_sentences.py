"""What the page says in words: the headline, the figures and the notes, for each state a build can be in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from dashboards.context import read_context
from dashboards.panels import discover
from dashboards.report import _rows
from tests.dashboards import published, scenarios, statements
from tests.dashboards.published import TODAY, Published, manual, row
from tests.dashboards.statements import charged

Values = Callable[[str, Published], dict[str, Any]]


def _sentence(values: Values, content: Published, place: int = 0) -> tuple[str, str]:
    sentence = values("headline", content)["sentences"][place]
    return sentence["finding"], sentence["lede"]


def _figures(values: Values, content: Published, place: int = 0) -> dict[str, Any]:
    return {figure.id: figure for figure in values("figures", content)["sets"][place]["figures"]}


def _notes(values: Values, content: Published) -> list[str]:
    return [note["text"] for note in values("notes", content)["notes"]]


def test_the_company_reads_where_the_month_will_land_against_its_budget(values: Values):
    finding, lede = _sentence(values, scenarios.company())
    assert finding == "November is heading for $13,371, 8% under budget; support is $48.10 over its monthly budget"
    assert lede == (
        "Spend on Nov 1–23 is $9,657; its 22 complete days are 3% below the same days of October. "  # noqa: RUF001
        "Yesterday cost $209, about as a usual Sunday. gemini-next-pro fell most, by $251; 1 anomaly this month."
    )


def test_data_that_is_late_is_told_with_its_last_day(tmp_path: Path):
    for late, told in ((1, ""), (2, ", with no data since Nov 21"), (10, ", with no data since Nov 13")):
        database = published.write(tmp_path / f"{late}.duckdb", scenarios.company())
        with duckdb.connect(str(database)) as connection:
            connection.execute("update rpt_forecast_status set delivered_through = ?", [TODAY - timedelta(days=late)])
            context = read_context(connection)
            panel = next(panel for panel in discover() if panel.id == "headline")
            sentence = panel.prepare(_rows(connection, panel.query), context).values["sentences"][0]
        over = "support is $48.10 over its monthly budget"
        assert sentence["finding"] == f"November is heading for $13,371, 8% under budget{told or f'; {over}'}"
        assert sentence["lede"].startswith(f"Also, {over}. Spend on") is bool(told)
        assert ("below the same days of October" in sentence["lede"]) is not bool(told)
        assert ("Yesterday" in sentence["lede"]) is not bool(told)


def test_a_provider_too_new_for_the_forecast_is_named_with_what_it_adds(tmp_path: Path):
    database = published.write(tmp_path / "young.duckdb", scenarios.company())
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            "insert into rpt_forecast_status "
            "values ('spend', 'provider', 'groq', 'USD', 5, 'waiting', null, '2026-12-02', null, 1500)"
        )
        context = read_context(connection)
        panel = next(panel for panel in discover() if panel.id == "headline")
        spend, value = panel.prepare(_rows(connection, panel.query), context).values["sentences"]
    told = "Groq is new and not yet in the forecast; at the pace so far, 30 days add $1,500."
    assert spend["lede"].endswith(told)
    assert told not in value["lede"]


def test_list_price_value_is_never_called_spend(values: Values):
    finding, lede = _sentence(values, scenarios.company(), place=1)
    assert finding.startswith("November is heading for $")
    assert finding.endswith(" of list-price value")
    assert lede.startswith("List-price value on Nov 1–23 is $")  # noqa: RUF001
    labels = [figure.label for figure in _figures(values, scenarios.company(), place=1).values()]
    assert [label for label in labels if "list-price value" not in label] == ["Budget used"]


def test_use_that_ended_before_this_month_is_summed_up_with_its_days(values: Values):
    finding, lede = _sentence(values, scenarios.list_price_only())
    assert finding == "$1,727 of list-price value in all, none in November 2026"
    assert lede == "Recorded from May 8, 2026 to Oct 19, 2026. A forecast starts on Dec 2."


def test_a_first_day_says_when_a_forecast_starts(values: Values):
    assert _sentence(values, scenarios.one_day()) == (
        "November is at $3.21 so far",
        "Spend on Nov 1–23 is $3.21. A forecast starts on Dec 2.",  # noqa: RUF001
    )
    figures = _figures(values, scenarios.one_day())
    assert (figures["forecast"].value, figures["forecast"].detail) == ("–", "starts on Dec 2")  # noqa: RUF001
    assert (figures["anomalies"].value, figures["anomalies"].detail) == ("–", "watched from Dec 2")  # noqa: RUF001
    assert figures["change"].detail == "no same days to compare yet"


def test_a_series_that_rests_says_why_it_is_not_forecast(tmp_path: Path):
    content = replace(scenarios.list_price_only(), waiting=[])
    database = published.write(tmp_path / "resting.duckdb", content)
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            "insert into rpt_forecast_status "
            "values ('list_price_value', 'total', 'total', 'USD', 120, 'waiting', null, null, "
            "'no cost for eight weeks; forecasts start again with use', null)"
        )
        context = read_context(connection)
        view = {panel.id: panel.prepare(_rows(connection, panel.query), context) for panel in discover()}
    figures = {figure.id: figure for figure in view["figures"].values["sets"][0]["figures"]}
    assert figures["forecast"].detail == "no cost for eight weeks; forecasts start again with use"
    assert (figures["anomalies"].value, figures["anomalies"].detail) == ("0", "none found")
    remark = "No cost for eight weeks; forecasts start again with use."
    assert view["forecast"].values["summaries"][0]["message"] == remark
    assert remark in [note["text"] for note in view["notes"].values["notes"]]


def test_an_empty_build_says_so_and_what_to_do(values: Values):
    finding, lede = _sentence(values, scenarios.empty())
    assert finding == "Nothing recorded yet"
    assert "ai-costs doctor" in lede
    assert _figures(values, scenarios.empty())["month"].value == "–"  # noqa: RUF001


def test_unpriced_use_is_at_least_and_never_nothing(values: Values):
    rows = [
        row(TODAY - timedelta(days=3), "120.00"),
        row(TODAY - timedelta(days=3), None, model_id="unheard-of-1", currency=None, unpriced_tokens=52_000),
    ]
    month = _figures(values, Published(daily=rows))["month"]
    assert (month.value, month.detail) == ("$120", "all API; at least, as some use is unpriced")
    assert any(
        "No price is known for unheard-of-1 (52.0K tokens)." in note for note in _notes(values, Published(daily=rows))
    )
    only = Published(daily=rows[1:])
    assert _sentence(values, only)[0] == "Use is recorded, but none of it has a price yet"
    assert _figures(values, only)["month"].detail == "recorded, but unpriced"


def test_the_month_is_split_by_source_and_a_credit_is_split_in_money(values: Values):
    api, entry = row(TODAY - timedelta(days=2), "93.00"), manual(TODAY - timedelta(days=2), "7.00")
    assert _figures(values, Published(daily=[api, entry]))["month"].detail == "93% API, 7% manual"
    credit = manual(TODAY - timedelta(days=2), "-7.00")
    assert _figures(values, Published(daily=[api, credit]))["month"].detail == "$93.00 API, −$7.00 manual"  # noqa: RUF001


def test_a_budget_reads_what_is_left_and_what_is_over(values: Values):
    budget = ("everything", "everything", "100.00", "USD", "60.00")
    content = replace(scenarios.one_day(), budgets=[budget])
    figure = _figures(values, content)["budget"]
    assert (figure.value, figure.detail) == ("60%", "$40.00 left, $5.00 a day for 8 days")
    over = _figures(values, replace(content, budgets=[(*budget[:4], "112.40")]))["budget"]
    assert (over.value, over.detail, over.meter["state"]) == ("112%", "$12.40 over $100", "over")
    listed = values("budget", replace(content, budgets=[(*budget[:4], "112.40")]))
    assert listed["finding"] == "everything is over budget"
    assert listed["budgets"][0]["detail"] == "112% used, $12.40 over"
    assert listed["budgets"][0]["level"] == 100


def test_a_budget_says_how_much_of_it_was_carried_over(values: Values):
    budget = ("everything", "everything", "100.00", "USD", "60.00")
    content = replace(scenarios.one_day(), budgets=[budget], budget_rollover="25.00")
    assert (
        values("budget", content)["budgets"][0]["detail"] == "60% used, $40.00 left, $25.00 of the budget carried over"
    )


def test_a_budget_of_a_quarter_is_measured_by_its_quarter(values: Values):
    budget = ("everything", "everything", "1000.00", "USD", "61.00")
    quarter = ("quarter", "2026-10-01", "2027-01-01")
    content = replace(scenarios.company(), budgets=[budget], budget_period=quarter)
    figure = _figures(values, content)["budget"]
    assert figure.label == "Budget used, Oct 1 to Dec 31"
    assert figure.detail == "$939 left, $24.08 a day for 39 days"
    assert figure.meter["gone"] == f"{100 * 54 / 92:.1f}"
    assert values("budget", content)["budgets"][0]["period"] == "Oct 1, 2026 to Dec 31, 2026"
    assert _sentence(values, content)[0] == (
        "November is heading for $13,371; everything is heading over its quarterly budget"
    ), "a month's forecast is not measured by a quarter's budget"


def test_no_budget_says_how_to_set_one(values: Values):
    figure = _figures(values, scenarios.one_day())["budget"]
    assert figure.detail == "none set; add one under budgets in ai-costs.yaml"


def test_other_currencies_are_listed_and_not_added(values: Values):
    content = Published(daily=[row(TODAY, "5.00"), manual(date(2026, 10, 3), "120.00", currency="EUR")])
    assert _figures(values, content)["month"].value == "$5.00"
    assert "EUR\N{NO-BREAK SPACE}120.00 of spend is recorded in EUR: not in these totals, which are in USD." in _notes(
        values, content
    )


def test_amounts_that_may_still_change_are_told_by_why(values: Values):
    may_change = {"is_provisional": True}
    days = [date(2026, 11, 20), date(2026, 11, 21)]
    daily = [row(day, "5.00", **may_change) for day in days]
    daily += [row(day, "7.00", source_kind="import", cost_basis="provider_reported", **may_change) for day in days]
    notes = _notes(values, Published(daily=[*daily, row(date(2026, 11, 19), "3.00")]))
    assert (
        "$10.00 of spend on 2 earlier days is use at list price: the bill for it is not final, and will take its place."
    ) in notes
    assert (
        "$14.00 of spend on 2 earlier days is from files that were read before their bill was final: export them again "
        "once it is."
    ) in notes


def test_prepaid_credit_says_what_is_left_and_where_a_purchase_is_missing(values: Values):
    rows = [
        statements.balance("acme", "12.5", "20"),
        statements.balance("labs", "42", "3", lowest_amount=Decimal(-7), is_overdrawn=True),
        statements.balance("new", "0", "5", unpriced_tokens=52_000),
        statements.balance("equal", "1", "5", reported_amount=Decimal(5), reported_difference_amount=Decimal(0)),
        statements.balance("less", "1", "5", reported_amount=Decimal(3), reported_difference_amount=Decimal(-2)),
        statements.balance("spent", "0", "0"),
        statements.balance("then", "1", "2", month=date(2026, 10, 1)),
    ]
    unpriced = "Without a price, and so still in it: 52.0K tokens."
    agrees, less = "The provider reports $5.00, which agrees.", "The provider reports $3.00: $2.00 less."
    at_use = "Spend counts credit when it is used, not when it is bought."
    assert values("credit", Published(daily=[row(TODAY)], prepaid=rows))["lines"] == [
        f"OpenRouter (acme) is prepaid: $12.50 was used this month and $20.00 is left. {at_use}",
        f"OpenRouter (equal) is prepaid: $1.00 was used this month and $5.00 is left. {at_use} {agrees}",
        "OpenRouter (labs) is prepaid. $7.00 more was used than is entered: a purchase or a gift is missing.",
        f"OpenRouter (less) is prepaid: $1.00 was used this month and $5.00 is left. {at_use} {less}",
        f"OpenRouter (new) is prepaid: $0.00 was used this month and $5.00 is left. {at_use} {unpriced}",
    ]


def test_what_is_converted_stands_under_the_figures_and_what_has_no_rate_beside_it(values: Values):
    content = Published(
        daily=[row(TODAY, "5.00")],
        converted=[
            charged("USD", "5.00", "5.00"),
            charged("EUR", "100", "108.42"),
            charged("GBP", "10", "13.45"),
            charged("ARS", "7", None),
            charged("EUR", "900", "999", cost_date=date(2026, 10, 31)),
            charged("EUR", "900", "999", cost_date=TODAY + timedelta(days=1)),
            charged("EUR", "1", "1.1", cost_kind="list_price_value"),
        ],
    )
    assert values("conversion", content)["lines"] == [
        {
            "kind": "spend",
            "text": "$122 of November so far is EUR\N{NO-BREAK SPACE}100.00 converted at 1.0842 and "
            "GBP\N{NO-BREAK SPACE}10.00 converted at 1.345. "
            "Without a rate, and so in no total: ARS\N{NO-BREAK SPACE}7.00.",
        }
    ]


def test_without_any_rate_nothing_is_said_to_be_converted(values: Values):
    content = Published(daily=[row(TODAY, "5.00")], converted=[charged("ARS", "7", None)])
    (line,) = values("conversion", content)["lines"]
    assert line["text"] == "Without a rate, and so in no total: ARS\N{NO-BREAK SPACE}7.00."


def test_one_currency_needs_no_line_of_conversion(values: Values):
    content = Published(daily=[row(TODAY, "5.00")], converted=[charged("USD", "5.00", "5.00")])
    assert values("conversion", content) is None


def test_a_source_that_is_behind_is_named_with_its_reason(values: Values):
    notes = _notes(values, scenarios.company())
    assert (
        "vertex-billing acme-vertex is late; its data reaches Nov 21, 2026: "
        "The export of 22 November has not appeared yet." in notes
    )
    freshness = values("freshness", scenarios.company())
    assert freshness["finding"] == "3 of 5 sources complete and up to date"
    assert freshness["lines"][1]["word"] == "Incomplete"
    assert freshness["lines"][1]["note"] == scenarios.UNUSABLE[0]
    assert f"claude-code laptop-7 is incomplete; its data reaches Nov 23, 2026: {scenarios.UNUSABLE[0]}" in notes


def test_an_anomaly_says_what_happened_and_where_it_came_from(values: Values):
    shown = values("anomalies", scenarios.company())
    first, second = shown["lists"][0]["items"]
    assert (first["title"], second["title"]) == ("Nov 12, 2026: anthropic", "Oct 18, 2026: openai")
    assert first["text"] == (
        "$430, where $190 was expected; $240 more (2.3\N{MULTIPLICATION SIGN}). "
        "Most of it came from opus-large-4.5: more use."
    )
    assert (first["severity"], first["verdict"], first["id"]) == ("High", None, "00000001")
    assert (second["verdict"], second["note"]) == ("Confirmed", "A test.")
    assert [item["title"] for item in shown["lists"][1]["items"]] == ["Nov 3, 2026: all providers"]


def test_what_people_said_of_anomalies_is_added_up(values: Values):
    assert values("anomalies", scenarios.company())["precision"] is None
    judged = {"kind": "all", "confirmed": 2, "expected": 1, "dismissed": 1, "precision_ratio": 0.75}
    content = replace(scenarios.company(), precisions=[judged])
    assert values("anomalies", content)["precision"] == "Judged by people: 4 anomalies, 75% of them right."


def test_the_first_of_a_month_has_no_complete_days_and_compares_full_months(values: Values):
    rows = [row(date(2026, 8, 5), "10.00"), row(date(2026, 9, 5), "25.00"), row(date(2026, 10, 5), "40.00")]
    tables = values("comparison", Published(daily=rows))["tables"]
    assert tables[0]["lines"] == [
        {"model": "opus-large", "previous": "$25.00", "current": "$40.00", "change": "+$15.00"}
    ]


def test_many_sources_behind_are_named_up_to_four_and_long_remarks_are_cut(values: Values):
    feeds = [
        scenarios.fresh("local", "agent", f"host-{place}", TODAY, status="late", message=scenarios.LONG_MESSAGE)
        for place in range(6)
    ]
    notes = [note for note in _notes(values, Published(daily=[row(TODAY)], freshness=feeds)) if "late" in note]
    assert len(notes) == 4
    assert all(len(note) < 280 and note.endswith("x\N{HORIZONTAL ELLIPSIS}") for note in notes)
    assert "2 more sources are not up to date." in _notes(values, Published(daily=[row(TODAY)], freshness=feeds))


def test_a_remark_on_a_source_is_whole_behind_its_first_words(values: Values):
    lines = values("freshness", scenarios.crowded())["lines"]
    assert lines[1]["note"] == scenarios.LONG_MESSAGE
    assert lines[1]["note_start"] == scenarios.LONG_MESSAGE[:199] + "\N{HORIZONTAL ELLIPSIS}"
    assert lines[0]["note_start"] == "the key was refused"


def test_a_forecast_says_how_far_off_the_last_ones_were(values: Values):
    assert values("forecast", scenarios.company())["summaries"][0]["accuracy"] == [
        f"The last 8 forecasts of {days} days were off by 12% on average, 4% too low." for days in (7, 30, 60)
    ]
