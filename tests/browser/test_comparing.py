"""What the page compares for the days and filters that a reader chooses, and what it leaves out."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import Opened

OpenReport = Callable[..., Opened]

OF_THE_MONTH = "without router, recorded from Oct 28 on: $44.00, and Groq, recorded only through Nov 10: $10.00"
OF_30_DAYS = "without router, recorded from Oct 28 on: $52.00, and Groq, recorded only through Nov 10: $17.00"
WAITING = "Nothing to compare with yet: router is recorded from Oct 28 on. It can be compared from Dec 1, 2026 on."


def changes(page: Page) -> dict[str, str]:
    """What the model table says of each model's change."""
    rows = page.locator("#model-table tbody tr")
    return dict(
        zip(rows.locator(".name").all_inner_texts(), rows.locator("td:last-child").all_inner_texts(), strict=True)
    )


def test_the_card_of_months_compares_what_the_headline_does(open_report: OpenReport) -> None:
    page = open_report("newcomer").page
    expect(page.locator(".lede")).to_contain_text(f"10% above the same days of October, {OF_THE_MONTH}.")
    expect(page.locator("#comparison-title")).to_have_text("Up $22.00 (+10%) on October 2026")
    subtitle = f"Nov 1–22 against Oct 1–22, complete days only, {OF_THE_MONTH}"  # noqa: RUF001
    expect(page.locator("#comparison-panel .subtitle")).to_have_text(subtitle)


def test_any_range_is_compared_by_the_same_rule(open_report: OpenReport) -> None:
    page = open_report("newcomer", "#range=30").page
    expect(page.locator("#daily-title")).to_have_text("Spend up 7% on the 29 days before")
    expect(page.locator("#daily-panel .subtitle")).to_contain_text(f"; compared {OF_30_DAYS}")
    expect(page.locator("#models-panel .subtitle")).to_contain_text(f"Changes are {OF_30_DAYS}.")
    assert changes(page) == {"opus-large": "+8%", "mix": "–", "fast": "–", "nano": "0%"}  # noqa: RUF001


def test_what_is_left_out_alone_or_for_the_most_part_is_not_compared(open_report: OpenReport) -> None:
    for link in ("#range=30&provider=router", "#range=30&provider=router&provider=tiny"):
        page = open_report("newcomer", link).page
        expect(page.locator("#comparison-panel .chart")).to_have_text(WAITING)
        expect(page.locator("#daily-title")).to_have_text("Spend by provider")
        assert set(changes(page).values()) == {"–"}  # noqa: RUF001


def test_any_two_spans_are_compared_where_the_records_allow_it(open_report: OpenReport) -> None:
    page = open_report("newcomer", "#provider=anthropic&provider=tiny&range=30").page
    title, subtitle = page.locator("#comparison-title"), page.locator("#comparison-panel .subtitle")
    page.locator("#compare").select_option("last-month")
    expect(title).to_have_text("Up $10.50 (+3%) on Sep 2026")
    expect(subtitle).to_contain_text("Oct 1–31 against Sep 1–30")  # noqa: RUF001
    page.locator("#compare").select_option("range")
    expect(title).to_have_text(re.compile(r"^Up \$\d+.* on Sep 26 to Oct 24, 2026$"))
    expect(subtitle).to_contain_text("Oct 25 to Nov 22 against Sep 26 to Oct 24")
    page.locator("#group").select_option("provider")
    expect(page.locator("#comparison-panel .bar-press").first).to_have_attribute(
        "aria-label", re.compile("^Anthropic, ")
    )
    expect(page.locator("#comparison-panel .why:visible")).to_have_count(0)
    page.locator("#against").select_option("year")
    assert "compare=range&against=year" in page.url
    page.go_back()
    expect(page.locator("#against")).to_have_value("previous")


def test_a_span_that_begins_before_the_records_is_not_compared_and_says_since_when_it_can_be(
    open_report: OpenReport,
) -> None:
    page = open_report("newcomer", "#provider=router&compare=quarter").page
    chart = page.locator("#comparison-panel .chart")
    expect(chart).to_have_text(f"{WAITING.partition(' It ')[0]} It can be compared from Apr 1, 2027 on.")
    page.locator("#compare").select_option("year")
    expect(chart).to_contain_text("It can be compared from Jan 1, 2028 on.")
