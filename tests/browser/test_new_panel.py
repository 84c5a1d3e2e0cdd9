"""A panel that is dropped in draws itself and adds its choice to the link; one that fails takes no other down."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, expect

from dashboards.report import ReportFacts
from tests.dashboards import new_panel

Report = Callable[[str], ReportFacts]


def test_a_new_panel_draws_itself_and_its_choice_is_in_the_link(browser: Browser, report: Report, tmp_path: Path):
    database = report("company").path.with_suffix(".duckdb")
    address = new_panel.build(new_panel.checkout(tmp_path), database).as_uri()
    page = browser.new_page()
    page.goto(address)
    expect(page.locator("#weekdays-title")).to_have_text("Work days")
    work = page.locator("#weekdays-panel .chart").inner_text()
    page.locator("#week button", has_text="Weekends").click()
    expect(page.locator("#weekdays-title")).to_have_text("Weekends")
    assert page.url == f"{address}#week=end"
    assert page.locator("#weekdays-panel .chart").inner_text() != work
    page.locator("#source button", has_text="Manual").click()
    assert page.url == f"{address}#source=manual&week=end"
    page.close()


def test_a_panel_that_fails_is_said_and_the_others_are_drawn(browser: Browser, report: Report, tmp_path: Path):
    script = new_panel.FILES["weekdays.js"].replace('part("weekdays", ".chart")', 'part("weekdays", ".missing")')
    database = report("company").path.with_suffix(".duckdb")
    page = browser.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(new_panel.build(new_panel.checkout(tmp_path, js=script), database).as_uri())
    expect(page.locator("#failure")).to_contain_text("Not everything could be drawn.")
    assert page.locator(".chart > svg").count() == 4
    assert errors == ["the panel weekdays has no .missing"]
    page.close()
