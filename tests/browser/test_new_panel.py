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
    expect(page.locator("#spans-title")).to_have_text("90 days with costs")
    page.locator("#counted button", has_text="Weeks").click()
    expect(page.locator("#spans-title")).to_have_text("14 weeks with costs")
    expect(page.locator("#spans-panel svg line")).to_have_count(14)
    assert page.url == f"{address}#counted=week"
    page.locator("#source button", has_text="Manual").click()
    assert page.url == f"{address}#source=manual&counted=week"
    page.close()


def test_a_panel_that_fails_is_said_and_the_others_are_drawn(browser: Browser, report: Report, tmp_path: Path):
    script = new_panel.FILES["spans.js"].replace('part("spans", ".chart")', 'part("spans", ".missing")')
    database = report("company").path.with_suffix(".duckdb")
    page = browser.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(new_panel.build(new_panel.checkout(tmp_path, js=script), database).as_uri())
    expect(page.locator("#failure")).to_contain_text("Not everything could be drawn.")
    assert page.locator(".chart > svg").count() == 4
    assert errors == ["the panel spans has no .missing"]
    page.close()
