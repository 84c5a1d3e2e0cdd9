"""What a reader does with the page: narrow it, share it, walk along it, take the rows away."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from playwright.sync_api import Page, expect

from dashboards.report import ReportFacts
from pipelines.presentation import formats
from tests.browser.conftest import Opened

pytestmark = pytest.mark.browser

OpenReport = Callable[..., Opened]


def _download(page: Page, kind: str) -> tuple[str, str]:
    page.locator("#download .opener").click()
    with page.expect_download() as waiting:
        page.locator(f"#download button[data-value={kind}]").click()
    path = Path(waiting.value.path())
    return waiting.value.suggested_filename, path.read_bytes().decode("utf-8")


def _csv_rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def _csv_sum(text: str) -> Decimal:
    return sum((Decimal(entry["cost"]) for entry in _csv_rows(text) if entry["cost"]), Decimal(0))


@pytest.mark.parametrize(
    ("link", "condition"),
    [
        ("#range=all", "cost_kind = 'spend'"),
        ("#range=all&source=manual", "cost_kind = 'spend' and source_kind = 'manual'"),
        (
            "#range=all&source=api&provider=openai",
            "cost_kind = 'spend' and source_kind = 'api' and provider = 'openai'",
        ),
        (
            "#range=90&model=opus-large-4.5",
            "cost_kind = 'spend' and model_id = 'opus-large-4.5' and cost_date > date '2026-08-25'",
        ),
        (
            "#range=custom&from=2026-10-01&to=2026-10-31",
            "cost_kind = 'spend' and month(cost_date) = 10 and year(cost_date) = 2026",
        ),
        (
            "#range=all&project=document-search&project=No+project+named",
            "cost_kind = 'spend' and coalesce(project, 'document-search') = 'document-search'",
        ),
        ("#kind=list_price_value&range=all", "cost_kind = 'list_price_value'"),
        (
            "#range=month&account=acme-vertex&account=acme-finance",
            "cost_kind = 'spend' and account_name in ('acme-vertex', 'acme-finance') and cost_date >= '2026-11-01'",
        ),
    ],
)
def test_the_download_sums_to_the_status_line_and_to_the_mart(
    link: str, condition: str, open_report: OpenReport, database: duckdb.DuckDBPyConnection
):
    opened = open_report("company", link)
    rows_of = f"from rpt_daily_costs where coalesce(currency, 'USD') = 'USD' and {condition}"
    held, rows = database.execute("select sum(cost_amount), count(*) " + rows_of).fetchone()
    _, text = _download(opened.page, "csv")
    assert _csv_sum(text) == held
    assert len(_csv_rows(text)) == rows
    assert formats.money(held, "USD") in opened.status()
    assert opened.complaints == []


@pytest.mark.parametrize(
    ("button", "currency"), [("All in EUR", "EUR"), ("EUR only", "EUR"), ("USD only", "USD"), ("JPY only", "JPY")]
)
def test_each_currency_alone_and_all_of_them_sum_to_the_mart(
    button: str, currency: str, open_report: OpenReport, report: Callable[..., ReportFacts]
):
    alone = f"select sum(cost_amount), sum(cost_amount) from rpt_daily_costs where currency = '{currency}'"  # noqa: S608 - of this test
    whole = "select sum(converted_amount), sum(cost_amount) from rpt_daily_costs where converted_amount is not null"
    with duckdb.connect(str(report("currencies").path.with_suffix(".duckdb")), read_only=True) as connection:
        held, billed = connection.execute(whole if button == "All in EUR" else alone).fetchone()
    opened = open_report("currencies")
    page = opened.page
    page.locator("#currency button", has_text="USD only").click()
    page.locator("#currency button", has_text=button).click()
    assert formats.money(held, currency) in opened.status()
    expect(page.locator("#whole")).to_be_visible(visible=button != "All in EUR")
    restored = open_report("currencies", "#" + page.url.partition("#")[2])
    assert restored.status() == opened.status()
    _, text = _download(page, "csv")
    assert _csv_sum(text) == held
    assert sum(Decimal(entry["billed_cost"]) for entry in _csv_rows(text)) == billed
    assert {entry["currency"] for entry in _csv_rows(text)} == {currency}
    over = "everything is heading over its monthly budget"
    expect(page.locator("h1")).to_have_text(f"November is heading for €996, not counting ¥25,000; {over}")
    assert opened.complaints == restored.complaints == []


def test_a_source_button_changes_the_total_and_reset_brings_it_back(open_report: OpenReport):
    opened = open_report()
    everything = opened.status()
    opened.page.locator("#source button", has_text="Manual").click()
    assert "Manual only" in opened.status()
    assert opened.status() != everything
    expect(opened.page.locator("#whole")).to_have_text("Headline and figures: all spend")
    opened.page.locator("#reset").click()
    assert opened.status() == everything
    assert "#" not in opened.page.url


def test_a_link_restores_what_was_chosen(open_report: OpenReport):
    first = open_report()
    page = first.page
    page.locator("#source button", has_text="API").click()
    page.locator("#provider .opener").click()
    page.locator("#provider label", has_text="OpenAI").click()
    page.keyboard.press("Escape")
    expect(page.locator("#provider .opener")).to_be_focused()
    page.locator("#grain button", has_text="Week").click()
    page.locator("#horizon button", has_text="30").click()
    link = "#" + page.url.split("#", 1)[1]
    second = open_report("company", link)
    assert second.status() == first.status()
    expect(second.page.locator("#grain button[aria-pressed=true]")).to_have_text("Week")
    expect(second.page.locator("#horizon button[aria-pressed=true]")).to_have_text("30")
    expect(second.page.locator("#forecast-title")).to_have_text(page.locator("#forecast-title").inner_text())


def test_a_link_that_makes_no_sense_is_ignored(open_report: OpenReport):
    usual = open_report().status()
    wrong = (
        "#source=fax&range=9999&provider=nobody&account=%00&model=%E2%80%A8&grain=x&horizon=1e9&kind=both&from=1&to=x"
    )
    opened = open_report("company", wrong)
    assert opened.status() == usual
    opened.page.evaluate("location.hash = '#source=manual'")
    expect(opened.page.locator("#status")).to_contain_text("Manual only")
    opened.page.evaluate("location.hash = '#range=custom&from=2030-01-01&to=2030-02-01'")
    expect(opened.page.locator("#status")).to_have_text(usual)
    assert opened.complaints == []


def test_filters_that_match_nothing_say_so_and_offer_the_way_back(open_report: OpenReport):
    opened = open_report("company", "#source=manual&model=haiku-small-4.5")
    assert "no cost matches" in opened.status()
    opened.page.locator("#daily-panel button", has_text="Reset filters").click()
    assert "all sources" in opened.status()


def test_the_two_kinds_of_cost_are_never_on_one_page_together(open_report: OpenReport):
    page = open_report().page
    expect(page.locator("#source")).not_to_contain_text("Local")
    page.locator("#cost-view button", has_text="List-price value").click()
    expect(page.locator("h1 span:visible")).to_have_text(re.compile("of list-price value$"))
    expect(page.locator("#status")).to_contain_text("list-price value")
    expect(page.locator("#daily-title")).to_contain_text("List-price value")
    assert page.locator("#model-table tbody tr").count() == 1
    assert page.locator(".figure h2:visible").all_inner_texts()[0] == "Month to date, Nov 1–23, list-price value"  # noqa: RUF001


def test_arrow_keys_walk_along_the_days_and_escape_ends_the_walk(open_report: OpenReport):
    page = open_report().page
    slider = page.get_by_role("slider", name="Spend by day")
    slider.focus()
    assert slider.get_attribute("aria-valuetext").startswith("Mon, Nov 23, 2026: $")
    assert slider.get_attribute("aria-valuetext").endswith(", incomplete")
    page.keyboard.press("ArrowLeft")
    assert slider.get_attribute("aria-valuetext").startswith("Sun, Nov 22, 2026: $")
    page.keyboard.press("PageDown")
    assert slider.get_attribute("aria-valuetext").startswith("Sun, Nov 15, 2026: $")
    page.keyboard.press("Home")
    assert slider.get_attribute("aria-valuetext").startswith("Wed, Aug 26, 2026: $")
    expect(page.locator("#daily-panel .tip")).to_contain_text("Anthropic")
    page.keyboard.press("Escape")
    expect(page.locator("#daily-panel .tip")).to_be_hidden()


def test_the_pointer_shows_the_day_it_is_over(open_report: OpenReport):
    page = open_report().page
    layer = page.locator("#daily-panel .pointer")
    box = layer.bounding_box()
    layer.hover(position={"x": box["width"] - 14, "y": 60})
    expect(page.locator("#daily-panel .tip")).to_contain_text("Mon, Nov 23, 2026")
    expect(page.locator("#daily-panel .tip")).to_contain_text("Incomplete: the day is not over")


def test_manual_days_and_unusual_days_are_marked_on_the_chart(open_report: OpenReport):
    page = open_report().page
    chart = page.locator("#daily-panel .chart > svg")
    assert chart.locator("rect[fill^='url(#hatch-']").count() == 9
    assert chart.locator("[data-mark=dot] path").count() == 9
    assert chart.locator("[data-mark=dot] circle").count() == 2
    expect(chart).to_contain_text("Incomplete")


def test_the_table_under_a_chart_says_what_the_chart_shows(
    open_report: OpenReport, database: duckdb.DuckDBPyConnection
):
    page = open_report("company", "#range=all&grain=month").page
    page.locator("#daily-panel .data-table summary").click()
    rows = page.locator("#daily-panel .data-table tbody tr")
    (held,) = database.execute(
        "select sum(cost_amount) from rpt_daily_costs where cost_kind = 'spend' and currency = 'USD' "
        "and cost_date >= date '2026-10-01' and cost_date < date '2026-11-01'"
    ).fetchone()
    expect(rows.nth(1).locator("th")).to_have_text("Oct 2026")
    expect(rows.nth(1).locator("td").last).to_have_text(formats.money(held, "USD"))


def test_the_month_comparison_agrees_with_the_mart(open_report: OpenReport, database: duckdb.DuckDBPyConnection):
    page = open_report().page
    (change,) = database.execute(
        "select change_amount from rpt_monthly_comparisons where comparison = 'month_to_date' and dimension = 'total' "
        "and cost_kind = 'spend' and currency = 'USD'"
    ).fetchone()
    title = page.locator("#comparison-title").inner_text()
    assert title.startswith(f"Down {formats.money(-change, 'USD')} (")
    assert page.locator("#comparison-panel .subtitle").inner_text().startswith("Nov 1–22 against Oct 1–22")  # noqa: RUF001


def test_models_are_sorted_searched_and_told_apart(open_report: OpenReport):
    page = open_report().page
    names = page.locator("#model-table tbody th .name")
    assert names.first.inner_text() == "opus-large-4.5"
    page.locator("#model-table thead button", has_text="Model").click()
    assert page.locator("#model-table thead th[aria-sort]").get_attribute("aria-sort") == "ascending"
    assert names.first.inner_text() == "No model named"
    page.locator("#model-search").fill("2-mini")
    assert names.all_inner_texts() == ["gpt-next-5.2-mini"]
    page.locator("#model-search").fill("unheard")
    expect(page.locator("#model-table tbody td").nth(4)).to_have_text("unpriced")


def test_of_many_models_the_costliest_stand_alone_and_the_rest_together_until_asked_for(open_report: OpenReport):
    page = open_report("crowded").page
    rows = page.locator("#model-table tbody tr:visible")
    assert rows.count() == 13
    expect(rows.first.locator(".name")).to_have_text("model-00")
    others = page.locator("#model-table tr.others")
    expect(others.locator("th")).to_have_text("35 other models")
    shares = [float(text.rstrip("%")) for text in rows.locator("td.number:has(.share)").all_inner_texts()]
    assert round(sum(shares)) == 100
    page.locator(".more-models button", has_text="Show all 47 models").click()
    assert rows.count() == 47
    assert others.count() == 0
    page.locator(".more-models button", has_text="Show the first 12").click()
    page.locator("#model-search").fill("model-3")
    assert rows.count() == 10
    assert others.count() == 0


def test_trouble_stands_first_and_the_healthy_feeds_show_when_asked_for(open_report: OpenReport):
    page = open_report("crowded", width=390).page
    feeds = page.locator("#freshness-panel tbody tr:visible:not(.remark)")
    assert [name.split("\n")[-1] for name in feeds.locator("th").all_inner_texts()] == [
        "acme-product",
        "laptop-03",
        "laptop-12",
        "laptop-20",
        "laptop-00",
    ]
    page.locator("#freshness-panel button", has_text="Show all 34 sources").click()
    assert feeds.count() == 34
    page.locator("#freshness-panel summary").click()
    expect(page.locator("#freshness-panel details")).to_contain_text("then run again.")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_earlier_months_of_the_reconciliation_show_when_asked_for(open_report: OpenReport):
    page = open_report().page
    panel = page.locator("#reconciliation-panel")
    expect(panel.get_by_text("September 2026")).to_be_hidden()
    panel.get_by_role("button", name="Show more months and providers").click()
    expect(panel.get_by_text("September 2026")).to_be_visible()
    expect(panel.get_by_text("Used, not billed yet")).to_be_visible()


def test_the_forecast_of_one_provider_is_its_own_and_any_other_filter_shows_everything(open_report: OpenReport):
    alone = open_report("company", "#provider=openai").page
    expect(alone.locator("#forecast-panel .subtitle")).to_contain_text("OpenAI, spend; 80% interval")
    other = open_report("company", "#provider=google").page
    expect(other.locator("#forecast-panel .subtitle")).to_contain_text("this is everything")
    narrowed = open_report("company", "#provider=openai&project=document-search").page
    expect(narrowed.locator("#forecast-panel .subtitle")).to_contain_text("this is everything")


def test_downloads_carry_their_filters_and_defuse_formulas(open_report: OpenReport):
    page = open_report("hostile").page
    name, text = _download(page, "csv")
    assert name == "ai-cost_script-img-src-x-onerror-window-hit-1_spend_2026-08-26_2026-11-23_all.csv"
    assert text.startswith("\ufeffdate,provider,")
    assert text.endswith("\r\n")
    providers = {entry["provider"] for entry in _csv_rows(text)}
    assert '\'=HYPERLINK("https://example.invalid")' in providers
    assert not any(name.startswith(("=", "+", "-", "@")) for name in providers)
    filtered = open_report("company", "#source=manual&range=all").page
    name, text = _download(filtered, "json")
    document = json.loads(text)
    assert name == "ai-cost_northwind-labs_spend_2025-05-24_2026-11-23_manual.json"
    assert document["filters"]["source"] == "manual"
    assert document["filters"]["project"] == []
    sample, _ = _download(open_report("sample").page, "csv")
    assert sample == "SAMPLE_ai-cost_northwind-labs-sample_spend_2026-08-26_2026-11-23_all.csv"
    assert document["as_of"] == "2026-11-23T09:12:00+00:00"
    assert sum(Decimal(entry["cost"]) for entry in document["rows"]) == Decimal(document["total"])
