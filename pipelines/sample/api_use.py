"""What the sample company's programs ask of OpenAI, Anthropic and OpenRouter, day by day from a seed, as a ledger.

What makes real bills move is in it: growth, weekends, models that replace each other, price cuts, a program that ran
away with a key, a day on which nothing ran, use that is reported days late, and charges that are corrected afterwards.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from pipelines.domain.periods import Window
from pipelines.sample.agent_logs import pace
from pipelines.sample.price_list import WEB_SEARCH, charges
from pipelines.sample.programs import ACCOUNTS, NAMES, OPENROUTER, PROGRAMS, Program
from pipelines.sample.provider import Ledger, Use

RUNAWAY_FACTOR = 14
RUNAWAY_BEFORE = timedelta(days=64)
"""How long before the agent's bad day a program of the website ran away with its key."""
OUTAGE_BEFORE = timedelta(days=131)
"""How long before the agent's bad day nothing ran at all."""
EACH_LATE = 11
"""On every such day the nightly labels are reported late."""
LATE = timedelta(hours=40)
EACH_CORRECTED = 23
"""On every such day a charge is corrected afterwards."""
CORRECTION = Decimal("-0.035")


def company_ledger(seed: int, first: date, last: date, runaway: date) -> Ledger:
    """What the company's programs used and were charged from `first` through `last`.

    Args:
        seed: the same gives the same.
        first: the company's first day, from which it grows.
        last: the last day; earlier days are the same for any.
        runaway: the bad day of the coding agents, from which the programs' bad days are counted.
    """
    days = [day for day in Window(first, last + timedelta(days=1)).days() if day != runaway - OUTAGE_BEFORE]
    uses: list[Use] = []
    for day in days:
        for number, program in enumerate(PROGRAMS):
            chance = random.Random(f"{seed}/{day}/{number}")  # noqa: S311 - a sample, not a secret
            uses += _uses(program, day, first, runaway, chance)
    return Ledger(ACCOUNTS, tuple(uses), NAMES)


def _uses(program: Program, day: date, first: date, runaway: date, chance: random.Random) -> Iterator[Use]:
    count = program.requests_a_day * pace(day, first) * chance.lognormvariate(0, 0.18)
    if day == runaway - RUNAWAY_BEFORE and program.key == "key_chat":
        count *= RUNAWAY_FACTOR
    requests = round(count)
    if requests == 0:
        return
    use = _use(program, day, requests, chance)
    if program.key == "key_nightly" and day.toordinal() % EACH_LATE == 0:
        use = replace(use, known_from=use.hour + LATE)
    yield use
    searches = round(requests * program.searches)
    if searches:
        service = replace(use, service="web_search_calls", requests=searches, quantities={"num_requests": searches})
        yield replace(service, charges={"web search": WEB_SEARCH * searches})
    if day.toordinal() % EACH_CORRECTED == 0 and program.account != OPENROUTER:
        corrected = {meter: amount * CORRECTION for meter, amount in use.charges.items()}
        yield replace(use, requests=0, quantities={}, charges=corrected, known_from=use.hour + LATE)


def _use(program: Program, day: date, requests: int, chance: random.Random) -> Use:
    tokens = program.tokens
    typical = {
        "input_uncached_tokens": tokens.uncached,
        "cache_read_tokens": tokens.cached,
        "output_tokens": tokens.output,
        "cache_write_5m_tokens": tokens.written_5m,
        "cache_write_1h_tokens": tokens.written_1h,
    }
    quantities = {meter: int(requests * size * chance.uniform(0.85, 1.15)) for meter, size in typical.items() if size}
    model = program.model(day)
    details = {"provider_name": program.upstream, "endpoint_id": f"endpoint-{model}"} if program.upstream else {}
    return Use(
        account=program.account,
        hour=datetime(day.year, day.month, day.day, program.hour, tzinfo=UTC),
        quantities=quantities,
        charges=charges(model, day, quantities, is_batch=program.is_batch),
        requests=requests,
        service=program.service,
        project=program.project,
        key=program.key,
        user=program.user,
        model=model,
        is_batch=program.is_batch,
        details=details | ({"terminal_type": "ci"} if program.user else {}),
    )
