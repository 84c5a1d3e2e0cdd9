"""The page's script writes figures and days exactly as the server does."""

from __future__ import annotations

import os
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from dashboards.page import STATIC
from dashboards.scripts import join_modules
from pipelines.presentation import formats

pytestmark = pytest.mark.browser

AMOUNTS = [
    "11260.49",
    "99.995",
    "99.994",
    "48.2",
    "0",
    "0.0042",
    "0.000049",
    "0.0099",
    "-24.175",
    "1234567.5",
    "100",
    "2.675",
]
RATIOS = ["0.06", "0.004", "0", "-0.545", "9.99", "12.4", "1234", "0.125"]
TOKENS = [0, 812, 1000, 52_340, 999_499, 999_600, 9_996, 567_000_000, 1_030_000_000, 3_000_000_000_000]
DAYS = [date(2026, 1, 1) + timedelta(days=31 * step) for step in range(12)]


@pytest.mark.parametrize("currency", ["USD", "EUR", "JPY", "CHF"])
def test_server_and_page_write_the_same(currency: str, browser: Browser, tmp_path: Path):
    entry = tmp_path / "entry.js"
    module = os.path.relpath(STATIC / "js", tmp_path)
    entry.write_text(
        f'import {{ dayNumber }} from "{module}/days.js";\nimport * as formats from "{module}/formats.js";\n'
        "Object.assign(globalThis, { dayNumber, formats });\n",
        encoding="utf-8",
    )
    page = browser.new_page()
    page.set_content('<!doctype html><html lang="en-US"><title>formats</title></html>')
    page.evaluate(join_modules([entry]))
    written = page.evaluate(
        """(given) => {
          formats.setFormats({ locale: document.documentElement.lang, currency: given.currency, scale: 12 });
          return {
            money: given.units.map((units) => formats.money(BigInt(units))),
            exact: given.units.map((units) => formats.exactText(BigInt(units))),
            ratios: given.ratios.map((ratio) => formats.percent(Number(ratio))),
            tokens: given.tokens.map(formats.tokens),
            days: given.days.map((day) => formats.shortDay(dayNumber(day))),
            fullDays: given.days.map((day) => formats.fullDay(dayNumber(day))),
          };
        }""",
        {
            "currency": currency,
            "units": [str(int(Decimal(amount).scaleb(12))) for amount in AMOUNTS],
            "ratios": RATIOS,
            "tokens": TOKENS,
            "days": [day.isoformat() for day in DAYS],
        },
    )
    page.close()
    assert written["money"] == [formats.money(Decimal(amount), currency) for amount in AMOUNTS]
    assert [Decimal(text) for text in written["exact"]] == [Decimal(amount) for amount in AMOUNTS]
    assert written["ratios"] == [formats.percent(Decimal(ratio)) for ratio in RATIOS]
    assert written["tokens"] == [formats.tokens(number) for number in TOKENS]
    assert written["days"] == [formats.day(day) for day in DAYS]
    assert written["fullDays"] == [formats.full_day(day) for day in DAYS]
