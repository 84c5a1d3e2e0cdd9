"""The sample company is the same from the same seed, grows by days, and its stated truth is what its files hold."""

from __future__ import annotations

import csv
import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from genai_prices import Usage, calc_price

from pipelines.config import load_settings
from pipelines.domain.money import exact_sum
from pipelines.landing import LandingStore
from pipelines.presentation.messages import OTHER_SERVICES
from pipelines.sample import SampleTruth, is_sample_home, sample_codex_roots, sample_log_roots, write_sample
from pipelines.sample.cloud_bill import CloudTotals
from pipelines.sources.imports.framework.extraction import extract as extract_inbox
from pipelines.sources.imports.framework.rules import ImportRules

pytestmark = pytest.mark.e2e

TODAY = date(2026, 11, 23)
FIRST_DAY = date(2025, 5, 1)
RUNAWAY_DAY = "2026-11-11"


@dataclass(frozen=True)
class Line:
    """A whole line of a log: where it stands, and the reply in it."""

    host: str
    session: str
    is_nested: bool
    reply: dict[str, Any]

    @property
    def key(self) -> tuple[str, str]:
        return self.reply["message"]["id"], self.reply["requestId"]

    @property
    def usage(self) -> dict[str, Any]:
        usage: dict[str, Any] = self.reply["message"]["usage"]
        return usage

    @property
    def day(self) -> str:
        return str(self.reply["timestamp"][:10])


@dataclass(frozen=True)
class Company:
    """A sample home, what its maker says of it, and what a naive reader finds in its logs."""

    home: Path
    truth: SampleTruth
    lines: list[Line]
    broken: int

    @cached_property
    def final(self) -> list[Line]:
        """Of each reply the copy with most output."""
        best: dict[tuple[str, str], Line] = {}
        for line in self.lines:
            known = best.get(line.key)
            if known is None or line.usage["output_tokens"] > known.usage["output_tokens"]:
                best[line.key] = line
        return list(best.values())


def read(home: Path, truth: SampleTruth) -> Company:
    lines, broken = [], 0
    for host, root in sample_log_roots(home):
        for path in root.glob("projects/**/*.jsonl"):
            for text in path.read_text().splitlines():
                try:
                    record = json.loads(text)
                except ValueError:
                    broken += 1
                    continue
                assert record["sessionId"] == path.stem
                nested = record["type"] == "progress"
                lines.append(Line(host, path.stem, nested, record["data"]["message"] if nested else record))
    return Company(home, truth, lines, broken)


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    home = tmp_path_factory.mktemp("sample")
    return read(home, write_sample(home, TODAY))


def digests(home: Path) -> dict[str, str]:
    files = (path for path in sorted(home.rglob("*")) if path.is_file())
    return {str(path.relative_to(home)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def entries(home: Path) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    for name, delimiter in (("seats.csv", ","), ("invoices.csv", ";")):
        with (home / "manual" / name).open(newline="") as file:
            found += csv.DictReader(file, delimiter=delimiter)
    return found


def amount(entry: dict[str, str]) -> Decimal:
    return Decimal(entry["amount"].replace(",", "."))


def test_the_truth_about_tokens_is_what_a_naive_count_of_the_files_gives(company: Company):
    logs = company.truth.logs
    usages = [line.usage for line in company.final]
    assert logs.replies == len(company.final)
    assert logs.by_host == Counter(line.host for line in company.final)
    assert logs.input_uncached == sum(usage["input_tokens"] for usage in usages)
    assert logs.cache_read == sum(usage["cache_read_input_tokens"] for usage in usages)
    assert logs.cache_write_5m == sum(usage["cache_creation"]["ephemeral_5m_input_tokens"] for usage in usages)
    assert logs.cache_write_1h == sum(usage["cache_creation"]["ephemeral_1h_input_tokens"] for usage in usages)
    assert logs.output == sum(usage["output_tokens"] for usage in usages)
    kinds = logs.input_uncached, logs.cache_read, logs.cache_write_5m, logs.cache_write_1h, logs.output
    assert logs.tokens == sum(kinds)
    assert min(kinds) > 0
    assert logs.broken_lines == company.broken > 0


def test_the_truth_about_codex_is_what_a_naive_count_of_its_steps_gives(company: Company):
    found, broken, sessions, models = Counter[str](), 0, Counter[str](), set()
    for host, root in sample_codex_roots(company.home):
        assert host == "maya-laptop"
        for path in root.rglob("*.jsonl"):
            sessions[path.name] += 1
            if path.relative_to(root).parts[0] == "archived_sessions":
                assert (
                    path.read_bytes() == (root / "sessions" / path.relative_to(root / "archived_sessions")).read_bytes()
                )
                continue
            running: Counter[str] = Counter()
            for text in path.read_text().splitlines():
                try:
                    payload = json.loads(text)["payload"]
                except ValueError:
                    broken += 1
                    continue
                models.add(payload.get("model"))
                if payload.get("info"):
                    found["steps"] += 1
                    running.update(payload["info"]["last_token_usage"])
                    assert running == payload["info"]["total_token_usage"]
            found.update(running)
    codex = company.truth.codex
    assert (codex.steps, codex.broken_lines) == (found["steps"], broken)
    assert codex.input_uncached + codex.cache_read == found["input_tokens"]
    assert codex.cache_read == found["cached_input_tokens"]
    assert (codex.output, codex.reasoning) == (found["output_tokens"], found["reasoning_output_tokens"])
    assert set(sessions.values()) == {1, 2}, "some sessions are archived too"
    assert min(broken, codex.reasoning, codex.input_uncached) > 0
    assert models == {None, "gpt-5-codex", "gpt-5.1-codex", "gpt-5.2-codex", "gpt-5.3-codex"}


def test_the_truth_about_the_cloud_is_what_its_file_adds_up_to(company: Company):
    with (company.home / "inbox" / "northwind-aws-focus.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    is_model = [row["ServiceCategory"] == "AI and Machine Learning" for row in rows]
    assert company.truth.cloud == CloudTotals(
        sum(Decimal(row["BilledCost"]) for row, mine in zip(rows, is_model, strict=True) if mine),
        sum(Decimal(row["BilledCost"]) for row, mine in zip(rows, is_model, strict=True) if not mine),
    )
    assert (rows[0]["ChargePeriodStart"], rows[-1]["ChargePeriodEnd"]) == (
        "2025-05-01T00:00:00Z",
        "2026-11-23T00:00:00Z",
    )
    assert {row["BillingPeriodEnd"] for row in rows if row["ChargePeriodStart"] == "2025-12-31T00:00:00Z"} == {
        "2026-01-01T00:00:00Z"
    }


def test_what_lands_of_the_cloud_is_its_models_and_the_rest_is_told(company: Company, tmp_path: Path):
    settings = load_settings(home=company.home, config=None, environ={}, cwd=tmp_path).configuration.imports
    landing = LandingStore(tmp_path / "landing")
    (result,) = extract_inbox(
        company.home / "inbox", landing, ImportRules(settings), datetime(2026, 11, 23, tzinfo=UTC)
    )
    (feed,) = result.feeds
    amounts = landing.read(feed, columns=["cost_amount"])["cost_amount"].to_pylist()
    cloud = company.truth.cloud
    assert (feed.source, feed.name, exact_sum(amounts)) == ("focus", "northwind-cloud", cloud.models)
    (left_out,) = result.findings[feed]
    assert left_out.startswith(f"571 rows {OTHER_SERVICES} {cloud.others:,.2f} USD: ")


def test_the_truth_about_money_is_what_the_manual_files_add_up_to(company: Company):
    sums = {"USD": Decimal(0), "EUR": Decimal(0)}
    for entry in entries(company.home):
        sums[entry["currency"]] += amount(entry)
    assert company.truth.money == sums
    assert min(sums.values()) > 0


def test_entries_hold_seats_subscriptions_usage_and_a_credit_of_made_up_accounts(company: Company):
    found = entries(company.home)
    assert {entry["category"] for entry in found} == {"seat", "subscription", "usage", "credit"}
    assert {entry["provider"] for entry in found} == {"anthropic", "cursor", "groq", "mistral", "perplexity"}
    assert {entry["account"].split("-")[0] for entry in found} == {"northwind"}
    assert [amount(entry) for entry in found if entry["category"] == "credit"] == [Decimal("-18.40")]
    assert len({entry["entry_id"] for entry in found}) == len(found)


def test_eighteen_months_fit_in_sixty_megabytes(company: Company):
    size = sum(path.stat().st_size for path in company.home.rglob("*") if path.is_file())
    assert size < 60_000_000
    assert 30_000 <= company.truth.logs.replies <= 60_000
    assert (company.truth.first_day, company.truth.last_day) == (FIRST_DAY, TODAY - timedelta(days=1))
    days = {line.day for line in company.lines}
    assert (min(days), max(days)) == ("2025-05-01", "2026-11-22"), "no reply is of the day under way"


def test_every_model_has_a_price_on_the_first_day_it_is_used(company: Company):
    first_use: dict[str, str] = {}
    for line in company.final:
        model, moment = line.reply["message"]["model"], line.reply["timestamp"]
        first_use[model] = min(first_use.get(model, moment), moment)
    assert len(first_use) == 9
    for model, moment in first_use.items():
        priced = calc_price(
            Usage(input_tokens=1000, output_tokens=1000),
            model_ref=model,
            provider_id="anthropic",
            genai_request_timestamp=datetime.fromisoformat(moment),
        )
        assert priced.total_price > 0, model


def test_what_makes_real_logs_hard_is_in_them(company: Company):
    assert sum(line.is_nested for line in company.lines) > 1000
    copies = Counter(line.key for line in company.lines)
    assert max(copies.values()) > 2
    sessions: dict[tuple[str, str], set[str]] = {}
    for line in company.lines:
        sessions.setdefault(line.key, set()).add(line.session)
    assert sum(len(found_in) == 2 for found_in in sessions.values()) > 500, "forked sessions repeat their history"


def test_weekends_and_the_holiday_are_quiet_and_one_day_an_agent_ran_away(company: Company):
    days = Counter(line.day for line in company.final)
    months = Counter(line.day[:7] for line in company.final)
    ordinary = days["2026-11-10"]
    assert days["2026-11-15"] < 0.5 * ordinary
    assert days["2025-12-25"] < 0.3 * days["2025-12-18"]
    assert days[RUNAWAY_DAY] > 2.5 * ordinary
    assert days.most_common(1)[0][0] == RUNAWAY_DAY
    assert months["2026-10"] > 1.3 * months["2025-10"]


@pytest.mark.long
def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(company: Company, tmp_path: Path):
    again = write_sample(tmp_path / "again", TODAY)
    assert again == company.truth
    assert digests(tmp_path / "again") == digests(company.home)
    other = write_sample(tmp_path / "other", TODAY, seed=7)
    assert other.logs != company.truth.logs
    assert other.money == company.truth.money


def test_the_same_day_again_writes_nothing(company: Company):
    before = {path: path.stat().st_mtime_ns for path in company.home.rglob("*")}
    assert write_sample(company.home, TODAY) == company.truth
    assert {path: path.stat().st_mtime_ns for path in company.home.rglob("*")} == before


@pytest.mark.long
def test_later_days_are_added_and_no_log_is_written_again(tmp_path: Path):
    home = tmp_path / "home"
    write_sample(home, TODAY)
    before = {path: path.stat().st_mtime_ns for path in home.rglob("*.jsonl")}
    grown = write_sample(home, TODAY + timedelta(days=13))

    logs = set(home.rglob("*.jsonl"))
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert len(logs) > len(before)
    assert grown.first_day == FIRST_DAY
    assert grown.last_day == date(2026, 12, 5)
    assert grown.logs.replies == len(read(home, grown).final)
    for name in ("seats.csv", "invoices.csv"):
        assert "2026-12" in (home / "manual" / name).read_text()
    assert write_sample(home, TODAY) == grown, "an earlier day takes nothing away"


@pytest.mark.long
def test_a_home_grown_day_by_day_is_the_one_grown_at_once(tmp_path: Path):
    for days in (0, 1, 2, 5):
        stepwise = write_sample(tmp_path / "stepwise", TODAY + timedelta(days=days))
    write_sample(tmp_path / "leap", TODAY)
    assert write_sample(tmp_path / "leap", TODAY + timedelta(days=5)) == stepwise
    assert digests(tmp_path / "leap") == digests(tmp_path / "stepwise")


def test_the_home_is_marked_configured_and_says_sample(company: Company, tmp_path: Path):
    assert is_sample_home(company.home)
    assert not is_sample_home(tmp_path)
    settings = load_settings(home=company.home, config=None, environ={}, cwd=company.home)
    configuration = settings.configuration
    assert configuration.organisation == "Northwind Robotics (sample)"
    assert {(agent.host, agent.billing) for agent in configuration.agents} == {
        ("build-server", "metered"),
        ("maya-laptop", "subscription"),
    }
    assert [budget.name for budget in configuration.budgets] == ["everything", "vision lab", "groq invoices"]
    assert configuration.channels == ()


def test_a_budget_level_is_crossed_this_month(company: Company):
    """Of 80 USD for Groq, 70 percent are reached with the invoice of the fifth."""
    invoiced = [
        amount(entry)
        for entry in entries(company.home)
        if entry["provider"] == "groq" and entry.get("date", "").startswith("2026-11")
    ]
    assert invoiced == [Decimal("74.10")]
    assert Decimal("0.9") <= sum(invoiced) / 80 < 1
