"""Grouping by anything, and narrowing by whatever is pressed: every view adds up to the mart, and back leads back."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import duckdb
import pytest
from playwright.sync_api import Page, expect

from pipelines.presentation import formats
from pipelines.presentation.labels import SOURCE_KINDS, provider_name
from tests.browser.conftest import Opened
from tests.browser.test_filtering import _csv_rows, _csv_sum, _download

pytestmark = pytest.mark.browser

OpenReport = Callable[..., Opened]

GROUPS = {
    "provider": ("provider", "provider"),
    "account": ("account_name", "account"),
    "project": ("coalesce(project, 'No project named')", "project"),
    "key": ("coalesce(api_key_name, '…' || right(api_key_id, 4), 'No key named')", "key"),
    "source": ("source_kind", "source"),
    "model": ("coalesce(model_id, 'No model named')", "model"),
}
"""What can be grouped by -> its name in the mart, and its column of a download."""
USD = "from rpt_daily_costs where cost_kind = 'spend' and coalesce(currency, 'USD') = 'USD'"
BUT_MODEL = [group for group in GROUPS if group != "model"]


def _shown(group: str, name: str) -> str:
    if group == "provider":
        return provider_name(name)
    return SOURCE_KINDS[name] if group == "source" else name


def _lines(page: Page) -> dict[str, str]:
    rows = page.locator("#model-table tbody tr")
    costs = rows.locator("td:nth-child(6)").all_inner_texts()
    return dict(zip(rows.locator(".name").all_inner_texts(), costs, strict=True))


@pytest.mark.parametrize("group", BUT_MODEL)
def test_table_download_and_filter_agree_with_the_mart_under_every_grouping(
    group: str, open_report: OpenReport, database: duckdb.DuckDBPyConnection
) -> None:
    column, field = GROUPS[group]
    held = dict(database.execute(f"select {column}, sum(cost_amount) {USD} group by 1").fetchall())
    opened = open_report("company", f"#range=all&group={group}&grain=month")
    page = opened.page
    assert _lines(page) == {
        _shown(group, name): ("at least " if "at least" in _lines(page)[_shown(group, name)] else "")
        + formats.money(amount, "USD")
        for name, amount in held.items()
    }
    expect(page.locator("#models-title")).to_contain_text(group if group != "source" else "source kind")
    expect(page.locator("#daily-panel .subtitle")).to_contain_text("stacked by")
    _, text = _download(page, "csv")
    sums: dict[str, Decimal] = {}
    for entry in _csv_rows(text):
        name = entry[field] or f"No {group} named"
        sums[name] = sums.get(name, Decimal(0)) + Decimal(entry["cost"] or 0)
    assert sums == held
    for name, amount in held.items():
        page.locator("#model-table .name", has_text=_shown(group, name)).first.click()
        assert formats.money(amount, "USD") in opened.status()
        assert _csv_sum(_download(page, "csv")[1]) == amount
        page.locator("#chips .chip").first.click()
    assert opened.complaints == []


def test_what_is_pressed_narrows_a_chip_widens_and_back_leads_back(open_report: OpenReport) -> None:
    opened = open_report()
    page = opened.page
    everything = opened.status()
    page.locator("#daily-panel .legend button", has_text="OpenAI").click()
    expect(page.locator("#status")).to_contain_text("OpenAI")
    expect(page.locator("#chips .chip")).to_have_text(["Provider: OpenAI"])
    expect(page.locator("#daily-panel .legend button")).to_have_attribute("aria-pressed", "true")
    page.locator("#comparison-panel .bar-press").first.press("Enter")
    expect(page.locator("#chips .chip")).to_have_count(2)
    expect(page.locator("#budget-panel .scope")).to_have_text("all spend")
    expect(page.locator("#models-panel .scope")).to_have_count(0)
    page.go_back()
    expect(page.locator("#chips .chip")).to_have_text(["Provider: OpenAI"])
    page.locator("#chips .chip").press("Enter")
    assert opened.status() == everything
    expect(page.locator("#budget-panel .scope")).to_be_hidden()
    page.locator("#model .opener").click()
    page.get_by_role("button", name="only haiku-small-4.5").press("Enter")
    expect(page.locator("#chips .chip")).to_have_text(["Model: haiku-small-4.5"])
    page.go_back()
    assert opened.status() == everything
    assert opened.complaints == []


def test_a_day_opens_with_what_it_is_made_of_and_is_in_the_link(
    open_report: OpenReport, database: duckdb.DuckDBPyConnection
) -> None:
    opened = open_report("company", "#day=2026-11-16")
    page = opened.page
    drawer = page.locator("#day")
    expect(drawer).to_be_visible()
    (held,) = database.execute(f"select sum(cost_amount) {USD} and cost_date = '2026-11-16'").fetchone()
    expect(drawer.locator("h2")).to_have_text(f"Mon, Nov 16, 2026: {formats.money(held, 'USD')}")
    headings = drawer.locator("h3").all_inner_texts()
    assert headings == ["By provider", "By account", "By project", "By key", "By model", "By source kind"]
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    assert "#" not in page.url
    page.go_back()
    expect(drawer).to_be_visible()
    drawer.get_by_role("button", name="Day before").click()
    expect(drawer.locator("h2")).to_contain_text("Sun, Nov 15, 2026")
    drawer.get_by_role("button", name="document-search").click()
    expect(drawer).to_be_hidden()
    expect(page.locator("#chips .chip")).to_have_text(["Project: document-search"])
    slider = page.get_by_role("slider", name="Spend by day")
    slider.focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    expect(drawer.locator("h2")).to_contain_text("Sun, Nov 22, 2026")
    drawer.get_by_role("button", name="Only this day").click()
    expect(page.locator("#status")).to_contain_text("Nov 22, 2026")
    assert opened.complaints == []


@pytest.mark.parametrize("width", [320, 390, 1440])
def test_every_menu_is_on_screen_and_closes(width: int, open_report: OpenReport) -> None:
    page = open_report("company", width=width).page
    if width < 641:
        expect(page.locator("#bar")).to_be_hidden()
        page.locator("#fold").click()
    openers = page.locator(".opener:visible")
    assert openers.count() >= 6
    for opener in openers.all():
        opener.click()
        menu = page.locator(".choices:popover-open")
        box = menu.bounding_box()
        assert box["x"] >= 0, box
        assert box["y"] >= 0, box
        assert box["x"] + box["width"] <= width, box
        assert box["y"] + box["height"] <= 900, box
        page.keyboard.press("Escape")
        expect(menu).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
