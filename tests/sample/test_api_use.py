"""The sample company's bills: the same from the same seed, at list prices, with everything in them that moves bills."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import httpx2
import pytest
from genai_prices import Usage, calc_price

from pipelines.domain.money import AMOUNT_SCALE
from pipelines.domain.periods import Window
from pipelines.sample import sample_api_providers, sample_provider, write_sample
from pipelines.sample.api_use import CORRECTION, OUTAGE_BEFORE, RUNAWAY_BEFORE, company_ledger
from pipelines.sample.price_list import METERS, PRICES, WEB_SEARCH, charges
from pipelines.sample.programs import ANTHROPIC, OPENAI, OPENROUTER
from pipelines.sample.provider import Ledger, Use

pytestmark = pytest.mark.e2e

FIRST, LAST, RUNAWAY = date(2025, 5, 1), date(2026, 11, 22), date(2026, 11, 11)
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
GENAI = {
    "input_uncached_tokens": "input_tokens",
    "cache_read_tokens": "cache_read_tokens",
    "output_tokens": "output_tokens",
    "cache_write_5m_tokens": "cache_write_tokens",
}


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return company_ledger(1, FIRST, LAST, RUNAWAY)


def by_day(uses: list[Use]) -> dict[date, Decimal]:
    found: dict[date, Decimal] = defaultdict(Decimal)
    for use in uses:
        found[use.day] += use.amount
    return found


def test_the_same_seed_gives_the_same_ledger_and_a_longer_one_begins_with_it(ledger: Ledger):
    assert company_ledger(1, FIRST, LAST, RUNAWAY) == ledger
    longer = company_ledger(1, FIRST, LAST + timedelta(days=9), RUNAWAY)
    assert longer.uses[: len(ledger.uses)] == ledger.uses
    assert company_ledger(2, FIRST, LAST, RUNAWAY).total(OPENAI) != ledger.total(OPENAI)


def test_every_price_is_the_public_one_of_its_day():
    for number, price in enumerate(PRICES):
        provider = "openrouter" if "/" in price.model else "anthropic" if price.model.startswith("claude") else "openai"
        later = [other.since for other in PRICES[number + 1 :] if other.model == price.model]
        for day in {price.since, later[0] - timedelta(days=1) if later else LAST}:
            for meter, _ in zip(METERS[:4], price.per_million, strict=False):
                usage = {GENAI[meter]: 1000} | ({} if meter == "output_tokens" else {"input_tokens": 1000})
                moment = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
                public = calc_price(
                    Usage(**usage), model_ref=price.model, provider_id=provider, genai_request_timestamp=moment
                )
                assert charges(price.model, day, {meter: 1000}) == {meter: public.total_price}, (
                    price.model,
                    day,
                    meter,
                )


def test_a_batch_costs_half():
    whole = charges("gpt-4o", LAST, {"output_tokens": 1_000_000})
    assert whole == {"output_tokens": Decimal(10)}
    assert charges("gpt-4o", LAST, {"output_tokens": 1_000_000}, is_batch=True) == {"output_tokens": Decimal(5)}


def test_no_charge_is_finer_than_what_landing_keeps(ledger: Ledger):
    finest = Decimal(1).scaleb(-AMOUNT_SCALE)
    assert [use for use in ledger.uses for amount in use.charges.values() if amount != amount.quantize(finest)] == []


def test_incidents_are_in_it(ledger: Ledger):
    openai = by_day([use for use in ledger.uses if use.account == OPENAI])
    ran_away = RUNAWAY - RUNAWAY_BEFORE
    assert openai[ran_away] > 2 * openai[ran_away - timedelta(days=7)]
    assert RUNAWAY - OUTAGE_BEFORE not in openai
    assert len(openai) == (LAST - FIRST).days, "every other day has something"


def test_a_launch_and_a_price_cut_show_in_the_bill(ledger: Ledger):
    vision = [use for use in ledger.uses if use.key == "key_vision" and use.requests]
    assert list(dict.fromkeys(use.model for use in vision)) == ["o3", "gpt-5", "gpt-5.2", "gpt-5.6-terra"]

    def output_price(day: date) -> Decimal:
        use = next(use for use in vision if use.day == day)
        return use.charges["output_tokens"] / use.quantities["output_tokens"] * 1_000_000

    assert (output_price(date(2026, 7, 29)), output_price(date(2026, 7, 30))) == (15, 12)


def test_late_and_corrected_days_change_the_total_of_a_day_that_was_stated_before(ledger: Ledger):
    late = [use for use in ledger.uses if use.known_from]
    assert len([use for use in late if use.requests]) > 40
    corrections = [use for use in late if not use.requests]
    assert len(corrections) > 100
    assert all(amount < 0 for use in corrections for amount in use.charges.values())
    use = corrections[0]
    whole = next(u for u in ledger.uses if (u.day, u.key, u.project) == (use.day, use.key, use.project) and u.requests)
    assert use.amount == whole.amount * CORRECTION
    day = Window(use.day, use.day + timedelta(days=1))
    at_first = datetime(use.day.year, use.day.month, use.day.day, 23, 59, tzinfo=UTC)
    assert ledger.total(use.account, day, at=at_first) != ledger.total(use.account, day)


def test_searches_are_charged_apart_from_tokens(ledger: Ledger):
    searches = [use for use in ledger.uses if use.service == "web_search_calls" and use.requests]
    assert len(searches) > 300
    assert {use.amount / use.quantities["num_requests"] for use in searches} == {WEB_SEARCH}


def test_the_accounts_of_a_sample_home_answer_what_its_truth_says(tmp_path: Path):
    truth = write_sample(tmp_path, NOW.date())
    with sample_provider(tmp_path, NOW) as accounts:
        assert {account.name for account in accounts} == {OPENAI, ANTHROPIC, OPENROUTER}
        assert {account.provider for account in accounts} == sample_api_providers()
        assert {account.since for account in accounts} == {truth.first_day}
        account = next(account for account in accounts if account.provider == "openrouter")
        answer = httpx2.get(
            f"{account.base_url}/activity", headers={"authorization": f"Bearer {account.key}"}, timeout=10
        )
    rows = json.loads(answer.content, parse_float=Decimal)["data"]
    last_month = Window(date(2026, 10, 24), date(2026, 11, 23))
    assert {row["date"] for row in rows} == {str(day) for day in last_month.days()}
    assert sum(row["usage"] for row in rows) == truth.ledger.total(OPENROUTER, last_month)


def test_a_folder_that_is_no_sample_has_no_accounts(tmp_path: Path):
    with pytest.raises(FileNotFoundError, match=r"is not a sample company's home: sample-company\.json is missing"):
        sample_provider(tmp_path, NOW).__enter__()
