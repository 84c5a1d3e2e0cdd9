"""One Chromium for all browser tests, and the reports it opens from disk as a reader would."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import duckdb
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from dashboards.report import ReportFacts, build_report
from tests.dashboards import published, scenarios

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]

_WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => window.violations.push(event.violatedDirective));
"""


@dataclass
class Opened:
    """A page with everything it complained of and asked for."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def status(self) -> str:
        return self.page.locator("#status").inner_text()

    def violations(self) -> list[str]:
        return list(self.page.evaluate("window.violations"))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # Not for the session: Playwright's event loop runs until it is closed, and asyncio allows one a thread.
    # make hands down the Chromium it found; without one, Playwright starts its own.
    names = (os.environ.get("CHROMIUM") or "chromium", "chromium-browser", "google-chrome")
    executable = next((found for found in map(shutil.which, names) if found), None)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], ReportFacts]:
    folder = tmp_path_factory.mktemp("reports")
    known: dict[str, ReportFacts] = {}

    def made(scenario: str) -> ReportFacts:
        if scenario not in known:
            database = published.write(folder / f"{scenario}.duckdb", scenarios.SCENARIOS[scenario]())
            with duckdb.connect(str(database), read_only=True) as connection:
                known[scenario] = build_report(connection, folder / f"{scenario}.html")
        return known[scenario]

    return made


@pytest.fixture
def database(report: Callable[[str], ReportFacts]) -> Iterator[duckdb.DuckDBPyConnection]:
    """The marts behind the company's report, to ask what a figure should be."""
    with duckdb.connect(str(report("company").path.with_suffix(".duckdb")), read_only=True) as connection:
        yield connection


@pytest.fixture
def open_report(browser: Browser, report: Callable[[str], ReportFacts]) -> Iterator[Callable[..., Opened]]:
    """Opens the report of a scenario in a fresh profile; every one opened is closed at the end."""
    contexts = []

    def opened(
        scenario: str = "company", link: str = "", *, width: int = 1440, dark: bool = False, scripts: bool = True
    ) -> Opened:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            java_script_enabled=scripts,
            locale="de-DE",
            timezone_id="Pacific/Auckland",
        )
        contexts.append(context)
        context.add_init_script(_WATCH)
        result = Opened(context.new_page())
        result.page.on("console", lambda message: result.complaints.append(message.text))
        result.page.on("pageerror", lambda error: result.complaints.append(str(error)))
        result.page.on("dialog", lambda dialog: result.complaints.append(dialog.message))
        result.page.on("request", lambda request: result.requests.append(request.url))
        result.page.goto(report(scenario).path.as_uri() + link)
        if scripts:
            result.page.locator("html[data-ready]").wait_for(state="attached")
        return result

    yield opened
    for context in contexts:
        context.close()
