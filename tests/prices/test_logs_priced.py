"""What agents' logs state of a reply, from the line of a log to its price: by its maker, spelling and modifiers."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipelines.app.home import Home
from pipelines.app.price_build import prices_of_build
from pipelines.audit.valuation import worth_by_month
from pipelines.config import ensure_home, load_settings
from pipelines.landing import LandingStore
from pipelines.presentation.messages import NO_PRICE, UNLISTED
from pipelines.prices.snapshots import PriceSnapshots
from pipelines.sources.local import claude_code, codex, copilot_cli, kimi, opencode
from pipelines.sources.local.framework.agent import LocalAgent
from pipelines.sources.local.framework.extraction import extract
from pipelines.warehouse.files import monthly_uses
from pipelines.warehouse.loading import load_landing
from pipelines.warehouse.opening import scratch
from tests.sources.local.agent_logs import codex_count, codex_meta, codex_turn, copilot_span, opencode_message
from tests.sources.local.codex_sessions import Session
from tests.sources.local.session_logs import reply, usage, write_log
from tests.sources.local.test_compressed import packed
from tests.sources.local.test_copilot_cli import START_OF_SESSION, shutdown
from tests.sources.local.test_kimi_code import used as use_of_kimi
from tests.sources.local.test_kimi_code import wire
from tests.sources.local.test_opencode import database, reply_2, used, version_2

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
CLAUDE = "claude-opus-4-6"
A_THOUSAND_EACH = {"cache_read_input_tokens": 0, "cache_creation_input_tokens": 0, "output_tokens": 1000}


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    (tmp_path / "ai-costs.yaml").write_text("{}\n")
    loaded = load_settings(
        home=tmp_path / "data", config=tmp_path / "ai-costs.yaml", environ={"HOME": str(tmp_path)}, cwd=tmp_path
    )
    home = Home(loaded, clock=lambda: NOW)
    ensure_home(home.settings.paths)
    yield home
    shutil.rmtree(tmp_path / "data")


def priced(home: Home, root: Path, *replies: dict[str, Any]) -> tuple[dict[tuple[str, str], Decimal], set[str]]:
    """What these replies are worth by provider and model, and why the rest has no price."""
    write_log(root / "projects" / "-home-someone-rocket" / "s.jsonl", *replies)
    return priced_logs(home, claude_code.AGENT, root)


def priced_logs(home: Home, agent: LocalAgent, root: Path) -> tuple[dict[tuple[str, str], Decimal], set[str]]:
    """The same of the logs that an agent left below `root`."""
    extract(agent, [root], "laptop", LandingStore(home.folders.landing), NOW)
    with scratch() as connection:
        load_landing(connection, LandingStore(home.folders.landing))
        prices = prices_of_build(home, monthly_uses(connection))
    worth = worth_by_month(LandingStore(home.folders.landing), prices.as_billed)
    return (
        {(place.provider, place.model_raw): amount for place, amount in worth.items()},
        {f"{use.provider} {use.model_raw}: {use.reason}" for use in prices.unpriced},
    )


def answered(model: str, day: str = "2026-09-16", **reported: Any) -> dict[str, Any]:
    return reply(
        f"m-{model}-{sorted(reported.items())}",
        f"r-{model}",
        model=model,
        timestamp=f"{day}T10:00:00.000Z",
        usage=usage(input_tokens=1000, **{**A_THOUSAND_EACH, **reported}),
    )


@pytest.mark.parametrize(
    ("line", "provider", "amount"),
    [
        (answered(CLAUDE, inference_geo="us"), "anthropic", "0.033"),
        (answered(CLAUDE, inference_geo="global"), "anthropic", "0.03"),
        (
            answered(CLAUDE, inference_geo="not_available", service_tier="standard", speed="standard"),
            "anthropic",
            "0.03",
        ),
        (answered(CLAUDE, "2026-02-20", speed="fast"), "anthropic", "0.18"),
        (answered("claude-opus-5", speed="fast"), "anthropic", "0.06"),
        (answered("claude-opus-5", speed="fast", inference_geo="us"), "anthropic", "0.066"),
        (answered(CLAUDE, service_tier="batch"), "anthropic", "0.015"),
        (answered("anthropic/claude-4.6-opus-20260205"), "anthropic", "0.03"),
        (answered("anthropic/claude-opus-4.6"), "anthropic", "0.03"),
        (answered("claude-opus-4-6-thinking"), "anthropic", "0.03"),
        (answered("claude-opus-4-6[1m]"), "anthropic", "0.03"),
        (answered("claude-sonnet-4-5@20250929"), "google", "0.018"),
        (answered("us.anthropic.claude-opus-4-6-v1"), "aws", "0.033"),
        (answered("openrouter/anthropic/claude-opus-4.6"), "openrouter", "0.03"),
        (answered("MiniMax-M2.5"), "minimax", "0.0015"),
        (answered("glm-4.7"), "zai", "0.0028"),
        (answered("gpt-5.5"), "openai", "0.035"),
        (answered("openai/gpt-5.5"), "openai", "0.035"),
        (answered("gpt-5.5", service_tier="priority"), "openai", "0.0875"),
    ],
    ids=lambda value: value["message"]["model"] if isinstance(value, dict) else str(value),
)
def test_a_reply_is_worth_what_its_maker_charges_for_it(
    home: Home, tmp_path: Path, line: dict[str, Any], provider: str, amount: str
):
    worth, unpriced = priced(home, tmp_path / "claude", line)
    assert worth == {(provider, line["message"]["model"]): Decimal(amount)}
    assert unpriced == set()


def forked_codex_session(root: Path) -> None:
    first = Session("parent").take((2000, 0, 100)).take((2500, 0, 100))
    for session in (first, first.fork("fork").take((600, 0, 50))):
        session.write(root)


def compressed_codex_session(root: Path) -> None:
    path = Session("s").take((1000, 0, 100)).write(root)
    packed(path)
    path.unlink()


def codex_cache_writes(root: Path) -> None:
    counts = {"input_tokens": 10_000, "cached_input_tokens": 4000, "cache_write_input_tokens": 5000}
    step = codex_count(0, {**counts, "output_tokens": 100, "reasoning_output_tokens": 0, "total_tokens": 10_100}, None)
    lines = [
        {**line, "timestamp": "2026-10-04T10:00:00Z"} for line in (codex_meta("s"), codex_turn("gpt-5.6-terra"), step)
    ]
    write_log(root / "sessions" / "rollout-s.jsonl", *lines)


def forked_opencode_session(root: Path) -> None:
    version_2(root, reply_2(0, "m1"), reply_2(1, "m2"), reply_2(0, "copy-1", "fork"), reply_2(1, "copy-2", "fork"))


def upgraded_opencode(root: Path) -> None:
    database(root, opencode_message("m1", "s", 0, tokens=used(1000, 100)))
    version_2(root, reply_2(0, "m1"), reply_2(1, "m2", tokens=used(2000, 200)))


def copilot_shutdown(root: Path) -> None:
    model = {"claude-sonnet-4.6": (10_000, 200, 8500, 500)}
    write_log(root / "session-state" / "aaaa" / "events.jsonl", START_OF_SESSION, shutdown("10:05:00", **model))


def copilot_trace(root: Path) -> None:
    counts = {"input_tokens": 21_100, "output_tokens": 80, "cache_read.input_tokens": None}
    reported = {**counts, "cache_read_input_tokens": 20_000, "cache_creation.input_tokens": 1000}
    span = copilot_span("t", "1", 0, **{f"gen_ai.usage.{name}": count for name, count in reported.items()})
    write_log(root / "otel" / "a.jsonl", span)


def kimi_code(root: Path) -> None:
    wire(root, use_of_kimi(0, (1000, 5000, 100), model="kimi-k2.7-code"))


OF_OTHER_AGENTS = {
    forked_codex_session: (codex.AGENT, "openai", "gpt-5.5", "0.033"),
    compressed_codex_session: (codex.AGENT, "openai", "gpt-5.5", "0.008"),
    codex_cache_writes: (codex.AGENT, "openai", "gpt-5.6-terra", "0.0165"),
    forked_opencode_session: (opencode.AGENT, "anthropic", "claude-sonnet-4-5", "0.009"),
    upgraded_opencode: (opencode.AGENT, "anthropic", "claude-sonnet-4-5", "0.0135"),
    copilot_shutdown: (copilot_cli.AGENT, "anthropic", "claude-sonnet-4.6", "0.010425"),
    copilot_trace: (copilot_cli.AGENT, "anthropic", "claude-sonnet-4.5", "0.01125"),
    kimi_code: (kimi.AGENT, "moonshotai", "kimi-k2.7-code", "0.0023"),
}


@pytest.mark.parametrize("write", OF_OTHER_AGENTS, ids=lambda write: write.__name__)
def test_what_other_agents_state_is_worth_what_was_used_once(home: Home, tmp_path: Path, write: Callable[[Path], None]):
    agent, provider, model, amount = OF_OTHER_AGENTS[write]
    write(tmp_path)
    root = tmp_path / "kimi-code" if agent is kimi.AGENT else tmp_path
    assert priced_logs(home, agent, root) == ({(provider, model): Decimal(amount)}, set())


def test_what_has_no_price_is_under_its_maker_and_says_why(home: Home, tmp_path: Path):
    worth, unpriced = priced(
        home,
        tmp_path / "claude",
        answered("qwen3-coder-plus"),
        answered("mimo-v2.5-pro"),
        answered("doubao-seed-code"),
        answered("rocket-1"),
        answered("claude-haiku-4-5", speed="fast"),
        answered("claude-opus-4-7", speed="fast"),
        answered("claude-sonnet-4-5", inference_geo="us"),
        answered("claude-sonnet-4-6", inference_geo="eu"),
        answered("claude-opus-4-5", service_tier="priority"),
        answered("claude-opus-5", speed="fast", service_tier="batch"),
        answered("claude-haiku-5-5", inference_geo=["us"]),
        answered("claude-sonnet-5-5", speed=1),
        answered("claude-opus-4-6-super-secret"),
        answered("claude-opus-4-10"),
        answered(
            "MiniMax-M2.5",
            cache_creation_input_tokens=5,
            cache_creation={"ephemeral_1h_input_tokens": 5, "ephemeral_5m_input_tokens": 0},
        ),
    )
    assert worth == {}
    assert unpriced == {
        f"alibaba qwen3-coder-plus: {UNLISTED}",
        f"xiaomi mimo-v2.5-pro: {UNLISTED}",
        f"bytedance doubao-seed-code: {UNLISTED}",
        f"unknown rocket-1: {UNLISTED}",
        f"anthropic claude-haiku-4-5: {NO_PRICE} fast speed",
        f"anthropic claude-opus-4-7: {NO_PRICE} fast speed",
        f"anthropic claude-sonnet-4-5: {NO_PRICE} region us",
        f"anthropic claude-sonnet-4-6: {NO_PRICE} region eu",
        f"anthropic claude-opus-4-5: {NO_PRICE} service tier priority",
        f"anthropic claude-opus-5: {NO_PRICE} batch processing with fast speed",
        f"anthropic claude-haiku-5-5: {NO_PRICE} region (not text)",
        f"anthropic claude-sonnet-5-5: {NO_PRICE} (not text) speed",
        f"anthropic claude-opus-4-6-super-secret: {UNLISTED}, which has the similarly named claude-opus-4-6",
        f"anthropic claude-opus-4-10: {UNLISTED}, which has the similarly named claude-opus-4-1",
        f"minimax MiniMax-M2.5: {NO_PRICE} 1-hour cache writes",
    }


def test_cache_writes_for_a_time_without_a_price_leave_the_rest_of_the_reply_priced(home: Home, tmp_path: Path):
    line = answered(CLAUDE, cache_creation={"ephemeral_24h_input_tokens": 5000})
    worth, unpriced = priced(home, tmp_path / "claude", line)
    assert worth == {("anthropic", CLAUDE): Decimal("0.03")}
    assert unpriced == {f"anthropic {CLAUDE}: {NO_PRICE} cache writes for 24h"}


def test_a_month_that_closed_without_a_price_says_how_to_take_todays(home: Home, tmp_path: Path):
    line = answered(CLAUDE, "2026-09-16")
    priced(home, tmp_path / "claude", line)
    (stored,) = home.settings.paths.prices.glob("2026-09.json")
    earlier = [["anthropic", CLAUDE, None, tier] for tier in (None, "fast")]
    uses = [{"use": use, "prices": []} for use in earlier]
    stored.write_text(json.dumps({"kept_at": "2026-10-01T00:00:00Z", "uses": uses}))
    us = answered(CLAUDE, "2026-09-17", inference_geo="us")
    worth, unpriced = priced(home, tmp_path / "claude", line, us, answered(CLAUDE, inference_geo="global"))
    assert worth == {("anthropic", CLAUDE): Decimal("0.033")}, "an earlier version's file holds for standard use alone"
    told = f"anthropic {CLAUDE}: no price was known when 2026-09 closed: "
    assert unpriced == {told + "ai-costs prices --restate-from 2026-09 takes today's"}
    PriceSnapshots(home.folders.prices).release(date(2026, 9, 1), NOW)
    assert priced(home, tmp_path / "claude", line)[0] == {("anthropic", CLAUDE): Decimal("0.093")}
