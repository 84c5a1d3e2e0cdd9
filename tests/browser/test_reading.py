"""What a reader meets on opening the file: nothing wrong, nothing asked of the network, readable at every size."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Browser, expect
from pypdf import PdfReader

from dashboards.report import build_report
from tests.browser.conftest import Opened
from tests.dashboards import published, scenarios

pytestmark = pytest.mark.browser

OpenReport = Callable[..., Opened]

_AXE = """
async () => {
  const found = await axe.run(document, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    resultTypes: ["violations"],
  });
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`);
}
"""


def _accessibility_problems(opened: Opened) -> list[str]:
    opened.page.evaluate(Path(AXE_FILE_PATH).read_text(encoding="utf-8"))
    return list(opened.page.evaluate(_AXE))


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_the_report_has_no_accessibility_problem(width: int, theme: str, open_report: OpenReport):
    opened = open_report(width=width, dark=theme == "dark")
    for summary in opened.page.locator(".data-table summary").all():
        summary.click()
    expect(opened.page.locator(".data-table details[open] table")).to_have_count(5)
    assert _accessibility_problems(opened) == []


@pytest.mark.parametrize("scenario", ["empty", "one_day", "list_price_only", "manual_only", "sample"])
def test_every_other_state_has_no_accessibility_problem(scenario: str, open_report: OpenReport):
    assert _accessibility_problems(open_report(scenario)) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_narrowed_page_an_open_menu_and_the_drawer_have_no_accessibility_problem(theme: str, open_report: OpenReport):
    narrowed = "#provider=openai&source=api&group=key&range=year"
    menu = open_report("company", narrowed, width=320, dark=theme == "dark")
    menu.page.locator("#fold").click()
    menu.page.locator("#model .opener").click()
    assert _accessibility_problems(menu) == []
    assert _accessibility_problems(open_report("company", "#day=2026-11-16", width=320, dark=theme == "dark")) == []


@pytest.mark.parametrize("scenario", sorted(scenarios.SCENARIOS))
def test_a_page_asks_for_nothing_and_complains_of_nothing(scenario: str, open_report: OpenReport):
    opened = open_report(scenario)
    opened.page.locator("#grain button", has_text="Month").click()
    assert opened.complaints == []
    assert opened.violations() == []
    assert len(opened.requests) == 1
    assert opened.page.locator("#failure").is_hidden()


def test_hostile_names_stand_as_text_and_run_nothing(open_report: OpenReport):
    attack = "#provider=%3C%2Fscript%3E%3Cimg%20src%3Dx%20onerror%3Dwindow.hit%3D1%3E&range=%3Cscript%3E&__proto__=1"
    opened = open_report("hostile", attack)
    for name in scenarios.HOSTILE[:2]:
        assert opened.page.locator("#model-table th .name", has_text=name).count() <= 1
    assert opened.page.locator("#provider .opener").inner_text() == scenarios.HOSTILE[0]
    assert opened.page.locator("#model-table tbody th .name").all_inner_texts() == [scenarios.HOSTILE[0]]
    assert opened.page.evaluate("window.hit") is None
    assert opened.page.locator("img").count() == 0
    assert opened.complaints == []
    assert opened.violations() == []


@pytest.mark.parametrize("scenario", ["company", "crowded", "hostile"])
def test_nothing_scrolls_sideways(scenario: str, open_report: OpenReport):
    page = open_report(scenario).page
    for width in (320, 390, 768, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate("() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_page_is_drawn_in_the_readers_theme_and_the_button_changes_it(open_report: OpenReport):
    page = open_report(dark=True).page
    ground = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(ground) == "rgb(15, 17, 21)"
    page.locator("#theme").click()
    expect(page.locator("#theme")).to_have_text("Theme: light")
    assert page.evaluate(ground) == "rgb(245, 245, 242)"


def test_without_scripts_the_figures_and_tables_are_there_and_nothing_to_press(open_report: OpenReport):
    page = open_report(scripts=False).page
    over = "support is $48.10 over its monthly budget"
    assert page.locator("h1").inner_text() == f"November is heading for $13,371, 8% under budget; {over}"
    assert page.locator(".figure .value:visible").all_inner_texts() == ["$9,657", "$13,371", "66%", "−3%", "1"]  # noqa: RUF001
    expect(page.get_by_role("table").first).to_contain_text("November 2026")
    assert page.locator("button:visible").count() == 0
    assert page.locator(".filters").is_hidden()


def test_on_paper_it_is_light_and_every_model_is_there(open_report: OpenReport, tmp_path: Path):
    page = open_report("company", "#range=all", dark=True).page
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.querySelector('.card')).backgroundColor") == "rgb(255, 255, 255)"
    assert page.locator("#grain").is_hidden()
    page.emulate_media(media=None)
    page.pdf(path=tmp_path / "report.pdf", prefer_css_page_size=True, print_background=True)
    reader = PdfReader(tmp_path / "report.pdf")
    text = " ".join(sheet.extract_text() for sheet in reader.pages)
    assert len(reader.pages) <= 5
    for _, _, model, _ in scenarios.COMPANY_MODELS:
        assert model in text
    assert "Download view" not in text


def test_a_sample_says_so_on_every_page_of_paper(open_report: OpenReport, tmp_path: Path):
    page = open_report("sample").page
    expect(page.get_by_role("note")).to_contain_text("SAMPLE")
    page.pdf(path=tmp_path / "sample.pdf", prefer_css_page_size=True)
    pages = PdfReader(tmp_path / "sample.pdf").pages
    assert len(pages) >= 2
    assert all("SAMPLE DATA" in sheet.extract_text() for sheet in pages)


def test_every_label_of_a_chart_stands_inside_its_chart(open_report: OpenReport):
    page = open_report().page
    outside = page.evaluate(
        """() => [...document.querySelectorAll(".chart > svg")].flatMap((svg) => {
          const box = svg.getBoundingClientRect();
          return [...svg.querySelectorAll("text")]
            .filter((text) => {
              const own = text.getBoundingClientRect();
              return own.width && (own.left < box.left - 2 || own.right > box.right + 2 || own.bottom > box.bottom + 2);
            })
            .map((text) => text.textContent);
        })"""
    )
    assert outside == []


_MARKS_OUTSIDE = """() => [...document.querySelectorAll(".chart > svg")].flatMap((svg) => {
  const box = svg.getBoundingClientRect();
  return [...svg.querySelectorAll("path, rect, circle, line")]
    .map((mark) => mark.getBoundingClientRect())
    .filter((own) => own.width || own.height)
    .filter((own) => own.top < box.top - 2 || own.bottom > box.bottom + 2 || own.left < box.left - 2)
    .map((own) => `${svg.getAttribute("aria-label")}: ${own.top - box.top} to ${own.bottom - box.top}`);
})"""


@pytest.mark.parametrize("scenario", sorted(scenarios.SCENARIOS))
def test_every_mark_of_a_chart_lies_inside_its_chart(scenario: str, open_report: OpenReport):
    page = open_report(scenario).page
    assert page.evaluate(_MARKS_OUTSIDE) == []


def test_no_model_has_a_share_of_what_a_credit_turned_round(open_report: OpenReport):
    page = open_report("credited").page
    shares = [row.locator("td").nth(6).inner_text().strip() for row in page.locator("#model-table tbody tr").all()]
    assert len(shares) == 3
    assert not [share for share in shares if "%" in share]
    assert "%" in open_report("company").page.locator("#model-table tbody tr").first.inner_text()


def test_a_page_of_a_file_that_lacks_marts_draws_the_rest(browser: Browser, tmp_path: Path):
    database = published.write(tmp_path / "old.duckdb", scenarios.one_day())
    lacking = ("rpt_budget_projections", "rpt_forecasts", "rpt_model_costs", "rpt_reconciliation")
    with duckdb.connect(str(database)) as connection:
        for mart in lacking:
            connection.execute(f"drop table {mart}")
        report = build_report(connection, tmp_path / "old.html")
    page = browser.new_page()
    page.goto(report.path.as_uri())
    expect(page.locator("#status")).to_contain_text("$3.21 spend")
    expect(page.locator("#failure")).to_be_hidden()
    assert page.locator("#daily-panel .chart > svg").count() == 1
    assert page.locator("#budget-panel, #forecast-panel, #models-panel, #reconciliation-panel").count() == 0
    page.close()
